"""Calling whom an alert reaches: done by its first run, from the same look at the market that it plans with."""

from collections import Counter, defaultdict
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
from marketplace.surges import alerts
from marketplace.surges.models import CallState, Surge, SurgeCall, SurgeState
from marketplace.surges.pool import PooledCard, who_may_be_called, who_may_come
from marketplace.surges.rules import SURGE


def snapshot_for(session: Session, surge_id: UUID, watch: Watch) -> Snapshot:
    """Return what a run for an alert looks at; the first one calls each card that rosters allow and that fits a role.

    The alert stays locked meanwhile, so that of two runs one calls, and none after it has been stood down.
    """
    surge = session.get_one(Surge, surge_id)
    if surge.called_at is None:
        surge = alerts.locked_surge(session, surge_id)
    if surge.called_at is not None or surge.state is not SurgeState.OPEN:
        return load_surge(session, surge_id, who_may_come(session, surge_id), watch)
    surge.called_at = clock.now()
    pool = who_may_be_called(session, surge.occasion, surge.called_at)
    found = load_surge(session, surge_id, pool, watch)
    _call(session, surge, pool, found)
    return found


def _call(session: Session, surge: Surge, pool: Mapping[UUID, PooledCard], found: Snapshot) -> None:
    """Call each card that fits; where they work is told how many, once each."""
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
    for home, cards in Counter(card.organisation_id for card in fitting).items():
        facts: dict[str, Any] = {"surge": surge.title, "cards": cards, "answerBy": surge.answer_by.isoformat()}
        told = Permission.ANSWER_CALLS
        notify(session, [home], NoticeCode.CALLED, SURGE.entity, surge.id, permission=told, **facts)


def _fits(
    pool: Mapping[UUID, PooledCard], found: Snapshot, roles: Mapping[UUID, UUID]
) -> Iterator[tuple[PooledCard, UUID]]:
    """Yield which cards fit which role, by the filters that runs use; one need of a role stands for all of it."""
    filters = CandidateFilter(found)
    for role_id, need in {roles[need.request_id]: need for need in found.needs}.items():
        yield from ((pool[offer.offer_id], role_id) for offer in filters.apply(need).offers)
