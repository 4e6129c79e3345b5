"""What an interview asks of whom, and how long it may take."""
