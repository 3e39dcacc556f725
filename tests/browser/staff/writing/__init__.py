"""Stories of writing on the sheet."""
