"""Questions: organizers’ own questions on the form, answers, and consent to news."""
