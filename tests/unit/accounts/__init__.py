"""Accounts: staff, team, sessions, two-factor, sign-in."""
