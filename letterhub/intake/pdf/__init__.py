"""PDF files of strangers, read by a limited child process."""
