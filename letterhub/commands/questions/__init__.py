"""Questions: organizers' own questions on the form, and consent to news."""
