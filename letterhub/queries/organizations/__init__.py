"""Organizations: directory, matching, duplicates, names, look-alikes."""
