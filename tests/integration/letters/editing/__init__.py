"""Tests of the letter editor, and of copies of letters."""
