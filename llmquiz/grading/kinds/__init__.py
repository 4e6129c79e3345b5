"""The kinds of question that have one answer, a file each."""
