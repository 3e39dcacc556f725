"""Letters whose rendered files are kept, and those files as lines of text."""
