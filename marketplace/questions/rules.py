"""What a question, an answer and an adviser may say, how many there may be, and how they move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from core import geo
from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_CODE, LONGEST_NAME, LONGEST_WORDS, refuse_if
from core.text import phone_faults, text_faults
from core.time import clock
from marketplace.offers.models import Visibility
from marketplace.questions.models import (
    Adviser,
    AdviserState,
    Answer,
    AnswerState,
    Question,
    QuestionState,
)

MOST_OPEN, MOST_A_DAY = 5, 10
"""Questions that a member may have open, and may ask within 24 hours, withdrawn ones too."""
MOST_ANSWERS, MOST_ANSWERS_EACH = 50, 5
"""To one question, of all and of one member."""
MOST_ADVISED = 20
"""Skills that a member answers questions about."""
MOST_TOLD = 100
"""Advisers who get a notice of a question; the others find it in their list."""
LONGEST_DAYS = 60
AUDIENCES = (Visibility.ORGANISATION, Visibility.PARTNERS, Visibility.REGION, Visibility.ALL)

_Q, _A = QuestionState, AdviserState
WAITING = (_Q.OPEN, _Q.PASSED)
_ENDS = frozenset({_Q.ANSWERED, _Q.WITHDRAWN, _Q.DECLINED, _Q.EXPIRED, _Q.CLOSED, _Q.REMOVED})
QUESTION = Lifecycle(
    "question",
    Question,
    {
        _Q.OPEN: _ENDS | {_Q.PASSED},
        _Q.PASSED: _ENDS | {_Q.OPEN},
        **{each: frozenset({_Q.REMOVED}) for each in _ENDS - {_Q.REMOVED}},
    },
)
ANSWER = Lifecycle("question_answer", Answer, {AnswerState.GIVEN: frozenset({AnswerState.REMOVED})})
ADVISER = Lifecycle("adviser", Adviser, {_A.ACTIVE: frozenset({_A.PAUSED}), _A.PAUSED: frozenset({_A.ACTIVE})})


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """What somebody wants to know; with an `offer_id` of the one whose capacity card that is, else of the panel.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    skill_code: str
    title: str
    words: str
    until: date
    county_code: str | None = None
    offer_id: UUID | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("skillCode", self.skill_code, 1, LONGEST_CODE)
        yield from text_faults("title", self.title, 1, LONGEST_NAME)
        yield from phone_faults("title", self.title)
        yield from words_faults(self.words)
        last = clock.today() + timedelta(days=LONGEST_DAYS)
        if not clock.today() <= self.until <= last:
            yield InvalidParameter("until", str(self.until), f"choose a day from today through {LONGEST_DAYS} days on")
        if self.county_code is not None and self.county_code not in {each.code for each in geo.counties()}:
            yield InvalidParameter("countyCode", self.county_code, "there is no such county: 01 to 25")


def words_faults(words: str, least: int = 1) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a question's or an answer's words: who they are about stays anonymous."""
    yield from text_faults("words", words, least, LONGEST_WORDS)
    yield from phone_faults("words", words)


def audience_faults(audience: Visibility) -> Iterator[InvalidParameter]:
    """Yield what is wrong with whose questions somebody answers."""
    if audience not in AUDIENCES:
        yield InvalidParameter("audience", audience.value, "questions are answered for no less than the organisation")
