"""Languages of pages and emails: who decides, how pages are cached, and that nothing stays English."""
