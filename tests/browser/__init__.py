"""Stories in a real Chromium, found by role and label."""
