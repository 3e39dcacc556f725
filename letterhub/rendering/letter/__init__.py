"""The letter as HTML: Markdown, theme, footnotes, language."""
