"""Load on the forms that strangers may send, and what the readers of public pages notice of it."""
