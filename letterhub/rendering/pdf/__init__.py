"""PDF output: worker processes, tagging, archiving, signing."""
