"""Fixed strings printed on a letter, in languages that layout 1 did not know."""
