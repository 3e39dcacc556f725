"""Progress of a letter: its figures, what waits, and links to its progress page."""
