"""Load on the public forms, and its effect on readers of public pages."""
