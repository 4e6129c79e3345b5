"""What content may say, as pydantic models; nothing else here knows pydantic."""
