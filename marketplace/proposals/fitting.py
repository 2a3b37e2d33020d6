"""Whether what a proposal would claim still fits, and if not, what took it: as much of it as a reader may know.

Agreeing itself needs none of this: PostgreSQL refuses what does not fit. This is for saying no earlier, to the
coordinator, and for saying why.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Private
from core.errors import Conflict
from core.time.interval import from_range, overlaps
from marketplace.bookings import queries as bookings
from marketplace.proposals import waiting
from marketplace.proposals.models import LineClaim
from resources import clashes
from resources.clashes import Clash, Wanted
from resources.families import family_of
from resources.queries import lock_units

TAKEN = "taken"


def wanted_of(claims: Sequence[LineClaim]) -> list[Wanted]:
    """Return what lines of a proposal would claim."""
    return [Wanted(claim.unit_id, claim.amount, from_range(claim.during)) for claim in claims]


def check_fits(session: Session, actor: Actor, proposal_id: UUID, wanted: Sequence[Wanted]) -> None:
    """Raise Conflict ``taken`` unless all fits beside what is claimed, and beside other proposals that are kept.

    The units stay locked until the transaction ends, so that of two proposals that would hold the same, one is kept.
    """
    lock_units(session, {each.unit_id for each in wanted})
    if found := clashes.among(session, wanted):
        raise _taken(session, actor, found)
    kept = waiting.kept_claims(session, {each.unit_id for each in wanted}, but_for=proposal_id)
    held = wanted_of([claim for _proposal_id, claim in kept])
    own = {(each.unit_id, each.during) for each in wanted}
    found = [one for one in clashes.among(session, [*wanted, *held]) if (one.unit.id, one.during) in own]
    if found:
        raise _held(actor, found, kept)


def why_taken(session: Session, actor: Actor | None, wanted: Sequence[Wanted]) -> Conflict:
    """Return Conflict ``taken``: what took some of what is wanted, as far as `actor` may know.

    What took it may be gone again by the time we look; then nobody can say.
    """
    found = clashes.among(session, wanted)
    return _taken(session, actor, found) if found else Conflict(TAKEN, "Something in it was taken meanwhile.")


def _taken(session: Session, actor: Actor | None, found: Sequence[Clash]) -> Conflict:
    keys = {claim.booking_id for clash in found for claim in clash.claims if claim.booking_id}
    known = bookings.visible_among(session, actor, keys) if actor and keys else set()
    told = [_told(clash, actor, known) for clash in found]
    if _may_name(found[0], actor):
        return Conflict(TAKEN, f"{found[0].resource.name} is no longer free at that time.", {"clashes": told})
    left, details = found[0].capacity - found[0].taken, {"clashes": told}
    if left < 1:
        return Conflict(TAKEN, "The person offered is no longer free at that time.", details)
    asked = found[0].wanted
    return Conflict(
        TAKEN,
        f"Of the person offered {left} percent of full time is left at that time, and {asked} is asked for.",
        details,
    )


def _may_name(clash: Clash, actor: Actor | None) -> bool:
    if not family_of(clash.resource.family).anonymous:
        return True
    return actor is not None and actor.reads(Private.CARD_NAME, *_owner_of(clash))


def _owner_of(clash: Clash) -> tuple[UUID, str | None]:
    return clash.resource.organisation_id, clash.resource.department


def _told(clash: Clash, actor: Actor | None, known: set[UUID]) -> dict[str, Any]:
    """Return a clash as JSON data without the names, bookings and notes that the reader may not know of."""
    owns = actor is not None and actor.reads(Private.CLOSED_NOTE, *_owner_of(clash))
    told = clash.to_json()
    if not _may_name(clash, actor):
        told.update(resource=None, unit=clash.resource.kind)
    for shown, claim in zip(told["claims"], clash.claims, strict=True):
        if not owns:
            shown["note"] = ""
            if claim.booking_id not in known:
                shown.update(id=None, bookingId=None)
    return told


def _held(actor: Actor, found: Sequence[Clash], kept: Sequence[tuple[UUID, LineClaim]]) -> Conflict:
    """Only coordinators meet this, who may know of every proposal and booking."""
    known = {claim.booking_id for clash in found for claim in clash.claims if claim.booking_id}
    told = [_told(clash, actor, known) | {"proposals": _proposals(clash, kept)} for clash in found]
    if _may_name(found[0], actor):
        return Conflict(TAKEN, f"{found[0].resource.name} is held by another proposal.", {"clashes": told})
    return Conflict(TAKEN, "The person offered is held by another proposal.", {"clashes": told})


def _proposals(clash: Clash, kept: Sequence[tuple[UUID, LineClaim]]) -> list[str]:
    holding = {
        str(proposal_id)
        for proposal_id, claim in kept
        if claim.unit_id == clash.unit.id and overlaps([from_range(claim.during)], [clash.during])
    }
    return sorted(holding)
