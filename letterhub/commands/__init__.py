"""What can be done: writes, named by verbs, each one transaction."""
