"""Tests of coalitions: their public page and its address."""
