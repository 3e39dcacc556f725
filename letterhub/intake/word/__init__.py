"""Text of a word processor or of a web page, read as a letter's Markdown."""
