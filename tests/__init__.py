"""Tests: unit (rules), integration (through the doors), browser (stories), house (the code itself)."""
