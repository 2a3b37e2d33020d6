"""Looking for words in what is written: by their Swedish stems and beginnings, or spelled much like them.

PostgreSQL stems and compares (`pg_trgm`). A long text is looked through by an index over `words_in` it; short ones,
such as names, at any place in them, for Swedish words are put together: "bord" stands in "skrivbord".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, String, cast, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session

MOST_WORDS = 12
"""Of one search; those that follow are left out."""
LEAST_FORGIVEN = 4
"""Letters of a word that may be misspelled: of shorter ones too little would remain."""
LEAST_SIMILARITY = "0.45"
"""How much of a word's groups of three letters the best part of a text has at least that is spelled much like it."""
_AROUND = "\"'.,;:!?()[]{}<>«»“”„’*%&/\\-–_#+|=~"
LEAST_BEGINNING = 4
"""Letters that words begin with alike: of fewer, "bil" would find "billig"."""
_ENDINGS = tuple(" a an ande ar are aren arna e en er erna es et ets n na or orna s t".split(" "))  # noqa: SIM905
_ENGLISH_STOPS = frozenset(["a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"])


def words_in(*columns: str) -> str:
    """Return in SQL what an index keeps of texts: their words as they are written."""
    first, *others = columns
    texts = first + "".join(f" || ' ') || {each}" for each in others)
    return f"to_tsvector('simple', {'(' * len(others)}{texts})"


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, in lower case, with its stem."""

    typed: str
    stem: str

    @property
    def parts(self) -> tuple[str, ...]:
        """What all forms of it have, or what one has: "projektor" is no form of "projekt", but "lampor" of "lampa"."""
        return (self.typed, f"{self.stem}a") if self.typed == f"{self.stem}or" else (self.stem,)

    def within(self, *columns: Any) -> ColumnElement[bool]:
        """Say that one of the columns, of short texts, has it at any place."""
        return or_(*(column.icontains(part, autoescape=True) for column in columns for part in self.parts))

    def is_in(self, words: str) -> ColumnElement[bool]:
        """Say that a text has a word that begins as it does, or is a form of it; `words` is the SQL of an index."""
        asked = " | ".join(form for part in self.parts for form in _forms(part))
        query = func.to_tsquery(literal_column("'simple'::regconfig"), cast(asked, String))
        found: ColumnElement[bool] = literal_column(words).op("@@", is_comparison=True)(query)
        return found

    def resembles(self, *columns: Any) -> ColumnElement[bool]:
        """Say that one of the columns, of short texts, has something spelled much like it."""
        return or_(*(column.op("%>", is_comparison=True)(self.typed) for column in columns))


def _forms(part: str) -> list[str]:
    """Return the words of a query that are forms of a part: what begins so, or of a short one what it may end with."""
    if len(part) >= LEAST_BEGINNING:
        return [f"{_quoted(part)}:*"]
    return [_quoted(part + ending) for ending in _ENDINGS]


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def words_of(session: Session, text: str) -> list[Word]:
    """Return the words of a text, each once, without those that stand in every text unless there are no others."""
    words = dict.fromkeys(word.strip(_AROUND) for word in normalize("NFC", text).lower().split())
    typed = [word for word in words if any(letter.isalnum() for letter in word)][:MOST_WORDS]
    if not typed:
        return []
    found = [Word(word, stem) for word, stem in zip(typed, _stems(session, typed), strict=True)]
    telling = [word for word in found if word.stem and word.typed not in _ENGLISH_STOPS]
    return telling or [Word(word.typed, word.typed) for word in found]


def _stems(session: Session, words: Sequence[str]) -> list[str]:
    """Return the stem of each word, nothing of one that stands in every text; and be forgiving from here on.

    The m of "rummet" is a single one in "rum".
    """
    asked = func.unnest(cast(words, ARRAY(String))).table_valued("word", with_ordinality="at").render_derived()
    stems = func.ts_lexize(literal_column("'swedish_stem'::regdictionary"), asked.c.word)
    forgiving = func.set_config("pg_trgm.word_similarity_threshold", LEAST_SIMILARITY, true())
    found = session.execute(select(stems, forgiving).order_by(asked.c.at))
    return [lexemes[0].removesuffix("mm") + "m" * lexemes[0].endswith("mm") if lexemes else "" for lexemes, _ in found]
