"""Accounts: sign-in by passkey and by the identity provider."""
