"""What languages are called where somebody says which they speak or ask for."""

from collections.abc import Iterable

from api.language.i18n import language
from competence.languages import language_names
from core.swedish import swedish_key


def language_name(code: str) -> str:
    """Return what a language is called in the reader's own; one that has no name by its code."""
    return language_names(swedish=language() == "sv").get(code, code)


def languages_text(codes: Iterable[str]) -> str:
    """Return languages by name with commas between, in Swedish order: what a form's field reads again."""
    return ", ".join(sorted(map(language_name, codes), key=swedish_key))
