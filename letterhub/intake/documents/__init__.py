"""Text of a word processor or of a web page, converted to a letter's Markdown."""
