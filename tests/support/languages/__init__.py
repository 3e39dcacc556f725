"""Support for tests of translations: the sentences of each catalog, and a pseudo-locale."""
