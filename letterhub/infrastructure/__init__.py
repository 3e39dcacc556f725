"""Infrastructure: database engine, storage, signed links, metrics, logs, locks."""
