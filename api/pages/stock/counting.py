"""Counting on the page that a label leads to: what each open stocktake expects, or that the thing is no part of it."""

from dataclasses import dataclass

from sqlmodel import Session

from api.pages.stock.stocktakes import what_of
from core.actor import Actor, Permission
from marketplace.stocktakes import queries
from marketplace.stocktakes.queries import StocktakeView, ThingCounted
from marketplace.stocktakes.rules import COUNTED
from resources.models import Resource

MOST_OPEN = 5
"""On the page of a thing: those that it is part of, then the latest."""


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
    """Return the open stocktakes of the thing's organisation that the actor may count in, of what is counted at all."""
    if thing.family not in COUNTED or not actor.may(Permission.OFFER, thing.organisation_id, thing.department):
        return []
    found = queries.open_beside(session, actor, thing, MOST_OPEN)
    return [Counting(view, queries.counted_of(session, view.stocktake, thing.id)) for view in found]
