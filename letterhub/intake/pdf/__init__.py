"""PDF files from outside, each read by a child process with limits."""
