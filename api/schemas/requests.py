"""Requests on the wire, as they come in and as they are read."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from msgspec import Meta

from api.schemas.base import Name, Text, Wire, Words, limited
from api.schemas.families import FamilyName
from api.schemas.needs import AnyNeed, example_lead, example_room
from core.limits import MOST_NEEDS, MOST_NEEDS_LISTED
from marketplace.bookings.models import BundleState
from marketplace.proposals.models import ProposalState
from marketplace.requests.excerpts import RequestExcerpt
from marketplace.requests.models import NeedState, Priority, RequestState
from marketplace.requests.reading import KnownSkills, need_to_json, request_from_json
from marketplace.requests.rules import RequestDraft
from marketplace.runs.models import ReasonsState, RunKind, RunState
from marketplace.runs.reasons import to_json
from marketplace.runs.set_aside import Fault
from marketplace.views.request import NeedView, Outcome, RequestView, Suggestion
from resources.families import family_of

_ID = "01980000-0000-7000-8000-00000000000{}"


class RequestChange(Wire):
    """All that a request shall say from now on. A need without `id` is new; one that is not mentioned is dropped."""

    title: Name
    needs: Annotated[list[AnyNeed], limited(min_items=1, max_items=MOST_NEEDS)]
    purpose: Text = ""
    priority: Priority = Priority.ORDINARY
    together: Annotated[bool, Meta(description="All of the needs or none.")] = False

    @classmethod
    def example(cls) -> Self:
        """Return a project in Östersund."""
        return cls(
            title="Översyn av e-tjänster",
            purpose="Ett projekt på tre månader med åtta personer från två myndigheter.",
            needs=[example_room(), example_lead()],
        )

    def draft(self, known_skills: KnownSkills) -> RequestDraft:
        """Return what is asked for, its skills looked up.

        Raises
        ------
        BadInput
            Something in it is wrong; the error tells all of it.
        """
        said = msgspec.to_builtins(self)
        said.pop("open", None)
        return request_from_json(said, known_skills)


class RequestIn(RequestChange):
    """What a project needs."""

    open: Annotated[bool, Meta(description="False: keep it as a draft that nobody else sees.")] = True

    @classmethod
    def example(cls) -> Self:
        """Return the same project, as it is first sent."""
        made = super().example()
        for need in made.needs:
            need.id = None
        return made


class OrganisationBrief(Wire):
    """Whose it is."""

    id: UUID
    name: str


class NeedBrief(Wire):
    """A need in a list."""

    id: UUID
    title: str
    family: FamilyName
    kind: str | None
    amount: int
    state: NeedState


class RequestBrief(Wire):
    """A request in a list."""

    id: UUID
    state: RequestState
    title: str
    priority: Priority
    together: bool
    organisation: OrganisationBrief
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None
    needs: Annotated[
        list[NeedBrief], limited("The first ones: read the request for all of them.", max_items=MOST_NEEDS_LISTED)
    ]
    need_count: Annotated[int, Meta(description="How many needs it has.")]

    @classmethod
    def example(cls) -> Self:
        """Return an open request."""
        shown = RequestOut.example()
        return cls(
            id=shown.id,
            state=shown.state,
            title=shown.title,
            priority=shown.priority,
            together=shown.together,
            organisation=shown.organisation,
            created_at=shown.created_at,
            updated_at=shown.updated_at,
            opened_at=shown.opened_at,
            needs=[
                NeedBrief(
                    id=UUID(_ID.format(2)),
                    title="Projektrum",
                    family="space",
                    kind="meeting_room",
                    amount=1,
                    state=NeedState.OPEN,
                )
            ],
            need_count=1,
        )


class OutcomeOut(Wire):
    """What the latest matching run did with a need, and why: codes and numbers, no words."""

    run_id: UUID
    at: datetime
    served: bool
    code: str
    reasons: dict[str, Any]
    outdated: Annotated[bool, Meta(description="The request was changed since: what the reasons say no longer holds.")]


class SuggestionOut(Wire):
    """A proposal that serves the need."""

    id: UUID
    state: ProposalState


class NeedOut(Wire):
    """A need and what happened to it. `asked` has the shape it is sent in, so it can be changed and sent back."""

    position: int
    state: NeedState
    asked: Annotated[AnyNeed | None, Meta(description="Null: what is stored cannot be read, see `fault`.")]
    fault: Annotated[Fault | None, Meta(description="What of it cannot be read, so that it is not matched.")]
    outcome: OutcomeOut | None
    proposals: list[SuggestionOut]


class LatestRunOut(Wire):
    """How the latest matching run that looks at a request stands."""

    kind: RunKind
    state: RunState
    step: Annotated[str | None, Meta(description="While it runs: loading, building, keeping, solving or publishing.")]
    failure_code: Annotated[str | None, Meta(description="Why it failed, see the run's `failure`.")]
    reasons_state: Annotated[ReasonsState | None, Meta(description="Of one that is done: how far its reasons are.")]
    queued_at: datetime


class BundleDecisionOut(Wire):
    """What was asked last about needs that belong together when one lost its booking, and what was decided."""

    state: BundleState
    decide_by: Annotated[
        datetime, Meta(description="To decide before: midnight in Sweden means through the day before.")
    ]
    decided_at: datetime | None
    booking_id: UUID


class RequestOut(Wire):
    """A request with everything that is known about it."""

    id: UUID
    version: int
    state: RequestState
    title: str
    purpose: str
    priority: Priority
    together: bool
    organisation: OrganisationBrief
    filed_by: str
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None
    needs: list[NeedOut]
    latest_run: LatestRunOut | None
    department: Annotated[str | None, Meta(description="The unit that it is filed for; null: the organisation.")] = None
    bundle_decision: BundleDecisionOut | None = None
    undo_until: datetime | None = None
    """Until when its organisation may undo that it was withdrawn."""

    @classmethod
    def example(cls) -> Self:
        """Return a request of which nothing could be served yet."""
        filed = datetime.fromisoformat("2026-11-21T08:30:00Z")
        outcome = OutcomeOut(
            run_id=UUID(_ID.format(5)),
            at=datetime.fromisoformat("2026-11-21T09:00:00Z"),
            served=False,
            code="no_option",
            reasons={
                "steps": [{"step": "kind", "left": 14}, {"step": "place", "left": 0}],
                "emptiedBy": "place",
                "changes": [{"code": "distance", "fartherKm": 12, "distanceKm": 17}],
            },
            outdated=False,
        )
        return cls(
            id=UUID(_ID.format(1)),
            version=2,
            state=RequestState.OPEN,
            title="Översyn av e-tjänster",
            purpose="Ett projekt på tre månader med åtta personer från två myndigheter.",
            priority=Priority.ORDINARY,
            together=False,
            organisation=OrganisationBrief(id=UUID(_ID.format(4)), name="Länsstyrelsen i Jämtlands län"),
            filed_by="Projektledare",
            department="Digitalisering",
            created_at=filed,
            updated_at=filed,
            opened_at=filed,
            needs=[
                NeedOut(
                    position=1, state=NeedState.OPEN, asked=example_room(), fault=None, outcome=outcome, proposals=[]
                )
            ],
            latest_run=LatestRunOut(
                kind=RunKind.WHOLE,
                state=RunState.DONE,
                step=None,
                failure_code=None,
                reasons_state=ReasonsState.FOUND,
                queued_at=datetime.fromisoformat("2026-11-21T08:59:00Z"),
            ),
        )


class BundleDecisionIn(Wire):
    """What is to become of the rest."""

    choice: Literal["keep", "replace", "cancel"]

    @classmethod
    def example(cls) -> Self:
        """Return that what is missing is to be replaced."""
        return cls(choice="replace")


BUNDLE_CHOICES = {"keep": BundleState.KEPT, "replace": BundleState.REPLACED, "cancel": BundleState.CANCELLED}


class Withdrawal(Wire):
    """Why a request is withdrawn, if one wants to say."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a project that was called off."""
        return cls(words="Projektet är inställt.")


