"""What is wrong with a text of a vocabulary's file."""

from collections.abc import Iterator
from typing import Any

from core import limits
from core.errors import InvalidParameter
from core.text import text_faults

LONGEST_LABEL = 300
"""Letters; the longest of ESCO 1.2 has about half of them."""


def text_fault(field: str, text: Any) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a label."""
    yield from text_faults(field, text if isinstance(text, str) else "", 1, LONGEST_LABEL)


def letters_fault(field: str, text: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with the letters of a text, however long it is."""
    if not limits.is_storable(text):
        yield InvalidParameter(field, text, "it has an invisible character that cannot be kept: write it anew")
