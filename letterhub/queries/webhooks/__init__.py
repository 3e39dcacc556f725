"""Webhooks: lists, logs, payloads, and what is due."""
