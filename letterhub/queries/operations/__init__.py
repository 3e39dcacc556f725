"""Operations: backup, restore, migrate, heartbeat, purge, metrics, demo."""
