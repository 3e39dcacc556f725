"""DOCX output."""
