"""Tests of press pages, replies and messages."""
