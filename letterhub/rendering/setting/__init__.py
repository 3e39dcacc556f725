"""The list setter: sets a letter's names on its pages, in columns, at any length."""
