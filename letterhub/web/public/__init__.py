"""Pages for everyone: letters, signing, editions."""
