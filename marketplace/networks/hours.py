"""How many hours of a month a network may ask for of somebody: looked at again where a loan is agreed."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from competence.queries import counting
from core.database.tables import any_of
from core.errors import Conflict
from core.time.interval import Interval, from_range
from marketplace.networks import queries
from marketplace.networks.rules import left_of_month, minutes_by_month
from marketplace.proposals.models import LineClaim, ProposalLine
from marketplace.requests.models import Need
from resources.models import ResourceUnit

HOURS_REACHED = "hours_reached"


def check_hours(session: Session, proposal_id: UUID) -> None:
    """Refuse to lend somebody by a network for more hours of a month than it may ask for, or who has left it.

    Cards stay locked until the transaction ends, so that of two loans that would take the last hours, one is agreed:
    the one that is approved first, as what is only proposed keeps nobody from it.

    Raises
    ------
    Conflict
        ``left_network``: a card is no longer in the network. ``hours_reached``: it would be too many hours.
    """
    asked = _asked(session, proposal_id)
    if not asked:
        return
    cards = _locked_cards(session, {unit_id for unit_id, _, _ in asked})
    beside = queries.by_unit(queries.lent(session, cards, kept=True), {proposal_id})
    for unit_id, card in cards.items():
        own = [(network, during) for key, network, during in asked if key == unit_id]
        if card.network_hours is None or not _is_in(session, card, {network for network, _ in own}):
            raise Conflict("left_network", "Somebody in it is no longer in the network.")
        held = minutes_by_month(beside.get(unit_id, ()))
        for month, minutes in minutes_by_month(during for _, during in own).items():
            if minutes > left_of_month(card.network_hours, held, month):
                raise Conflict(HOURS_REACHED, "Somebody in it would be lent for more hours of the month than agreed.")


def _is_in(session: Session, card: StaffCapacity, networks: set[str]) -> bool:
    """Tell whether a card is in some skills' networks, as what is the same by another name is in planning, too."""
    if networks == {card.network}:
        return True
    near = counting(session, [card.network]).get(card.network, {})
    return all(near.get(each) == 0 for each in networks - {card.network})


def _asked(session: Session, proposal_id: UUID) -> list[tuple[UUID, str, Interval]]:
    network = col(Need.requirements)["network"].astext
    rows = session.execute(
        select(col(LineClaim.unit_id), network, col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Need, col(Need.id) == col(ProposalLine.need_id))
        .where(col(ProposalLine.proposal_id) == proposal_id, network != "")
    )
    return [(unit_id, code, from_range(during)) for unit_id, code, during in rows]


def _locked_cards(session: Session, unit_ids: set[UUID]) -> dict[UUID, StaffCapacity]:
    rows = session.execute(
        select(col(ResourceUnit.unit_id), StaffCapacity)
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(ResourceUnit.resource_id))
        .where(any_of(col(ResourceUnit.unit_id), unit_ids))
        .order_by(col(ResourceUnit.unit_id))
        .with_for_update(of=StaffCapacity)
        .execution_options(populate_existing=True)
    )
    return {unit_id: card for unit_id, card in rows}  # noqa: C416
