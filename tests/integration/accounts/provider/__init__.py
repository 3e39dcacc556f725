"""Tests of sign-in by an identity provider."""
