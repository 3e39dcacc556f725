"""Rules, in tables of cases: no app, no database."""
