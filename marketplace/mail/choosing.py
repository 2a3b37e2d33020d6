"""What a member wants by mail, and when."""

from collections.abc import Mapping

from sqlmodel import Session

from core.actor import Actor
from core.errors import InvalidParameter
from core.limits import refuse_if
from marketplace.mail.rules import CHOICES, MailFrequency, NoticeGroup, frequency
from marketplace.organisations import queries as organisations


def chosen(session: Session, actor: Actor) -> dict[NoticeGroup, MailFrequency]:
    """Return when the actor wants each group."""
    choices = organisations.member(session, actor.member_id).mail_choices
    return {group: frequency(choices, group) for group in NoticeGroup}


def choose(session: Session, actor: Actor, wanted: Mapping[NoticeGroup, MailFrequency]) -> None:
    """Note when the actor wants some groups from now on; the others stay as they are.

    Raises
    ------
    BadInput
        What cannot be turned off, or put off, was to be.
    """
    reason = "that cannot be chosen here"
    refuse_if(
        InvalidParameter(group, when, reason) for group, when in wanted.items() if when not in CHOICES[group].allowed
    )
    member = organisations.member(session, actor.member_id)
    member.mail_choices = {**member.mail_choices, **{group.value: when.value for group, when in wanted.items()}}
    session.flush()
