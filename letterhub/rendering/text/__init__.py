"""Plain-text output."""
