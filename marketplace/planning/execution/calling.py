"""Calling whom an alert reaches: done by its first run, from the same look at the market that it plans with."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Permission
from core.database import audit, bulk
from core.time import clock
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Watch
from marketplace.planning.snapshot.pool import load_surge
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.runs.queries import published_for
from marketplace.surges import alerts
from marketplace.surges.calls import units_called, whose
from marketplace.surges.models import CallState, Surge, SurgeCall, SurgeState
from marketplace.surges.pool import PooledCard, who_may_be_called, who_may_come
from marketplace.surges.rules import CALL, SURGE


def snapshot_for(session: Session, surge_id: UUID, watch: Watch) -> Snapshot:
    """Return what a run for an alert looks at, when it has called each card that rosters allow and that fits a role.

    The first run looks at all cards; each later one, while there is time to answer, at those of which something has
    changed since. The alert stays locked while somebody is called, so that each is called once, and nobody after it
    has been stood down.
    """
    surge = session.get_one(Surge, surge_id)
    if surge.called_at is None or _to_call(session, surge):
        surge = alerts.locked_surge(session, surge_id)
    pool = _to_call(session, surge)
    found = load_surge(session, surge_id, who_may_come(session, surge_id) | pool, watch)
    if surge.called_at is None and surge.state is SurgeState.OPEN:
        surge.called_at = clock.now()
    if pool:
        _call(session, surge, pool, found)
    return found


def _to_call(session: Session, surge: Surge) -> dict[UUID, PooledCard]:
    now = clock.now()
    if surge.state is not SurgeState.OPEN or (surge.called_at and surge.answer_by <= now):
        return {}
    last = published_for(session, surge.id)
    since = None if surge.called_at is None else last.queued_at if last else surge.called_at
    return who_may_be_called(session, surge, now, since)


def _call(session: Session, surge: Surge, pool: Mapping[UUID, PooledCard], found: Snapshot) -> None:
    """Call each card of a pool that fits; where they work is told how many, and the one whose it is."""
    fitting: dict[PooledCard, list[UUID]] = defaultdict(list)
    for card, role_id in _fits(pool, found, alerts.roles_of_requests(session, surge.id)):
        fitting[card].append(role_id)
    with bulk.together(session):
        for card, role_ids in fitting.items():
            bulk.add(
                session,
                SurgeCall,
                surge_id=surge.id,
                resource_id=card.resource_id,
                roster_id=card.roster_id,
                organisation_id=card.organisation_id,
                role_ids=role_ids,
                begins=card.begins,
                state=CallState.ASKED,
            )
    details = {"cards": len(fitting)}
    audit.record(session, None, SURGE.entity, surge.id, reason_code="called", details=details)
    facts: dict[str, Any] = {"surge": surge.title, "answerBy": surge.answer_by.isoformat()}
    called = [card.resource_id for card in fitting]
    for (home, unit), cards in units_called(session, surge.id, called).items():
        who: dict[str, Any] = {"permission": Permission.ANSWER_CALLS, "department": unit}
        notify(session, [home], NoticeCode.CALLED, SURGE.entity, surge.id, cards=cards, **who, **facts)
    for call, member_id in whose(session, surge.id, called):
        home = call.organisation_id
        notify(session, [home], NoticeCode.YOU_ARE_CALLED, CALL.entity, call.id, member_id=member_id, **facts)


def _fits(
    pool: Mapping[UUID, PooledCard], found: Snapshot, roles: Mapping[UUID, UUID]
) -> Iterator[tuple[PooledCard, UUID]]:
    """Yield which cards of a pool fit which role, by the filters of runs; one need of a role stands for all of it."""
    filters = CandidateFilter(found)
    for role_id, need in {roles[need.request_id]: need for need in found.needs}.items():
        fitting = (pool.get(offer.offer_id) for offer in filters.apply(need).offers)
        yield from ((card, role_id) for card in fitting if card is not None)
