"""What standards ask of a delivered file, said by veraPDF's own engine and read from the file's structure."""
