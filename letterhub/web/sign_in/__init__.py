"""Signing in by a passkey or an identity provider, for public pages and those of staff."""
