"""Secret links to pages of a letter."""
