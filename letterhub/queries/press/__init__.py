"""Around the release: press page, replies of recipients, messages to signatories."""
