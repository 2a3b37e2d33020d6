"""Alerts on the wire: what has happened, who is needed, who is called, and how far it is filled."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

import msgspec
from msgspec import Meta

from api.schemas.base import FILLED_IN, Name, Wire, limited
from api.schemas.needs import AnyNeed, example_lead
from core.errors import Faults
from core.limits import LONGEST_TEXT
from core.time import clock
from marketplace.requests.reading import need_from_json
from marketplace.surges.alerts import SurgeView
from marketplace.surges.calls import CallView
from marketplace.surges.fill import Fill
from marketplace.surges.models import CallState, Occasion, SurgeState
from marketplace.surges.rules import MOST_PEOPLE, MOST_ROLES, AlertDraft, RoleDraft


def _example_need() -> AnyNeed:
    return msgspec.structs.replace(example_lead(), id=None)


_ID = "01980000-0000-7000-8000-0000000000{}"


class SurgeRoleIn(Wire):
    """So many people who are asked for: `need` is of the family staff, with a title; each of them is one such need."""

    number: Annotated[int, limited(minimum=1, maximum=MOST_PEOPLE)]
    need: AnyNeed

    @classmethod
    def example(cls) -> Self:
        """Return twenty who handle cases."""
        return cls(number=20, need=_example_need())


class SurgeIn(Wire):
    """An alert for an organisation that you coordinate. Cards are called whose rosters allow it for the occasion."""

    organisation_id: UUID
    occasion: Occasion
    title: Name
    what: Annotated[str, limited("What has happened.", min_length=1, max_length=LONGEST_TEXT, pattern=FILLED_IN)]
    answer_by: Annotated[datetime, Meta(description="Until when those called may answer: within thirty days.")]
    roles: Annotated[list[SurgeRoleIn], limited(min_items=1, max_items=MOST_ROLES)]

    @classmethod
    def example(cls) -> Self:
        """Return an alert of one role that is answered within a day."""
        return cls(
            organisation_id=UUID(_ID.format("04")),
            occasion=Occasion.RECEPTION,
            title="Många söker skydd",
            what="Ansökningarna har ökat till det tiodubbla på en vecka.",
            answer_by=clock.now() + timedelta(days=1),
            roles=[SurgeRoleIn.example()],
        )

    def draft(self) -> AlertDraft:
        """Return it as the marketplace knows it."""
        return AlertDraft(
            organisation_id=self.organisation_id,
            occasion=self.occasion,
            title=self.title,
            what=self.what,
            answer_by=self.answer_by,
            roles=self._roles(),
        )

    def _roles(self) -> tuple[RoleDraft, ...]:
        faults, found = Faults(), []
        for n, role in enumerate(self.roles):
            with faults.under(f"roles[{n}].need"):
                found.append(RoleDraft(number=role.number, need=need_from_json(msgspec.to_builtins(role.need))))
        faults.refuse()
        return tuple(found)


class SurgeRoleOut(Wire):
    """How far a role is filled now: a card that fits two roles counts in both. `percent`: has said yes or is agreed."""

    title: str
    number: int
    proposed: int
    agreed: int
    percent: int
    calls: dict[CallState, int]


class SurgeOut(Wire):
    """An alert as it stands now. In lists without its roles."""

    id: UUID
    version: int
    state: SurgeState
    organisation_id: UUID
    occasion: Occasion
    title: str
    what: str
    raised_at: datetime
    answer_by: datetime
    called_at: Annotated[datetime | None, Meta(description="Its first run calls those who fit, within seconds.")]
    ended_at: datetime | None
    roles: list[SurgeRoleOut] | None = None

    @classmethod
    def example(cls) -> Self:
        """Return an alert to which half have said yes."""
        calls = {CallState.ASKED: 12, CallState.ACCEPTED: 10, CallState.DECLINED: 3}
        return cls(
            id=UUID(_ID.format("81")),
            version=1,
            state=SurgeState.OPEN,
            organisation_id=UUID(_ID.format("04")),
            occasion=Occasion.RECEPTION,
            title="Många söker skydd",
            what="Ansökningarna har ökat till det tiodubbla på en vecka.",
            raised_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            answer_by=datetime.fromisoformat("2026-11-22T08:30:00Z"),
            called_at=datetime.fromisoformat("2026-11-21T08:30:03Z"),
            ended_at=None,
            roles=[SurgeRoleOut(title="Handläggare", number=20, proposed=18, agreed=0, percent=50, calls=calls)],
        )


class CallOut(Wire):
    """A card of yours that is called: `begins` is the first day on which the person could be there.

    `personSaidYesAt`: the person can come, and waits for your answer.
    """

    id: UUID
    state: CallState
    resource_id: UUID
    name: str
    begins: date
    person_said_yes_at: datetime | None
    answered_at: datetime | None

    @classmethod
    def example(cls) -> Self:
        """Return a call that waits."""
        return cls(
            id=UUID(_ID.format("82")),
            state=CallState.ASKED,
            resource_id=UUID(_ID.format("14")),
            name="Handläggare 1",
            begins=date(2026, 11, 23),
            person_said_yes_at=datetime.fromisoformat("2026-11-21T09:10:00Z"),
            answered_at=None,
        )


class CallAnswer(StrEnum):
    """What may be said for a card that is called; `withdrawn` of a yes."""

    ACCEPTED = CallState.ACCEPTED.value
    DECLINED = CallState.DECLINED.value
    WITHDRAWN = CallState.WITHDRAWN.value


class CallAnswerIn(Wire):
    """What is said for some cards that are called."""

    call_ids: Annotated[list[UUID], limited(min_items=1, max_items=5000)]
    answer: CallAnswer
    begins: Annotated[date | None, Meta(description="From which day, where it is later than the call's.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(call_ids=[UUID(_ID.format("82"))], answer=CallAnswer.ACCEPTED)


def surge_out(view: SurgeView, fills: list[Fill] | None = None) -> SurgeOut:
    """Return an alert as whoever may see it reads it."""
    row = view.surge
    return SurgeOut(
        id=row.id,
        version=row.version,
        state=row.state,
        organisation_id=row.organisation_id,
        occasion=row.occasion,
        title=row.title,
        what=row.what,
        raised_at=row.created_at,
        answer_by=row.answer_by,
        called_at=row.called_at,
        ended_at=row.ended_at,
        roles=None if fills is None else [_role(each) for each in fills],
    )


def call_out(view: CallView) -> CallOut:
    """Return a call as those where the person works read it."""
    call = view.call
    return CallOut(
        id=call.id,
        state=call.state,
        resource_id=call.resource_id,
        name=view.resource.name,
        begins=call.begins,
        person_said_yes_at=call.person_said_yes_at,
        answered_at=call.answered_at,
    )


def _role(fill: Fill) -> SurgeRoleOut:
    return SurgeRoleOut(
        title=fill.role.title,
        number=fill.role.number,
        proposed=fill.proposed,
        agreed=fill.agreed,
        percent=fill.percent,
        calls=dict(fill.calls),
    )
