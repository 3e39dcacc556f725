"""Security and accessibility tools run against a local demo: `make audit`."""
