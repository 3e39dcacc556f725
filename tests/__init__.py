"""Tests: unit (rules), integration (HTTP and commands), browser (stories), house (the source code itself)."""
