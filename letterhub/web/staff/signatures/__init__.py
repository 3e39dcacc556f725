"""Signatures: sign, confirm, correct, withdraw, review, evidence, consent renewal, import."""
