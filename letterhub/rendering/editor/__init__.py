"""Letter editor: a letter's Markdown as the document that the browser edits, and back."""
