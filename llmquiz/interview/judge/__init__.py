"""What is made of the answers: where each question stands, and the verdict."""
