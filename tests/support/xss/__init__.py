"""A site in which every text is an attack."""
