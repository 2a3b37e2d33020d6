"""Addresses in letters that act without signing in: want no more of them, or confirm that one wants the newsletter."""

from uuid import UUID

from core.secret.links import meant, signed
from core.settings import settings

_WISH, _SUBSCRIBER, _CONFIRMS = "letter stop", "newsletter stop", "newsletter yes"


def stopping_address(wish_id: UUID) -> str:
    """Return where somebody says that it wants a hub's weekly letter no more."""
    return f"{settings().address}/letter-stops/{signed(_WISH, wish_id)}"


def unsubscribing_address(subscriber_id: UUID) -> str:
    """Return where a subscriber ends its subscription."""
    return f"{settings().address}/letter-stops/{signed(_SUBSCRIBER, subscriber_id)}"


def confirming_address(subscriber_id: UUID) -> str:
    """Return where somebody confirms that it wants a newsletter."""
    return f"{settings().address}/newsletter-confirmations/{signed(_CONFIRMS, subscriber_id)}"


def wish_meant(secret: str) -> UUID | None:
    """Return whose wish for weekly letters an address ends; None where it is no such address of ours."""
    return meant(_WISH, secret)


def subscriber_meant(secret: str) -> UUID | None:
    """Return the subscriber likewise."""
    return meant(_SUBSCRIBER, secret)


def confirming_meant(secret: str) -> UUID | None:
    """Return the subscriber that an address confirms; None where it is none of ours."""
    return meant(_CONFIRMS, secret)
