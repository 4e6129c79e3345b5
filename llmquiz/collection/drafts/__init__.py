"""New content: commented blanks, and sheets of other programs turned into drafts."""
