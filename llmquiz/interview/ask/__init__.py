"""What the interviewer asks next."""
