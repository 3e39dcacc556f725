"""Tests of substantive changes."""
