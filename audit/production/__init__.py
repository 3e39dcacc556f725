"""The production set-up, tried out: `docs/operations.md` in a bare Debian, a letter, and the failure of each part."""
