"""llmquiz: know why language models are built as they are."""
