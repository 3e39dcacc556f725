"""Mutation run: changes one expression at a time, and runs the tests that execute it."""
