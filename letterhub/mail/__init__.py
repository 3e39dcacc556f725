"""How email leaves the house: a row in the caller's transaction, a message, a conversation with a mail server."""
