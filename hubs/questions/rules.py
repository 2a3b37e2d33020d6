"""What a question at a hub and an answer may say, how many there may be, and how they move."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, refuse_if
from core.text import phone_faults, text_faults
from hubs.questions.models import HubAnswerState, HubQuestion, HubQuestionAnswer, HubQuestionState, QuestionAudience
from marketplace.questions.rules import words_faults

MOST_A_DAY = 10
"""Questions that a member may ask within 24 hours, those that were taken away too."""

HUB_QUESTION = Lifecycle("hub_question", HubQuestion, {HubQuestionState.ASKED: frozenset({HubQuestionState.REMOVED})})
HUB_ANSWER = Lifecycle(
    "hub_question_answer", HubQuestionAnswer, {HubAnswerState.GIVEN: frozenset({HubAnswerState.REMOVED})}
)


@dataclass(frozen=True, kw_only=True)
class HubQuestionDraft:
    """What a member wants to know, and who may read it.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    title: str
    words: str
    audience: QuestionAudience
    named: bool = False
    activity_id: UUID | None = None
    group_id: UUID | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("title", self.title, 1, LONGEST_NAME)
        yield from phone_faults("title", self.title)
        yield from words_faults(self.words)
        if (self.audience is QuestionAudience.GROUP) != (self.group_id is not None):
            reason = "it has to be group where a group is named, and is group only there"
            yield InvalidParameter("audience", self.audience.value, reason)
