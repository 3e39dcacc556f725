"""What words mean and what is allowed: plain Python, no web, no database."""
