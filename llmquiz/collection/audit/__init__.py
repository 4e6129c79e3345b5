"""What `llmquiz check` checks beyond the schema."""
