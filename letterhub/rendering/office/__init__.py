"""A letter as a file for word processors: what Word and OpenDocument files share."""
