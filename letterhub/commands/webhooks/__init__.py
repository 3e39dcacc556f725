"""Webhooks: added, changed, paused and delivered."""
