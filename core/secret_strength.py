"""Whether a secret could be guessed: one letter again and again, a sequence, words, keys beside each other."""

from zxcvbn import zxcvbn

LEAST_GUESSES_LOG10 = 28
"""About 93 bits. 16 random bytes as hex digits are well above; a sentence with dashes is below."""
_LONGEST = 72
"""Characters that are looked at: more make a secret no worse, and take long."""


def is_easy_to_guess(secret: str) -> bool:
    """Tell whether fewer guesses would find a secret than are out of anybody's reach."""
    return float(zxcvbn(secret[:_LONGEST])["guesses_log10"]) < LEAST_GUESSES_LOG10
