"""Rules, one test or table of cases each: no app, no database."""
