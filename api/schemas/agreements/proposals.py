"""Proposals on the wire."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.agreements.lending import LentOffer, PeriodOut, example_offer, offer_out
from api.schemas.agreements.loans import Confirmations, LoanOut
from api.schemas.base import KEPT, Wire, Words, limited
from api.schemas.families import FamilyName
from core.limits import LONGEST_NAME
from core.text import beginning
from marketplace.offers.homes import Home, OrganisationGroup
from marketplace.offers.queries import OfferView
from marketplace.proposals.models import Answer, ProposalState, Side
from marketplace.proposals.queries import LineView, PartyView, ProposalView
from marketplace.proposals.rules import RefusalCode
from marketplace.requests.models import Need, Priority
from marketplace.runs.reasons import Difference, LineReasons, StoredAlternative
from marketplace.runs.reasons import MissingDate as Missing

_ID = "01980000-0000-7000-8000-00000000000{}"
_WHEN = datetime.fromisoformat("2026-11-21T08:30:00Z")


class PartyOut(Wire):
    """One side that has to say yes."""

    side: Side
    organisation_id: Annotated[UUID | None, Meta(description="Null as `organisation` of an offer.")]
    organisation: str | None
    organisation_group: OrganisationGroup
    answer: Answer | None
    answered_at: datetime | None


class ProposedNeed(Wire):
    """What is needed."""

    id: UUID
    title: str
    family: FamilyName
    kind: str | None
    amount: int


class MissingDate(Wire):
    """A date of a series that would not be served, and why: closed, taken or past."""

    date: date
    code: str


class LossOut(Wire):
    """What a choice would cost in points, all in all and others; and the needs that would move, fall or rise.

    `kind` is exact, at_most (a limit), impossible or unknown.
    """

    kind: str
    amount: int | None
    to_others: int | None
    moved: list[UUID]
    fell: list[UUID]
    rose: list[UUID]


class DifferenceOut(Wire):
    """What choosing it would change, in points of the objective: the parts add up to `total`.

    `rest` is what the need's other dates or lots win; `kind` is that of the loss: at_most makes `others` and `total`
    the least that may come of it. What nobody has worked out is null.
    """

    kind: str
    terms: dict[str, int]
    stability: int
    rest: int | None
    others: int | None
    total: int | None


class AlternativeOut(Wire):
    """Another option for the line, which a coordinator may swap to while it is not approved."""

    option: str
    offer: LentOffer | None
    during: list[PeriodOut]
    amount: int
    score: int
    terms: dict[str, int]
    distance_m: float | None
    missing: list[MissingDate]
    loss: LossOut
    difference: DifferenceOut


class LineOut(Wire):
    """One need, or one date of it, with the offer that would serve it.

    `alternatives` are told when a coordinator reads one proposal; they are left out of lists. What another
    organisation lends in a bundle is between it and the requester: then there is no `offer`, nor what tells of it.
    """

    id: UUID
    need: ProposedNeed
    offer: LentOffer | None
    lender: Annotated[str | None, Meta(description="Null as `organisation` of an offer; `offer` has its group.")]
    occurs_on: date | None
    amount: int
    during: list[PeriodOut]
    cost_sek: Annotated[float | None, Meta(description="As it was put forward; null when it cannot be counted.")]
    score: int | None
    terms: Annotated[dict[str, int], Meta(description="Points by criterion, as the run's policy counted them.")]
    points: Annotated[dict[str, int], Meta(description="The line's share of the terms, which adds up to its score.")]
    stability: Annotated[int | None, Meta(description="Points for what was proposed before; null in older proposals.")]
    value: Annotated[int | None, Meta(description="Points for serving the need, however many lines do.")]
    distance_m: float | None
    missing: list[MissingDate]
    alternatives: list[AlternativeOut]
    loan: Annotated[
        LoanOut | None,
        Meta(description="Of a person lent elsewhere, where one proposal or case is read: on the first of its lines."),
    ]


class RefusalOut(Wire):
    """Who said no, and why; no organisation: nobody did, something in it was taken."""

    organisation_id: UUID | None
    code: RefusalCode
    words: str | None


class ProposalOut(Wire):
    """The optimiser's suggestion for a request: all needs of a bundle, or one need of a list."""

    id: UUID
    version: int
    state: ProposalState
    run_id: UUID
    request_id: UUID
    title: str
    priority: Priority
    requester: str
    score: int
    locked_at: datetime | None
    approved_at: datetime | None
    answer_by: Annotated[
        datetime, Meta(description="An answer has to come before it: midnight in Sweden means through the day before.")
    ]
    undo_until: Annotated[
        datetime | None, Meta(description="Until when you may undo that a coordinator approved or refused it.")
    ]
    refusal: RefusalOut | None
    parties: list[PartyOut]
    lines: list[LineOut]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return a room that waits for its lister's answer."""
        return cls(
            id=UUID(_ID.format(1)),
            version=3,
            state=ProposalState.APPROVED,
            run_id=UUID(_ID.format(2)),
            request_id=UUID(_ID.format(3)),
            title="Översyn av e-tjänster",
            priority=Priority.ORDINARY,
            requester="Länsstyrelsen i Jämtlands län",
            score=-2250,
            locked_at=None,
            approved_at=_WHEN,
            answer_by=datetime.fromisoformat("2026-12-01T08:30:00Z"),
            undo_until=None,
            refusal=None,
            parties=[
                _example_party(Side.REQUESTER, "Länsstyrelsen i Jämtlands län", 4, Answer.ACCEPTED),
                _example_party(Side.LISTER, "Region Jämtland Härjedalen", 5, None),
            ],
            lines=[_example_line()],
            created_at=_WHEN,
            updated_at=_WHEN,
        )


