"""Tests of changes of substance."""
