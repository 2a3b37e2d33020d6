"""What goes where in a run: by municipality what was asked for, served and lent, and from which to which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Float, cast, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col

from marketplace.offers.models import Offer
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.models import Need
from marketplace.runs.models import NeedOutcome
from resources.models import Resource, Site


@dataclass(frozen=True)
class Flow:
    """For how many needs something goes from one municipality to another, or stays, and how far on average."""

    origin: str
    target: str
    needs: int
    distance_m: float | None


@dataclass(frozen=True)
class Spot:
    """In a municipality: how many needs there are, how many of them are served, and how many are served from it."""

    code: str
    needs: int
    served: int
    lends: int

    @property
    def unserved(self) -> int:
        """How many needs nothing was found for."""
        return self.needs - self.served


@dataclass(frozen=True)
class Geography:
    """Municipalities with the most needs first, and flows with the most first; `nowhere` are needs without a place."""

    spots: Sequence[Spot]
    flows: Sequence[Flow]
    nowhere: int


def geography(session: Session, run_id: UUID) -> Geography:
    """Return what goes where in a run, in two queries however much it is."""
    asked = _asked(session, run_id)
    flows = _flows(session, run_id)
    lends = Counter[str]()
    for each in flows:
        lends[each.origin] += each.needs
    codes = {code for code in asked if code is not None} | lends.keys()
    spots = [Spot(code, *asked.get(code, (0, 0)), lends[code]) for code in codes]
    spots.sort(key=lambda each: (-each.needs, -each.lends, each.code))
    return Geography(spots, flows, asked.get(None, (0, 0))[0])


def _asked(session: Session, run_id: UUID) -> dict[str | None, tuple[int, int]]:
    code = col(Need.municipality_code)
    rows = session.execute(
        select(code, func.count(), func.count().filter(col(NeedOutcome.served)))
        .select_from(NeedOutcome)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .where(col(NeedOutcome.run_id) == run_id)
        .group_by(code)
    )
    return {key: (needs, served) for key, needs, served in rows}


def _flows(session: Session, run_id: UUID) -> list[Flow]:
    distance = type_coerce(col(ProposalLine.reasons), JSONB)["distanceM"].astext
    origin, target, needs = (
        col(Site.municipality_code),
        col(Need.municipality_code),
        func.count(col(Need.id).distinct()),
    )
    rows = session.execute(
        select(origin, target, needs, func.avg(cast(distance, Float)))
        .select_from(ProposalLine)
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Need, col(Need.id) == col(ProposalLine.need_id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .join(Site, col(Site.id) == col(Resource.site_id))
        .where(col(Proposal.run_id) == run_id, target.is_not(None))
        .group_by(origin, target)
        .order_by(needs.desc(), origin, target)
    )
    return [Flow(*row) for row in rows]
