"""Helpers of the tests: the cast, factories, servers, pages."""
