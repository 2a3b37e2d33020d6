"""The checklist in a form that notes a hand-over or a return: what it shows, and what was ticked."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from api.pages.forms import Form
from marketplace.bookings.checks import Check
from marketplace.bookings.ledger import MovementKind
from marketplace.checklists.models import Step
from marketplace.checklists.queries import items_for
from resources.models import Resource

Items = Mapping[MovementKind, Sequence[str]]
_STEPS = {MovementKind.OUT: Step.HAND_OVER, MovementKind.BACK: Step.RETURN}


def items_of(session: Session, thing: Resource, possible: Mapping[MovementKind, int]) -> Items:
    """Return what is gone through of a thing at the movements that may be noted now."""
    if not possible.keys() & _STEPS.keys():
        return {}
    listed = items_for(session, thing)
    return {kind: listed.get(step, []) for kind, step in _STEPS.items() if kind in possible}


def shown(form: Form, kind: MovementKind, items: Items) -> Sequence[str]:
    """Return the items of a form: of one that was sent those that it had, for a list may have changed since."""
    return form.many(f"item-{kind}") or items.get(kind, ())


def ticked(form: Form, kind: str) -> list[Check]:
    """Return what was gone through, as it was worded in the form that was sent."""
    done = set(form.many(f"tick-{kind}"))
    return [
        Check(item, ticked=str(n) in done, remark=form.value(f"remark-{kind}-{n}"))
        for n, item in enumerate(form.many(f"item-{kind}"))
    ]