def request_brief(summary: RequestExcerpt) -> RequestBrief:
    """Return a request as it stands in a list."""
    request = summary.request
    return RequestBrief(
        id=request.id,
        state=request.state,
        title=request.title,
        priority=request.priority,
        together=request.together,
        organisation=OrganisationBrief(id=summary.organisation.id, name=summary.organisation.name),
        created_at=request.created_at,
        updated_at=request.updated_at,
        opened_at=request.opened_at,
        needs=[msgspec.convert(need._asdict(), NeedBrief) for need in summary.needs],
        need_count=summary.need_count,
    )


def request_out(view: RequestView) -> RequestOut:
    """Return a request with its needs as the API shows it."""
    request = view.request
    return RequestOut(
        id=request.id,
        version=request.version,
        state=request.state,
        title=request.title,
        purpose=request.purpose,
        priority=request.priority,
        together=request.together,
        organisation=OrganisationBrief(id=view.organisation.id, name=view.organisation.name),
        filed_by=view.member_name,
        department=request.department,
        created_at=request.created_at,
        updated_at=request.updated_at,
        opened_at=request.opened_at,
        needs=[_need_out(each) for each in view.needs],
        bundle_decision=msgspec.convert(view.bundle, BundleDecisionOut, from_attributes=True) if view.bundle else None,
        undo_until=view.undo_until,
        latest_run=msgspec.convert(view.latest_run, LatestRunOut, from_attributes=True) if view.latest_run else None,
    )


def _need_out(view: NeedView) -> NeedOut:
    said = need_to_json(view.need)
    if not family_of(view.need.family).several_lots:
        del said["parts"]
    return NeedOut(
        position=view.need.position,
        state=view.need.state,
        asked=None if view.fault else msgspec.convert(said, AnyNeed),
        fault=view.fault,
        outcome=_outcome_out(view.outcome) if view.outcome else None,
        proposals=[_suggestion_out(each) for each in view.suggestions],
    )


def _outcome_out(outcome: Outcome) -> OutcomeOut:
    return OutcomeOut(
        run_id=outcome.run_id,
        at=outcome.at,
        served=outcome.served,
        code=outcome.code,
        reasons=to_json(outcome.reasons),
        outdated=outcome.outdated,
    )


def _suggestion_out(suggestion: Suggestion) -> SuggestionOut:
    return SuggestionOut(id=suggestion.proposal_id, state=suggestion.state)
