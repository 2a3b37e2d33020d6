"""A run at a glance, beside the run before it: what it served where, how well, and who gives and takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from core.database.statements import made_once
from core.database.tables import by_swedish
from core.errors import NotFound
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import OrganisationInShort
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.models import Need, Request
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from marketplace.runs.published import Published
from marketplace.views.run import RunView


@dataclass(frozen=True)
class Served:
    """Of so many needs of a family or county, how many a run served."""

    key: str
    needs: int
    served: int

    @property
    def unserved(self) -> int:
        """How many it did not."""
        return self.needs - self.served


@dataclass(frozen=True)
class GiveAndTake:
    """For how many needs an organisation would get something, and for how many it would lend something."""

    organisation: OrganisationInShort
    gets: int
    lends: int


@dataclass(frozen=True)
class Figures:
    """What a run is worth, in its parts; distances and points are means, over lines and over served needs."""

    run: MatchingRun
    families: Mapping[str, Served]
    counties: Mapping[str, Served]
    distance_m: float | None
    points: Mapping[str, float]

    @property
    def share(self) -> float | None:
        """How much of what it looked at it served, from 0 to 1."""
        return self.run.served / self.run.needs if self.run.needs and self.run.served is not None else None

    @property
    def of_bound(self) -> float | None:
        """How much of the most that any plan can be worth it is worth, from 0 to 1."""
        return self.run.objective / self.run.bound if self.run.bound and self.run.objective is not None else None


@dataclass(frozen=True)
class Overview:
    """A run, the whole run of the same area before it if there is one, and who gives and takes in it."""

    view: RunView
    now: Figures
    before: Figures | None
    organisations: Sequence[GiveAndTake]


def overview(session: Session, view: RunView) -> Overview:
    """Return a run at a glance for somebody who is told all of it, in as many queries whatever it looked at.

    Raises
    ------
    NotFound
        It has not published.
    """
    if view.run.state is not RunState.DONE:
        raise NotFound("overview of the matching run", view.run.id)
    before = queries.published_before(session, view.run)
    return Overview(
        view,
        _figures(session, view.run),
        _figures(session, before) if before else None,
        _give_and_take(session, view.run.id),
    )


def _figures(session: Session, run: MatchingRun) -> Figures:
    came_to, served = run.published or Published(None, {}), run.served or 0
    families, counties = (
        {name: Served(name, *counts) for name, *counts in session.execute(*_served(run.id, (key,)))}
        for key in ("family", "county")
    )
    return Figures(
        run,
        families,
        counties,
        came_to.distance_m,
        {code: total / served for code, total in came_to.points.items()} if served else {},
    )


@made_once
def _served(run_id: UUID, by: tuple[str]) -> Select[str, int, int]:
    """Count by family or county how many needs a run looked at, and how many it served."""
    county = func.coalesce(func.left(Need.municipality_code, 2), Organisation.county_code)
    key = {"family": col(Need.family), "county": county}[by[0]]
    return (
        select(key, func.count(), func.count().filter(col(NeedOutcome.served)))
        .select_from(NeedOutcome)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(NeedOutcome.run_id) == run_id)
        .group_by(key)
        .order_by(func.count().desc(), key)
    )


def _give_and_take(session: Session, run_id: UUID) -> list[GiveAndTake]:
    rows = session.execute(*_given_and_taken(run_id))
    return [GiveAndTake(OrganisationInShort(key, name), gets, lends) for key, name, gets, lends in rows]


@made_once
def _given_and_taken(run_id: UUID) -> Select[*tuple[Any, ...]]:
    lines = (
        select(
            col(ProposalLine.need_id),
            col(Request.organisation_id).label("asker"),
            col(Offer.organisation_id).label("lender"),
        )
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .where(col(Proposal.run_id) == run_id)
        .subquery()
    )
    gets, lends = (
        select(lines.c[side].label("id"), func.count(lines.c.need_id.distinct()).label("needs"))
        .group_by(lines.c[side])
        .subquery()
        for side in ("asker", "lender")
    )
    home, counts = (Organisation.id, Organisation.name), (gets.c.needs, lends.c.needs)
    return (
        select(*map(col, home), *(func.coalesce(each, 0) for each in counts))
        .select_from(Organisation)
        .outerjoin(gets, gets.c.id == col(Organisation.id))
        .outerjoin(lends, lends.c.id == col(Organisation.id))
        .where(func.coalesce(*counts).is_not(None))
        .order_by(by_swedish(col(Organisation.name)), col(Organisation.id))
    )
