"""Production setup under test: `docs/operations.md` in a bare Debian, a letter, and the failure of each part."""
