"""Intake of files: each is parsed into plain values, or refused with a sentence."""
