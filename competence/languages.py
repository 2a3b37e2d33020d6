"""Languages that people speak: what they are called in Swedish and English, and their codes of ISO 639.

The names are those of Unicode's CLDR, as Babel has them; it has no name for Swedish sign language.
"""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from core.swedish import same_case

_SIGNED = {"sv": {"swl": "svenskt teckenspråk"}, "en": {"swl": "Swedish Sign Language"}}
_LONGEST_CODE = 3
"""Letters: longer ones are kinds of a language, as the English of Australia."""
_PART_OF_ANOTHER = {"ojc"}
"""Its Swedish name is the English one of the language that it belongs to, `oj`."""


@cache
def language_names(swedish: bool) -> Mapping[str, str]:
    """Return what each language is called, in Swedish or in English, by its code."""
    reader = "sv" if swedish else "en"
    names: Mapping[str, str] = Locale(reader).languages
    spoken = {code: name for code, name in names.items() if len(code) <= _LONGEST_CODE}
    return {code: name for code, name in spoken.items() if code not in _PART_OF_ANOTHER} | _SIGNED[reader]


@cache
def language_codes() -> Mapping[str, str]:
    """Return the code of each language by its code and its names, in one case.

    Names go before codes: *Ga* is a language of Ghana, and `ga` the code of Irish.
    """
    names = [(name, code) for swedish in (False, True) for code, name in language_names(swedish).items()]
    return {code: code for _name, code in names} | {same_case(name): code for name, code in names}
