"""What can be asked: reads, named by nouns, that never write."""
