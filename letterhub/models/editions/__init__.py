"""Editions: freeze, export, deliver, verify, errata, comparison."""
