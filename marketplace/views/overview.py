"""A run at a glance, beside the run before it: what it served where, how well, and who gives and takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.database.statements import made_once
from core.database.tables import any_of, by_swedish
from core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import OrganisationInShort
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, RunState
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
    cost_sek: float | None

    @property
    def cost_each_sek(self) -> float | None:
        """What its loans cost for each need that it served."""
        return self.cost_sek / self.run.served if self.cost_sek is not None and self.run.served else None

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
        _figures(view.run),
        _figures(before) if before else None,
        _give_and_take(session, view.run),
    )


def _figures(run: MatchingRun) -> Figures:
    came_to, served = run.published or Published(None, {}), run.served or 0
    return Figures(
        run,
        _most_first(came_to.families),
        _most_first(came_to.counties),
        came_to.distance_m,
        {code: total / served for code, total in came_to.points.items()} if served else {},
        came_to.cost_sek,
    )


def _most_first(counted: Mapping[str, tuple[int, int]]) -> dict[str, Served]:
    rows = sorted(counted.items(), key=lambda row: (-row[1][0], row[0]))
    return {key: Served(key, needs, served) for key, (needs, served) in rows}


def _give_and_take(session: Session, run: MatchingRun) -> list[GiveAndTake]:
    counted = run.published.organisations if run.published else {}
    named = session.execute(*_named([UUID(key) for key in counted]))
    return [GiveAndTake(OrganisationInShort(key, name), *counted[str(key)]) for key, name in named]


@made_once
def _named(organisation_ids: list[UUID]) -> Select[UUID, str]:
    name = col(Organisation.name)
    chosen = select(col(Organisation.id), name).where(any_of(col(Organisation.id), organisation_ids))
    return chosen.order_by(by_swedish(name), col(Organisation.id))
