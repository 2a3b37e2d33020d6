"""Use cases of saved searches: saving, removing, and telling of what newly fits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from core.actor import Actor
from core.errors import Conflict, Faults
from core.limits import LONGEST_NAME
from core.text import check_text
from core.time import clock
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import OfferState
from marketplace.organisations import queries as organisations
from marketplace.searches import queries
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import LOOKED_AT_EVERY, LOOKED_AT_ONCE, MOST_REMEMBERED, MOST_SEARCHES, MOST_TOLD, Query
from marketplace.views.search import offers_found

ENTITY = "saved_search"


def save(session: Session, actor: Actor, name: str, query: Query) -> SavedSearch:
    """Save a search; what it finds by now is not told of.

    Raises
    ------
    BadInput
        No search can ask for that, or it has no name.
    Conflict
        ``too_many_searches``: the member has as many as there may be.
    """
    faults = Faults()
    with faults.under():
        check_text("name", name, least=1, most=LONGEST_NAME)
    with faults.under("query"):
        query.check()
    faults.refuse()
    session.refresh(organisations.member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    if queries.count_of(session, actor) >= MOST_SEARCHES:
        raise Conflict(
            "too_many_searches", f"You have saved {MOST_SEARCHES} searches, which is the most. Remove one first."
        )
    found = SavedSearch(member_id=actor.member_id, name=name.strip(), query=query, known=_found(session, actor, query))
    session.add(found)
    session.flush()
    return found


def remove(session: Session, actor: Actor, search_id: UUID) -> None:
    """Remove a search: nothing is told of it any more.

    Raises
    ------
    NotFound
        The actor has saved none such.
    """
    session.delete(queries.saved_search(session, actor, search_id))
    session.flush()


def take_due(session: Session) -> Sequence[UUID]:
    """Return searches that it is time to look at, and note that somebody does: one that fails comes last next time."""
    now = clock.now()
    chosen = queries.due(now - LOOKED_AT_EVERY, LOOKED_AT_ONCE)
    taken = update(SavedSearch).where(col(SavedSearch.id).in_(chosen)).values(looked_at=now)
    return session.scalars(taken.returning(col(SavedSearch.id))).all()


def tell_new(session: Session, search_id: UUID) -> None:
    """Tell a member how many offers newly fit a search, each once: as far as the member may see them by now.

    What the member's own organisation offers is told of only where nothing else is looked for.
    """
    saved = queries.to_look_at(session, search_id)
    actor = organisations.actors_for(session, [saved.member_id]).get(saved.member_id) if saved else None
    if saved is None or actor is None:
        return
    found = _found(session, actor, saved.query)
    new = _without(found, saved.known)
    if not new:
        return
    saved.known = [*found, *_without(saved.known, found)[:MOST_REMEMBERED]]
    if not saved.query.own:
        others = queries.of_others(session, actor, new)
        new = [key for key in new if key in others]
    if not new:
        return
    saved.told, saved.told_at = [*new, *_without(saved.told, new)][:MOST_TOLD], clock.now()
    session.flush()
    notify(
        session,
        [actor.organisation_id],
        NoticeCode.SEARCH_FOUND,
        ENTITY,
        saved.id,
        member_id=actor.member_id,
        search=saved.name,
        offers=len(new),
    )


def _without(keys: Iterable[UUID], others: Iterable[UUID]) -> list[UUID]:
    left_out = set(others)
    return [key for key in keys if key not in left_out]


def _found(session: Session, actor: Actor, query: Query) -> list[UUID]:
    return offers_found(session, actor, replace(query.search(actor), state=OfferState.OPEN))
