"""OpenDocument output."""
