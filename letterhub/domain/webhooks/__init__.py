"""Webhooks: events, targets, signatures of requests, and retries with backoff."""
