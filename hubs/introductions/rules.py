"""How an introduction goes on, how long it waits for answers, and what its host may say."""

from collections.abc import Iterator
from datetime import timedelta

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_LISTED
from core.text import phone_faults, text_faults
from hubs.introductions.models import Introduction, IntroductionState

ANSWERED_WITHIN = timedelta(days=14)
NOT_AGAIN_WITHIN = timedelta(days=180)
"""Two who were not introduced, or are no more, are not asked again so soon: that it did not come about is respected."""

_S = IntroductionState
INTRODUCTION = Lifecycle(
    "hub_introduction",
    Introduction,
    {_S.ASKED: frozenset({_S.MADE, _S.LAPSED}), _S.MADE: frozenset({_S.ENDED})},
)


def words_faults(words: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what two are told that they could talk about."""
    yield from text_faults("words", words, 0, LONGEST_LISTED)
    yield from phone_faults("words", words)
