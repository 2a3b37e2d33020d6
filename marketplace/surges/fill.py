"""How far the roles of an alert are filled: what is proposed, agreed and answered, as it is now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from marketplace.requests.models import Need, NeedState, Request
from marketplace.surges.models import CallState, SurgeCall, SurgeRole


@dataclass(frozen=True)
class Fill:
    """How far a role is filled, as it is now: people proposed and agreed, and what cards that fit it have answered."""

    role: SurgeRole
    proposed: int = 0
    agreed: int = 0
    calls: Mapping[CallState, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many have said yes, also more than are needed."""
        return self.calls.get(CallState.ACCEPTED, 0)

    @property
    def percent(self) -> int:
        """How much of the role has said yes or is agreed, rounded down; 100 where all has."""
        return 100 * min(max(self.accepted, self.agreed), self.role.number) // self.role.number


def fill_of(session: Session, surge_id: UUID) -> list[Fill]:
    """Return how far each role of an alert is filled now: two statements, however many were called."""
    of_needs = (
        select(
            SurgeRole,
            func.count().filter(col(Need.state) == NeedState.PROPOSED),
            func.count().filter(col(Need.state) == NeedState.AGREED),
        )
        .outerjoin(Request, col(Request.surge_role_id) == col(SurgeRole.id))
        .outerjoin(Need, col(Need.request_id) == col(Request.id))
        .where(col(SurgeRole.surge_id) == surge_id)
        .group_by(col(SurgeRole.id))
        .order_by(col(SurgeRole.position))
    )
    role_id = func.unnest(col(SurgeCall.role_ids)).label("role_id")
    each = select(role_id, col(SurgeCall.state)).where(col(SurgeCall.surge_id) == surge_id).subquery()
    counted = select(each.c.role_id, each.c.state, func.count()).group_by(each.c.role_id, each.c.state)
    calls: dict[UUID, dict[CallState, int]] = defaultdict(dict)
    for role, state, number in session.execute(counted):
        calls[role][CallState(state)] = number
    return [Fill(role, proposed, agreed, calls[role.id]) for role, proposed, agreed in session.execute(of_needs)]
