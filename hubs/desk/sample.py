"""Introductions and a round of coffee at the sample region's hubs: one pair is introduced, one is asked."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from hubs.coffee import service as coffee
from hubs.desk.queries import desk
from hubs.introductions import service
from hubs.introductions.models import IntroductionAnswer


def play(session: Session, hub_id: UUID, host: Actor, members: Sequence[Actor]) -> None:
    """Let the host propose the first two that are suggested, and all members but one have coffee."""
    by_id = {each.member_id: each for each in members}
    first, second = desk(session, host, hub_id).suggestions[:2]
    for number, each in enumerate((first, second)):
        row = service.propose(session, host, hub_id, (each.one.id, each.other.id))
        for person in (each.one, each.other)[: 2 - number]:
            service.answer(session, by_id[person.member_id], row.id, IntroductionAnswer.YES)
    for member in members[1:]:
        coffee.take_part(session, member, hub_id, takes_part=True)
    coffee.make_round(session, host, hub_id)
