"""Letters of a hub of the sample region: the weekly one that has gone, and a newsletter that a host has to read."""

from datetime import timedelta

from sqlmodel import Session, select

from api.mail.letters.drafting import draft, usual_plan
from core.actor import Actor
from core.database import db
from core.time import clock
from hubs.demo import EAST
from hubs.letters import service
from hubs.letters.models import LetterKind
from hubs.letters.rules import PlanDraft
from hubs.places.models import Hub
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for


def play() -> None:
    """Let a letter have gone to the members, the next be planned, and a draft wait."""
    with db.unit_of_work() as session:
        hub = session.exec(select(Hub).where(Hub.name == EAST.site)).one()
        host = _host(session)
        for kind in LetterKind:
            usual = usual_plan(hub.id, kind)
            if kind is LetterKind.WEEKLY:
                _send(session, host, hub)
            else:
                draft(session, host, usual)
            plan = PlanDraft(kind=kind, next_on=usual.next_on, at=usual.at, weeks=usual.weeks, language=usual.language)
            service.plan(session, host, hub.id, plan)


def _send(session: Session, host: Actor, hub: Hub) -> None:
    soon = (clock.now() + timedelta(minutes=1)).astimezone(clock.STOCKHOLM)
    plan = usual_plan(hub.id, LetterKind.WEEKLY)
    plan.next_on, plan.at = soon.date(), soon.time()
    made = draft(session, host, plan)
    service.schedule(session, host, made.id)
    service.send(session, made)


def _host(session: Session) -> Actor:
    address = f"{EAST.host}@example.se"
    return actor_for(session, session.exec(select(Member.id).where(Member.email == address)).one())
