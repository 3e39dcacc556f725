"""The door for the clock and the queue: the runner and its tasks."""
