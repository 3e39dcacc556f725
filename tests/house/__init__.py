"""What the house asks of its own code, as tests."""
