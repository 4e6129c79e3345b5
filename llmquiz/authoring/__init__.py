"""What an author does with content: edit it, preview it, read what drills say of it."""
