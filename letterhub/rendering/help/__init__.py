"""Help pages: Markdown files of `docs/`, their table of contents, their HTML, and search over them.

See docs/documentation.md.
"""
