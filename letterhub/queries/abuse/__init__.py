"""Abuse: rate limits, proof of work, flood detection, bulk decline, blocklist."""
