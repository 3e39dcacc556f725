"""Files for tests: Word documents, and copies of PDFs as others change them."""
