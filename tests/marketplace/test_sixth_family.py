"""A family made up here from a specification alone goes all the way: file, offer, need, match, booking, words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.pages.families import controls, reading
from api.pages.forms import Form
from api.presenters import families as words
from core.database import db
from core.time import clock
from marketplace.bookings.models import Booking, BookingKind
from marketplace.importing.service import import_csv
from marketplace.offers.queries import search_offers
from marketplace.offers.search import OfferSearch
from marketplace.planning.attempts import run_now
from marketplace.planning.rules import RunDraft
from marketplace.proposals.models import Proposal
from marketplace.proposals.service import accept, approve
from marketplace.requests.reading import request_from_json
from marketplace.requests.service import file_request
from marketplace.runs.models import NeedOutcome
from marketplace.views.request import request_view
from resources.families import FAMILIES
from resources.families.criteria import AtLeast, Has
from resources.families.family import Family, Measure, Sized
from resources.families.field_spec import check_fields, spec
from resources.models import Claim, Resource, Unit
from tests import builders

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


class BoatKind(StrEnum):
    ROWING_BOAT = "rowing_boat"
    FERRY = "ferry"


class Rig(StrEnum):
    SAIL = "sail"
    MOTOR = "motor"


@dataclass(frozen=True, slots=True)
class BoatFacts:
    berths: int = field(metadata=spec("kojer", least=1, most=50))
    rigs: frozenset[Rig] = field(default=frozenset(), metadata=spec("riggar"))


@dataclass(frozen=True, slots=True)
class BoatRequirements:
    berths: int = field(default=1, metadata=spec("kojer", least=1, most=50))
    rigs_must: frozenset[Rig] = field(default=frozenset(), metadata=spec("riggar krav"))

    def __post_init__(self) -> None:
        check_fields(self)


BOATS = Family(
    name="boat",
    swedish_names=("båt",),
    kinds=BoatKind,
    facts=BoatFacts,
    requirements=BoatRequirements,
    musts=(AtLeast("berths", "berths", size=True, droppable=False), Has("rigs", "rigs_must")),
    sized=Sized("berths", "berths", Measure.SEATS),
    booking_kind="item_loan",
    file="boats",
    file_names=("batar", "boats"),
    swedish={BoatKind: {"eka": BoatKind.ROWING_BOAT, "färja": BoatKind.FERRY}, Rig: {"segel": Rig.SAIL}},
    shown=("berths", "rigs"),
)
BOAT_FILE = """organisation;plats;namn;typ;kojer;riggar;erbjuds från;erbjuds till
Hamnen;Kajen;Ekan;eka;5;;-1d;+90d
Hamnen;Kajen;Ornen;färja;8;segel, motor;-1d;+90d
"""
WANTED = {
    "title": "Resa över sjön",
    "needs": [
        {
            "family": "boat",
            "municipalityCode": "2380",
            "maxDistanceKm": 20,
            "timing": {"type": "period", "first": "2027-02-08", "last": "2027-02-09"},
            "requirements": {"berths": 6, "rigsMust": ["sail"]},
        },
        {
            "family": "boat",
            "timing": {"type": "period", "first": "2027-02-08", "last": "2027-02-09"},
            "requirements": {"berths": 9},
        },
    ],
}


@pytest.fixture
def boats(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(FAMILIES, BOATS.name, BOATS)
    with clock.frozen(NOW):
        yield


@pytest.mark.usefixtures("boats")
def test_a_family_of_a_specification_alone_goes_from_offer_to_booking(engine: Engine) -> None:
    with db.unit_of_work() as session:
        harbour = builders.organisation(session, name="Hamnen")
        builders.site(session, harbour, name="Kajen")
        lister, requester = builders.actor(session, harbour), builders.actor(session)
        coordinator = builders.coordinator(session)
        report = import_csv(session, None, "batar.csv", BOAT_FILE.encode())
        assert (report.errors, report.created) == ((), 2)
        assert import_csv(session, None, "batar.csv", BOAT_FILE.encode()).unchanged == 2
        request = file_request(session, requester, request_from_json(WANTED))
        # eight berths or more has one of the two: the ferry
        found = search_offers(session, requester, OfferSearch(family="boat", least=8))
        assert [view.lent.resource.name for view in found.items] == ["Ornen"]

    run_id = run_now(RunDraft(time_limit_s=60))

    with db.unit_of_work() as session:
        outcomes = session.exec(select(NeedOutcome).where(NeedOutcome.run_id == run_id)).all()
        assert sorted((each.served, each.code) for each in outcomes) == [(False, "no_option"), (True, "served")]
        unserved = next(view for view in request_view(session, requester, request.id).needs if not view.outcome.served)
        # nine berths are one too many, which the search for the smallest change says
        assert [change.code for change in unserved.outcome.reasons.changes] == ["amount"]
        proposal = session.exec(select(Proposal)).one()
        approve(session, coordinator, proposal.id)
        accept(session, lister, proposal.id)
        accept(session, requester, proposal.id)

    with Session(engine) as session:
        booking = session.exec(select(Booking)).one()
        assert (booking.kind, booking.borrower_id) == (BookingKind.ITEM_LOAN, requester.organisation_id)
        held = session.exec(select(Claim).where(col(Claim.booking_id) == booking.id)).one()
        assert held.amount == 1
        lent = (
            select(Resource.name).join(Unit, col(Unit.resource_id) == col(Resource.id)).where(Unit.id == held.unit_id)
        )
        assert session.exec(lent).one() == "Ornen"


def test_its_form_and_its_words_come_from_the_specification_too() -> None:
    assert [[control.name for control in row] for row in controls.fact_controls(BOATS)] == [["berths"], ["rigs"]]
    form = Form({"berths": ["6"], "rigs": ["sail"]})
    assert reading.read_facts(form, BOATS) == {"berths": 6, "rigs": ["sail"]}
    wrong = Form({"requirements.berths": ["många"], "requirements.rigsMust": ["paddle"]})
    reading.read_requirements(wrong, BOATS, "requirements.")
    assert wrong.error("requirements.berths")
    assert wrong.error("requirements.rigsMust")  # not forgotten
    told = words.need_text(BOATS, 1, 1, BoatRequirements(6, frozenset({Rig.SAIL})), {})
    assert told == [("berths", "6"), ("rigs must", "sail")]
    assert words.facts_text(BOATS, BoatFacts(8, frozenset({Rig.SAIL, Rig.MOTOR}))) == [
        ("berths", "8"),
        ("rigs", "motor, sail"),
    ]