class SwapIn(Wire):
    """Which line is to be served by which of its alternatives."""

    line_id: UUID
    option: Annotated[str, limited(max_length=LONGEST_NAME, pattern=KEPT)]

    @classmethod
    def example(cls) -> Self:
        """Return a line's swap to another offer."""
        return cls(line_id=UUID(_ID.format(6)), option=_ID.format(8))


class RefusalIn(Wire):
    """Why it is refused; with the code `other` words are needed."""

    code: RefusalCode
    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a refusal for the distance."""
        return cls(code=RefusalCode.TOO_FAR, words="Fyra mil enkel väg är för långt för dagliga möten.")


class AcceptanceIn(Wire):
    """For which side the yes is; left out: for every side that you may speak for."""

    side: Side | None = None
    confirmations: Confirmations = field(default_factory=dict)

    @classmethod
    def example(cls) -> Self:
        """Return the yes of who lends a person."""
        return cls(side=Side.LISTER, confirmations={UUID(_ID.format(6)): ["voluntary", "duties"]})


class AcceptanceOut(Wire):
    """What the yes led to: bookings when it was the last one that was missing."""

    proposal: ProposalOut
    booking_ids: list[UUID]

    @classmethod
    def example(cls) -> Self:
        """Return the last yes."""
        return cls(proposal=ProposalOut.example(), booking_ids=[UUID(_ID.format(9))])


def proposal_listed(view: ProposalView) -> ProposalOut:
    """Return a proposal as it stands in a list."""
    shown = proposal_out(view, {})
    for offer in (line.offer for line in shown.lines if line.offer):
        offer.conditions = beginning(offer.conditions)
    return shown


def proposal_out(
    view: ProposalView, others: Mapping[UUID, OfferView], loans: Mapping[UUID, LoanOut] = MappingProxyType({})
) -> ProposalOut:
    """Return a proposal as its reader may know it; `others` are the offers of the alternatives that are shown.

    `loans` are the rules of its loans of people, by their first lines.
    """
    proposal = view.proposal
    return ProposalOut(
        id=proposal.id,
        version=proposal.version,
        state=proposal.state,
        run_id=proposal.run_id,
        request_id=proposal.request_id,
        title=view.request.title,
        priority=view.request.priority,
        requester=view.requester.name,
        score=view.score,
        locked_at=proposal.locked_at,
        approved_at=proposal.approved_at,
        answer_by=proposal.answer_by,
        undo_until=view.undo_until,
        refusal=_refusal(view),
        parties=[_party(each, view.home_of_party(each)) for each in view.parties],
        lines=[_line(view, each, others, loans.get(each.line.id)) for each in view.lines],
        created_at=proposal.created_at,
        updated_at=proposal.updated_at,
    )


def _refusal(view: ProposalView) -> RefusalOut | None:
    proposal = view.proposal
    if proposal.refusal_code is None:
        return None
    is_told = view.refuser is None or view.refuser.organisation is not None
    return RefusalOut(
        organisation_id=proposal.refused_by_id if is_told else None,
        code=RefusalCode(proposal.refusal_code),
        words=proposal.refusal_words,
    )


def _party(view: PartyView, home: Home) -> PartyOut:
    party = view.party
    return PartyOut(
        side=party.side,
        organisation_id=home.organisation.id if home.organisation else None,
        organisation=home.organisation.name if home.organisation else None,
        organisation_group=home.group,
        answer=party.answer,
        answered_at=party.answered_at,
    )


def _line(proposal: ProposalView, view: LineView, others: Mapping[UUID, OfferView], loan: LoanOut | None) -> LineOut:
    line, shown, home = view.line, proposal.shows(view), proposal.home(view)
    reasons = line.reasons if shown else LineReasons()
    listed = (reasons.alternatives or ()) if others else ()
    return LineOut(
        id=line.id,
        need=_need(view.need),
        offer=offer_out(view.offered, line, home, exact=proposal.is_exact(view), named=proposal.names(view))
        if shown
        else None,
        lender=home.organisation.name if home.organisation else None,
        occurs_on=line.occurs_on,
        amount=line.amount,
        during=[PeriodOut(start=one.start, end=one.end) for one in view.during] if shown else [],
        cost_sek=view.cost_sek if shown else None,
        score=line.score if shown else None,
        terms=reasons.terms or {},
        points=reasons.by_term,
        stability=reasons.staying,
        value=reasons.served_value or None,
        distance_m=reasons.metres,
        missing=_missing(reasons.missing),
        alternatives=[
            _alternative(each, others.get(each.offer_id), reasons.difference(line.score, each)) for each in listed
        ],
        loan=loan,
    )


def _need(need: Need) -> ProposedNeed:
    return ProposedNeed(id=need.id, title=need.title, family=need.family, kind=need.kind, amount=need.amount)


def _alternative(told: StoredAlternative, offered: OfferView | None, difference: Difference) -> AlternativeOut:
    loss = told.cost
    periods = {(claim.start, claim.end) for claim in told.claims}
    return AlternativeOut(
        option=told.option,
        offer=offer_out(offered, offered.offer, offered.home, exact=False, named=False) if offered else None,
        during=[_period(*each) for each in sorted(periods, key=itemgetter(0))],
        amount=told.amount,
        score=told.score,
        terms=told.terms or {},
        distance_m=told.metres,
        missing=_missing(told.missing),
        loss=LossOut(
            kind=loss.kind,
            amount=loss.amount,
            to_others=loss.to_others,
            moved=list(filter(None, loss.moved)),
            fell=list(filter(None, loss.fell)),
            rose=list(filter(None, loss.rose)),
        ),
        difference=DifferenceOut(
            kind=loss.kind,
            terms=dict(difference.terms),
            stability=difference.stability,
            rest=difference.rest,
            others=difference.others,
            total=difference.total,
        ),
    )


def _period(start: str, end: str | None) -> PeriodOut:
    return PeriodOut(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end) if end else None)


def _missing(dates: Iterable[Missing] | None) -> list[MissingDate]:
    return [MissingDate(date=one.date, code=one.code) for one in dates or ()]


def _example_party(side: Side, name: str, number: int, answer: Answer | None) -> PartyOut:
    return PartyOut(
        side=side,
        organisation_id=UUID(_ID.format(number)),
        organisation=name,
        organisation_group=OrganisationGroup.LOCAL,
        answer=answer,
        answered_at=_WHEN if answer else None,
    )


def _example_line() -> LineOut:
    need = ProposedNeed(id=UUID(_ID.format(8)), title="Projektrum", family="space", kind="meeting_room", amount=1)
    return LineOut(
        id=UUID(_ID.format(6)),
        need=need,
        offer=example_offer(),
        lender="Region Jämtland Härjedalen",
        occurs_on=None,
        amount=1,
        during=[_period("2027-03-02T07:00:00Z", "2027-03-02T16:00:00Z")],
        cost_sek=0.0,
        score=-2250,
        terms={"fit": -1500, "distance": -750},
        points={"fit": -1500, "distance": -750},
        stability=0,
        value=100_000,
        distance_m=4700.0,
        missing=[MissingDate(date=date(2027, 4, 13), code="taken")],
        alternatives=[],
        loan=None,
    )
