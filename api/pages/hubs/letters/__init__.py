"""Pages of letters: reading them, writing them as host, and the newsletter for whoever asks for it."""
