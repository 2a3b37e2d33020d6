"""Why a sign-in through a provider came to nothing."""

from enum import StrEnum


class Why(StrEnum):
    """What the page says, and the audit trail keeps."""

    NOT_STARTED = "not_started"
    REFUSED_THERE = "refused_there"
    PROVIDER_AWAY = "provider_away"
    BAD_ANSWER = "bad_answer"
    NOT_TRUSTED = "not_trusted"
    CLOCK = "clock"
    NOT_SURE = "not_sure"
    NO_ORGANISATION = "no_organisation"
    LEFT = "left"
    NO_MEMBER = "no_member"


class SignInFailed(Exception):
    """Nobody was signed in; `details` are for the audit trail and the log, not for the page."""

    def __init__(self, why: Why, details: str) -> None:
        self.why, self.details = why, details
        super().__init__(f"{why}: {details}")
