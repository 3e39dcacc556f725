"""Questions: consent to news."""
