"""Letting a line of a proposal be served by another option that its run listed.

A line's ``reasons["alternatives"]`` lists such options, best first, as `planning.reasons` writes them. The option that
the line has now takes the place of the one it gets, so a swap can be undone by another.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, Conflict
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from marketplace.proposals import fitting, queries
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, Side
from marketplace.proposals.price import put_forward
from marketplace.proposals.refused import refused_pairs
from marketplace.proposals.rules import check_ahead
from resources.clashes import Wanted

_NOT_COMPUTED: Mapping[str, Any] = {
    "kind": "unknown",
    "amount": None,
    "toOthers": None,
    "moved": [],
    "fell": [],
    "rose": [],
}
_OF_AN_OPTION = ("terms", "distanceM", "missing")
"""What `reasons` tells of an option, for that of the line as for each alternative."""


def swap_line(session: Session, actor: Actor, proposal: Proposal, line_id: UUID, option_key: str) -> None:
    """Put an alternative in the place of a line's option, if it still fits; see `service.swap` for the errors."""
    line = queries.line(session, proposal.id, line_id)
    chosen = _listed(line, option_key)
    offer_id, wanted = UUID(chosen["offerId"]), [_wanted(claim) for claim in chosen["claims"]]
    _check_may_have(session, proposal, line.need_id, offer_id, wanted)
    others = queries.claims_of(session, proposal.id, but_for_line=line_id)
    fitting.check_fits(session, actor, proposal.id, [*wanted, *fitting.wanted_of(others)])
    _replace(session, line, chosen, wanted)
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


def _listed(line: ProposalLine, option_key: str) -> dict[str, Any]:
    listed: Sequence[dict[str, Any]] = line.reasons.get("alternatives", [])
    for alternative in listed:
        if alternative["option"] == option_key:
            return alternative
    known = ", ".join(alternative["option"] for alternative in listed) or "none"
    raise BadInput("option", option_key, f"it has to be one of the line's alternatives: {known}")


def _replace(session: Session, line: ProposalLine, chosen: Mapping[str, Any], wanted: Sequence[Wanted]) -> None:
    held = queries.claims_of_line(session, line.id)
    alternatives = [_as_alternative(line, held) if one is chosen else one for one in line.reasons["alternatives"]]
    told = {name: chosen[name] for name in _OF_AN_OPTION if name in chosen}
    line.reasons = {**line.reasons, **told, "alternatives": alternatives}
    line.offer_id, line.option_key = UUID(chosen["offerId"]), chosen["option"]
    line.score, line.amount = chosen["score"], chosen["amount"]
    line.sqlmodel_update(put_forward(queries.offered(session, [line.offer_id])[line.offer_id].offer))
    for claim in held:
        session.delete(claim)
    session.add_all(
        LineClaim(line_id=line.id, unit_id=one.unit_id, amount=one.amount, during=to_range(one.during))
        for one in wanted
    )
    session.flush()


def _as_alternative(line: ProposalLine, held: Sequence[LineClaim]) -> dict[str, Any]:
    """Return the option that a line has as one among its alternatives; what it costs others nobody has computed."""
    return {
        **{name: line.reasons[name] for name in _OF_AN_OPTION if name in line.reasons},
        "option": line.option_key,
        "offerId": str(line.offer_id),
        "amount": line.amount,
        "score": line.score,
        "claims": [_claim(claim) for claim in held],
        "loss": dict(_NOT_COMPUTED),
    }


def _settle_listers(session: Session, proposal: Proposal) -> None:
    """Let the listing parties be the organisations of the offers that the lines have now."""
    homes = {view.offered.organisation.id for view in queries.lines(session, [proposal.id])}
    listers = [party for party in queries.parties(session, proposal.id) if party.side is Side.LISTER]
    for party in listers:
        if party.organisation_id not in homes:
            session.delete(party)
    for home in homes - {party.organisation_id for party in listers}:
        session.add(ProposalParty(proposal_id=proposal.id, organisation_id=home, side=Side.LISTER))
    session.flush()


def _wanted(claim: Mapping[str, Any]) -> Wanted:
    until = datetime.fromisoformat(claim["until"]) if claim["until"] else None
    return Wanted(UUID(claim["unitId"]), claim["amount"], Interval(datetime.fromisoformat(claim["from"]), until))


def _claim(claim: LineClaim) -> dict[str, Any]:
    during = from_range(claim.during)
    return {
        "unitId": str(claim.unit_id),
        "amount": claim.amount,
        "from": during.start.isoformat(),
        "until": during.end.isoformat() if during.end else None,
    }
