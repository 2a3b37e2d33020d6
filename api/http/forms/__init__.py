"""The forms of pages as HTTP carries them: what was posted, once only, and kept where it cannot be handled."""
