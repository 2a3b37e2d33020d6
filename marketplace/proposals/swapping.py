"""Letting a line of a proposal be served by another option that its run listed.

A line's reasons list such options as alternatives, best first. The option that
the line has now takes the place of the one it gets, so a swap can be undone by another. What alternatives cost was
counted against what the run chose, so that it is no longer known: neither of this line's own, nor of other lines'
where they would take something of what has changed hands, or would have cost this need.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import structs
from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, Conflict
from core.time import clock
from core.time.interval import Interval, from_range, overlaps, to_range
from marketplace.proposals import fitting, queries
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, Side
from marketplace.proposals.price import put_forward
from marketplace.proposals.refused import refused_pairs
from marketplace.proposals.rules import check_ahead
from marketplace.runs.reasons import StoredAlternative, StoredClaim, StoredLoss
from resources.clashes import Wanted


def swap_line(session: Session, actor: Actor, proposal: Proposal, line_id: UUID, option_key: str) -> None:
    """Put an alternative in the place of a line's option, if it still fits; see `service.swap` for the errors."""
    line = queries.line(session, proposal.id, line_id)
    chosen = _listed(line, option_key)
    offer_id, wanted = chosen.offer_id, [Wanted(each.unit_id, each.amount, each.during) for each in chosen.claims]
    _check_may_have(session, proposal, line.need_id, offer_id, wanted)
    others = queries.claims_of(session, proposal.id, but_for_line=line_id)
    fitting.check_fits(session, actor, proposal.id, [*wanted, *fitting.wanted_of(others)])
    held = [
        Wanted(each.unit_id, each.amount, from_range(each.during)) for each in queries.claims_of_line(session, line_id)
    ]
    _replace(session, line, chosen, wanted)
    _forget_costs(session, proposal, line, [*held, *wanted])
    _settle_listers(session, proposal)


def _check_may_have(
    session: Session, proposal: Proposal, need_id: UUID, offer_id: UUID, wanted: Sequence[Wanted]
) -> None:
    """What a run would leave out by now is not swapped to either."""
    check_ahead(wanted, clock.now())
    offer = queries.offer_shown_to(session, queries.request_of(session, proposal), offer_id)
    if offer is None or not all(_covers(from_range(offer.during), each.during) for each in wanted):
        raise Conflict("no_longer_offered", "That offer is no longer made to the requester.", {"offer": str(offer_id)})
    if (need_id, offer_id) in refused_pairs(session, [need_id]):
        raise Conflict("already_refused", "Somebody has refused that offer for this need.", {"offer": str(offer_id)})


def _covers(offered: Interval, claimed: Interval) -> bool:
    """Say whether an offer is made for a time; what is handed over for good goes on past the offer."""
    return offered.start <= claimed.start < offered.limit and (claimed.end or offered.limit) <= offered.limit


def _listed(line: ProposalLine, option_key: str) -> StoredAlternative:
    listed = line.reasons.alternatives or ()
    for alternative in listed:
        if alternative.option == option_key:
            return alternative
    known = ", ".join(alternative.option for alternative in listed) or "none"
    raise BadInput("option", option_key, f"it has to be one of the line's alternatives: {known}")


def _replace(session: Session, line: ProposalLine, chosen: StoredAlternative, wanted: Sequence[Wanted]) -> None:
    held = queries.claims_of_line(session, line.id)
    listed = line.reasons.alternatives or ()
    first = line.reasons.chosen or line.option_key
    alternatives = tuple(
        _as_alternative(line, held) if one is chosen else structs.replace(one, loss=StoredLoss()) for one in listed
    )
    line.reasons = structs.replace(
        line.reasons,
        chosen=None if chosen.option == first else first,
        terms=chosen.terms,
        points=chosen.points,
        stability=chosen.stability,
        kept=line.reasons.kept if chosen.staying is None else chosen.staying > 0,
        distance_m=chosen.distance_m,
        missing=chosen.missing,
        alternatives=alternatives,
    )
    line.offer_id, line.option_key = chosen.offer_id, chosen.option
    line.score, line.amount = chosen.score, chosen.amount
    line.sqlmodel_update(put_forward(queries.offered(session, [line.offer_id])[line.offer_id].offer))
    for claim in held:
        session.delete(claim)
    session.add_all(
        LineClaim(line_id=line.id, unit_id=one.unit_id, amount=one.amount, during=to_range(one.during))
        for one in wanted
    )
    session.flush()


def _forget_costs(session: Session, proposal: Proposal, swapped: ProposalLine, moved: Sequence[Wanted]) -> None:
    """Call unknown what it costs to have what the swap has given back or taken, in all lines of the same run."""
    named = {swapped.need_id, *(each.unit_id for each in moved)}
    for line in queries.lines_that_name(session, proposal.run_id, named, but_for=swapped.id):
        alternatives = tuple(
            structs.replace(each, loss=StoredLoss()) if _is_touched(each, swapped.need_id, moved) else each
            for each in line.reasons.alternatives or ()
        )
        if alternatives != line.reasons.alternatives:
            listed = tuple(sorted(alternatives, key=lambda each: each.order))
            line.reasons = structs.replace(line.reasons, alternatives=listed)
    session.flush()


def _is_touched(alternative: StoredAlternative, need_id: UUID, moved: Sequence[Wanted]) -> bool:
    return need_id in alternative.cost.named or any(
        each.unit_id == one.unit_id and overlaps([each.during], [one.during])
        for each in alternative.claims
        for one in moved
    )


def _as_alternative(line: ProposalLine, held: Sequence[LineClaim]) -> StoredAlternative:
    """Return the option that a line has as one among its alternatives; what it costs others nobody has computed."""
    return StoredAlternative(
        terms=line.reasons.terms,
        points=line.reasons.points,
        stability=line.reasons.stability,
        distance_m=line.reasons.distance_m,
        missing=line.reasons.missing,
        option=line.option_key,
        offer_id=line.offer_id,
        amount=line.amount,
        score=line.score,
        claims=tuple(StoredClaim.of(claim.unit_id, claim.amount, from_range(claim.during)) for claim in held),
        loss=StoredLoss(),
    )


def _settle_listers(session: Session, proposal: Proposal) -> None:
    """Let the listing parties be the organisations of the offers that the lines have now."""
    homes = {view.offered.owner.id for view in queries.lines(session, [proposal.id])}
    listers = [party for party in queries.parties(session, proposal.id) if party.side is Side.LISTER]
    for party in listers:
        if party.organisation_id not in homes:
            session.delete(party)
    for home in homes - {party.organisation_id for party in listers}:
        session.add(ProposalParty(proposal_id=proposal.id, organisation_id=home, side=Side.LISTER))
    session.flush()
