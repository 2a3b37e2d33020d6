"""Counting on the page that a label leads to: what each open stocktake expects, or that the thing is no part of it."""

from dataclasses import dataclass

from sqlmodel import Session

from api.pages.stock.stocktakes import what_of
from core.actor import Actor, Permission
from marketplace.stocktakes import queries
from marketplace.stocktakes.models import StocktakeState
from marketplace.stocktakes.queries import StocktakeView, ThingCounted
from resources.models import Resource

MOST_OPEN = 5
"""On the page of a thing, the latest."""


@dataclass(frozen=True)
class Counting:
    """An open stocktake and what is known of the thing in it; nothing where it is no part of it."""

    view: StocktakeView
    counted: ThingCounted | None

    @property
    def what(self) -> str:
        """What the stocktake is of."""
        return what_of(self.view.site, self.view.stocktake.department, self.view.thing)


def countings(session: Session, actor: Actor, thing: Resource) -> list[Counting]:
    """Return the open stocktakes of the thing's organisation that the actor may count in."""
    if not actor.may(Permission.OFFER, thing.organisation_id, thing.department):
        return []
    found = queries.stocktakes(session, actor, 1, MOST_OPEN, StocktakeState.OPEN).items
    return [Counting(view, queries.counted_of(session, view.stocktake, thing.id)) for view in found]
