"""Blueprint of the API with all its endpoints."""

from letterhub.web.api import contacts, deliveries, drafts, imports, letters, openapi, public_letters, signatures
from letterhub.web.api.api import bp

MODULES = (public_letters, letters, signatures, contacts, deliveries, drafts, imports, openapi)
"""Modules whose endpoints the blueprint has, since they were imported."""

__all__ = ["bp"]
