"""The community manager's desk and introductions on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import KEPT, Wire, limited
from api.schemas.hubs.presence import HubReasonOut
from core.limits import LONGEST_LISTED
from core.time import clock
from hubs.desk.queries import Desk
from hubs.desk.suggestions import MeetingGround, Suggestion
from hubs.introductions.models import IntroductionAnswer, IntroductionState
from hubs.introductions.queries import HostedIntroduction, IntroductionView
from hubs.membership.queries import PersonView
from hubs.membership.rules import WELCOME
from hubs.presence.meetings import Reason
from hubs.profiles.queries import Person

_ID = "01980000-0000-7000-8000-0000000000{}"


class IntroductionIn(Wire):
    """Two members who tell the hosts their first name, by the ids of the desk; they are asked whether to meet."""

    one_id: UUID
    other_id: UUID
    words: Annotated[
        str,
        limited(
            "What they could talk about. Both read it before they answer.", max_length=LONGEST_LISTED, pattern=KEPT
        ),
    ] = ""

    @classmethod
    def example(cls) -> Self:
        """Return a proposal."""
        return cls(one_id=UUID(_ID.format("01")), other_id=UUID(_ID.format("02")), words="Hur ni gör med mallar")


class HostedIntroductionOut(Wire):
    """An introduction as a host sees it: never what anybody has answered."""

    id: UUID
    state: IntroductionState
    one: Annotated[str, Meta(description="First name.")]
    other: str
    words: str
    answer_by: datetime

    @classmethod
    def example(cls) -> Self:
        """Return one that waits."""
        by = clock.now() + timedelta(days=14)
        state = IntroductionState.ASKED
        return cls(id=UUID(_ID.format("03")), state=state, one="Medlem", other="Medlem", words="", answer_by=by)


class IntroductionAnswerIn(Wire):
    """What you say to being introduced. A no is told to nobody."""

    answer: IntroductionAnswer

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(answer=IntroductionAnswer.YES)


class IntroducedOut(Wire):
    """Who the other is."""

    name: str
    first_name: str
    organisation: str
    email: str


class IntroductionOut(Wire):
    """An introduction of yours: who the other is stands there once both have said yes, and no longer than that."""

    id: UUID
    hub_id: UUID
    hub: str
    state: IntroductionState
    words: str
    answer_by: datetime
    answer: Annotated[IntroductionAnswer | None, Meta(description="Yours, while it waits.")]
    other: IntroducedOut | None
    reasons: Annotated[list[HubReasonOut], Meta(description="By what the other tells you; empty in lists.")]

    @classmethod
    def example(cls) -> Self:
        """Return one that waits."""
        return cls(
            id=UUID(_ID.format("03")),
            hub_id=UUID(_ID.format("a1")),
            hub="Hubben Östersund",
            state=IntroductionState.ASKED,
            words="Hur ni gör med mallar",
            answer_by=clock.now() + timedelta(days=14),
            answer=None,
            other=None,
            reasons=[],
        )


class DeskMemberOut(Wire):
    """A member by its host."""

    hub_member_id: UUID
    first_name: str
    organisation: str
    to_do: Annotated[list[str], Meta(description="What of the welcome is left.")]


class DeskPersonOut(Wire):
    """A member who tells the hosts its first name, with what else it tells them."""

    id: UUID
    first_name: str
    organisation: str
    can: list[str]
    learns: list[str]
    wonders: str


class DeskGroundOut(Wire):
    """Why two should meet."""

    ground: MeetingGround
    topic: str
    knows: Annotated[UUID | None, Meta(description="Who can tell of it.")]


class DeskSuggestionOut(Wire):
    """Two who should meet, by their ids."""

    one: UUID
    other: UUID
    grounds: list[DeskGroundOut]


class HubDeskOut(Wire):
    """A hub's people by its host: of what they have told it, and of nothing that was found out in another way."""

    applied: Annotated[int, Meta(description="Applications that wait for an answer.")]
    to_welcome: Annotated[list[DeskMemberOut], Meta(description="At most 50.")]
    unseen: Annotated[
        list[DeskMemberOut],
        Meta(
            description="Members for more than four weeks who have registered for nothing in that time and tell the "
            "hosts of no day on which they plan to come; at most 50. They may have come all the same."
        ),
    ]
    people: Annotated[list[DeskPersonOut], Meta(description="Who may be proposed to meet; at most 300.")]
    suggestions: list[DeskSuggestionOut]

    @classmethod
    def example(cls) -> Self:
        """Return a desk with one new member."""
        new = DeskMemberOut(
            hub_member_id=UUID(_ID.format("04")), first_name="Medlem", organisation="Exempelmyndigheten", to_do=["mail"]
        )
        return cls(applied=1, to_welcome=[new], unseen=[], people=[], suggestions=[])


def hosted_introduction_out(view: HostedIntroduction) -> HostedIntroductionOut:
    """Return an introduction by a host."""
    row = view.row
    return HostedIntroductionOut(
        id=row.id, state=row.state, one=view.one, other=view.other, words=row.words, answer_by=row.answer_by
    )


def introduction_listed(view: IntroductionView) -> IntroductionOut:
    """Return an introduction of somebody's in a list."""
    return introduction_out(view, ())


def introduction_out(view: IntroductionView, reasons: list[Reason] | tuple[()]) -> IntroductionOut:
    """Return an introduction by one of the two."""
    other = view.other
    return IntroductionOut(
        id=view.row.id,
        hub_id=view.hub.id,
        hub=view.hub.name,
        state=view.row.state,
        words=view.row.words,
        answer_by=view.row.answer_by,
        answer=view.answer,
        other=IntroducedOut(
            name=other.member.name,
            first_name=other.first_name,
            organisation=other.organisation,
            email=other.member.email,
        )
        if other
        else None,
        reasons=[HubReasonOut(why=each.why, topic=each.topic) for each in reasons],
    )


def hub_desk_out(found: Desk) -> HubDeskOut:
    """Return a desk."""
    return HubDeskOut(
        applied=found.applied,
        to_welcome=[_member(each) for each in found.to_welcome.items],
        unseen=[_member(each) for each in found.unseen.items],
        people=[_person(each) for each in found.introducible],
        suggestions=[_suggestion(each) for each in found.suggestions],
    )


def _member(view: PersonView) -> DeskMemberOut:
    return DeskMemberOut(
        hub_member_id=view.row.id,
        first_name=view.row.first_name,
        organisation=view.organisation.name,
        to_do=[each for each in WELCOME if each not in view.row.welcomed],
    )


def _person(person: Person) -> DeskPersonOut:
    return DeskPersonOut(
        id=person.id,
        first_name=person.first_name,
        organisation=person.organisation,
        can=list(person.can),
        learns=list(person.learns),
        wonders=person.wonders,
    )


def _suggestion(found: Suggestion) -> DeskSuggestionOut:
    grounds = [DeskGroundOut(ground=each.ground, topic=each.topic, knows=each.knows) for each in found.grounds]
    return DeskSuggestionOut(one=found.one.id, other=found.other.id, grounds=grounds)
