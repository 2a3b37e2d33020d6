"""Which needs fit a wish to try another employer, by the filters that runs use; and asking HR about one of them.

Only its owner learns what fits. A wish is no offer, and no run knows of it: what it could be for a need is an option of
runs from when the employee, the manager and HR have said yes, as a card that is offered to that need alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

import numpy as np
from sqlalchemy import update
from sqlmodel import Session, col

from competence.loans.length import last_day
from competence.queries import counting
from competence.rules import counted_with
from core import geo
from core.actor import Actor
from core.errors import Conflict
from core.time import clock
from core.time.interval import Interval
from core.time.timing import end_of
from marketplace.mobility import following, interests, queries, wishes
from marketplace.mobility.interests import FAMILY, Chance
from marketplace.mobility.models import MobilityInterest, MobilityWish, WishState
from marketplace.mobility.rules import LOOKED_AT_EVERY, LOOKED_AT_ONCE, MOST_TOLD, NOT_AGAIN, UNDER_WAY
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.offers.rules import Audience
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import actors_for, organisation
from marketplace.planning.candidates.candidates import FILTERS, CandidateBlock, Filter
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.service import look_for
from marketplace.planning.snapshot.load import snapshot_of
from marketplace.planning.snapshot.open_needs import OpenNeed, begin_of, open_needs
from marketplace.planning.snapshot.snapshot import OpenOffer, Relations
from marketplace.planning.snapshot.supply import Supply
from resources.families.staff import StaffFacts, StaffKind, StaffRequirements


@dataclass(frozen=True)
class Fit:
    """A need that fits a wish, with whose it is; where no loan may last so long, leave from work may be the way."""

    need: OpenNeed
    organisation: Organisation
    as_loan: bool

    @property
    def during(self) -> Interval:
        """When it is."""
        return Interval(begin_of(self.need.timing), end_of(self.need.timing))


def fits(session: Session, actor: Actor, wish: MobilityWish) -> list[Fit]:
    """Return the needs that fit the actor's own wish and welcome somebody who wants to try, those that begin first.

    Left out is what has been dismissed or declined, or HR is asked about. As many queries however many needs there are.
    """
    said = queries.states_by_need(session, wish.id)
    left_out = {key for key, state in said.items() if state in {*NOT_AGAIN, *UNDER_WAY}}
    wanted = set(queries.needs_that_welcome(session, actor.organisation_id)) - left_out
    needs = [each for each in open_needs(session, need_ids=wanted) if _within(wish, each)] if wanted else []
    if not needs:
        return []
    found = list(_passing(session, actor, wish, needs))
    homes = queries.names_of(session, {need.organisation_id for need, _ in found})
    fitting = [Fit(need, homes[need.organisation_id], as_loan) for need, as_loan in found]
    return sorted(fitting, key=lambda each: (each.during.start, str(each.need.need_id)))


def ask(session: Session, actor: Actor, wish_id: UUID, need_id: UUID) -> MobilityInterest:
    """Ask HR about a need that fits a wish, see `interests.ask`; asked twice it is one.

    Raises
    ------
    NotFound
        The actor has no such wish.
    Conflict
        ``wish_not_open``: it is a draft, paused or over. ``need_gone``: the need does not fit, or waits no more.
        ``no_loan``: no loan may last so long; and as `interests.ask`.
    """
    wish = queries.wish(session, actor, wish_id, lock=True)
    row = queries.interest(session, wish_id, need_id)
    if row is not None and row.state in UNDER_WAY:
        return row
    if wish.state is not WishState.OPEN:
        raise Conflict("wish_not_open", "Say so first: the wish is a draft, paused or over.")
    fit = _fit(session, actor, wish, need_id)
    if not fit.as_loan:
        raise Conflict(
            "no_loan", "A loan may not last so long. Talk to your employer about leave, and to them about employment."
        )
    return interests.ask(session, actor, wish, _chance(wish, fit))


def dismiss(session: Session, actor: Actor, wish_id: UUID, need_id: UUID) -> MobilityInterest:
    """Do not show a need that fits any more; raises as `ask`, whatever state the wish is in."""
    wish = queries.wish(session, actor, wish_id, lock=True)
    if queries.interest(session, wish_id, need_id) is None:
        _fit(session, actor, wish, need_id)
    return interests.dismiss(session, wish, need_id)


def show_again(session: Session, actor: Actor, wish_id: UUID, need_id: UUID) -> None:
    """Let a need be shown again that was dismissed; NotFound and StateChanged as `dismiss`."""
    interests.show_again(session, queries.wish(session, actor, wish_id, lock=True), need_id)


def withdraw(session: Session, actor: Actor, wish_id: UUID, need_id: UUID) -> None:
    """Take back that HR was asked about a need, see `interests.withdraw`; NotFound where the actor has no such wish."""
    interests.withdraw(session, queries.wish(session, actor, wish_id, lock=True), need_id)


def follow(session: Session) -> None:
    """Move what something has come of; what all three say yes to is looked at once for, beside all other options."""
    for request_id in following.follow(session):
        look_for(session, None, request_id)


def take_due(session: Session) -> Sequence[UUID]:
    """Return wishes that it is time to look at, and note that somebody does: one that fails comes last next time."""
    now = clock.now()
    chosen = queries.to_look_at(now - LOOKED_AT_EVERY, LOOKED_AT_ONCE)
    taken = update(MobilityWish).where(col(MobilityWish.id).in_(chosen)).values(looked_at=now)
    return session.scalars(taken.returning(col(MobilityWish.id))).all()


def tell_new(session: Session, wish_id: UUID) -> None:
    """Tell the owner of an open wish how many needs newly fit it, each once."""
    wish = session.get(MobilityWish, wish_id, with_for_update=True, populate_existing=True)
    actor = actors_for(session, [wish.member_id]).get(wish.member_id) if wish else None
    if wish is None or actor is None or wish.state is not WishState.OPEN:
        return
    known = set(wish.told)
    new = [each.need.need_id for each in fits(session, actor, wish) if each.need.need_id not in known]
    if new:
        wish.told = [*new, *wish.told][:MOST_TOLD]
        wishes.tell(session, wish, NoticeCode.WISH_FITS, needs=len(new))


def _fit(session: Session, actor: Actor, wish: MobilityWish, need_id: UUID) -> Fit:
    fit = next((each for each in fits(session, actor, wish) if each.need.need_id == need_id), None)
    if fit is None:
        raise Conflict("need_gone", "The need does not fit the wish, or waits for nobody any more.")
    return fit


def _passing(
    session: Session, actor: Actor, wish: MobilityWish, needs: Sequence[OpenNeed]
) -> Iterator[tuple[OpenNeed, bool]]:
    """Yield the needs that pass all filters, and those that pass all but the rules for loans."""
    offered = Supply(clock.now(), [_as_offer(session, actor, wish)], {wish.id: wish.extent_percent}, {}, [])
    filters = CandidateFilter(snapshot_of(offered, Relations({}, {}), needs, [], frozenset()))
    for group in filters.alike(needs):
        for block in filters.blocks(group):
            yield from _of_block(block)


def _of_block(block: CandidateBlock) -> Iterator[tuple[OpenNeed, bool]]:
    before, after = FILTERS.index(Filter.VISIBILITY), FILTERS.index(Filter.LOAN_RULES)
    for n, need in enumerate(block.needs):
        if block.left[n, before]:
            yield need, bool(block.left[n, after])


def _as_offer(session: Session, actor: Actor, wish: MobilityWish) -> OpenOffer:
    """Return a wish as the filters know offers: the one whom it is about, free from the start that it names on.

    It stands nowhere, so that no distance is measured: whoever wishes has said in which counties.
    """
    facts = StaffFacts(
        extent_percent=wish.extent_percent,
        remote=wish.remote,
        municipality_codes=_in_counties(wish.county_codes),
        languages=frozenset(wish.languages),
        skills=wish.skills,
    )
    return OpenOffer(
        offer_id=wish.id,
        resource_id=wish.id,
        organisation_id=actor.organisation_id,
        organisation_kind=organisation(session, actor.organisation_id).kind,
        audience=Audience(Visibility.ALL, actor.organisation_id, actor.county_code, None),
        family=FAMILY,
        kind=StaffKind.STAFF,
        terms=Terms.LOAN,
        price_basis=PriceBasis.NONE,
        price_sek=0,
        during=Interval(datetime.combine(wish.earliest, time.min, clock.STOCKHOLM), None),
        opening=None,
        positions=(),
        facts=counted_with(facts, counting(session, facts.skills)),
        units=((wish.id, 1),),
    )


def _within(wish: MobilityWish, need: OpenNeed) -> bool:
    """Tell whether a need is no longer than a wish, and where it says."""
    end = end_of(need.timing)
    if end is None:
        return False
    first, last = (np.datetime64(each.astimezone(clock.STOCKHOLM).date(), "D") for each in (begin_of(need.timing), end))
    ends = last - np.timedelta64(1, "D") if end.astimezone(clock.STOCKHOLM).time() == time.min else last
    return bool(ends <= last_day(first, wish.months)) and (_is_there(wish, need) or _at_a_distance(wish, need))


def _is_there(wish: MobilityWish, need: OpenNeed) -> bool:
    code = need.municipality_code
    return bool(wish.county_codes) and (code is None or code[:2] in wish.county_codes)


def _at_a_distance(wish: MobilityWish, need: OpenNeed) -> bool:
    asked = need.requirements
    return wish.remote and isinstance(asked, StaffRequirements) and asked.remote_ok


def _chance(wish: MobilityWish, fit: Fit) -> Chance:
    """Return what a card for a need says: as much as it asks for, and where it is."""
    need = fit.need
    there = (need.municipality_code,) if need.municipality_code else _in_counties(wish.county_codes)
    return Chance(
        need_id=need.need_id,
        title=need.title,
        percent=need.amount,
        during=fit.during,
        municipality_codes=there if _is_there(wish, need) else (),
        remote=_at_a_distance(wish, need),
    )


def _in_counties(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(each.code for each in geo.municipalities() if each.county_code in codes)
