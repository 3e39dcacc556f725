"""House rules: tests of the source code itself."""
