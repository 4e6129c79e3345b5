"""The review database: SQLite, append-only."""
