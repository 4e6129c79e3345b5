"""One ladder of models scored twice: token by token, and by answers that count only where every token is right."""
