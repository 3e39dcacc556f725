"""Background worker: the runner and its tasks."""
