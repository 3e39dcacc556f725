"""Tests of the letter editor."""
