"""A file adds no more than its organisation may have, as nothing that is written by hand does."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from core.actor import Actor
from core.database.counting import take_turn
from marketplace.importing.report import Remark
from marketplace.offers.queries import count_of
from marketplace.organisations.queries import need_quota, offer_quota
from marketplace.requests.service import needs_waiting


@dataclass(frozen=True)
class Held:
    """How many offers an organisation has, and how many of its needs wait."""

    offers: int
    needs: int

    @classmethod
    def by(cls, session: Session, actor: Actor) -> "Held":
        """Return what somebody's organisation has now."""
        home = actor.organisation_id
        return cls(count_of(session, home), needs_waiting(session, home))


def excess(session: Session, actor: Actor, before: Held) -> Iterator[Remark]:
    """Yield what somebody's organisation has more of than it had and than it may have."""
    for what in ("offers", "needs"):
        take_turn(session, what, actor.organisation_id)
    now, most = Held.by(session, actor), offer_quota(session, actor.organisation_id)
    if now.offers > max(most, before.offers):
        reason = (
            f"with it your organisation would have {now.offers} offers, and may have {most} at a time: close some of "
            "them first, or ask whoever runs the service to let it have more"
        )
        yield Remark(0, "", "", reason)
    most = need_quota(session, actor.organisation_id)
    if now.needs > max(most, before.needs):
        reason = (
            f"with it your organisation would have {now.needs} needs waiting, and may have {most} at a time, where "
            "each date counts that may be served by another resource: withdraw some of them first, or ask whoever runs "
            "the service to let it have more"
        )
        yield Remark(0, "", "", reason)
