"""Importing CSV files: errors in their cells, rights, all or nothing, and again."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import Session, SQLModel, select

from competence.approvals.models import Approver
from competence.approvals.queries import given
from competence.models import StaffCapacity
from competence.queries import cards_by_id
from competence.service import add_skills
from core import geo
from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import BadInput
from marketplace.cards.approving import withdraw
from marketplace.importing.header import kinds
from marketplace.importing.report import ImportReport
from marketplace.importing.service import AT_ONCE, import_csv
from marketplace.offers import service as offers
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.offers.rules import draft_of
from marketplace.organisations.models import Organisation, Partnership
from marketplace.requests.models import Need, NeedState, Request, RequestState
from resources.models import Resource, Site, Unit
from tests import builders

SAMPLES = Path(__file__).parents[3] / "samples"
SPACE = "organisation;plats;namn;typ;sittplatser;erbjuds från;erbjuds till"
NEED = "beställare;behov;familj;typ;antal;kommun;första dag;sista dag;klockan;veckodagar;personer"


def load(session: Session, name: str, *lines: str, actor: Actor | None = None, dry_run: bool = False) -> ImportReport:
    return import_csv(session, actor, name, "\n".join(lines).encode("utf-8-sig"), dry_run=dry_run)


def load_samples(session: Session) -> list[ImportReport]:
    files = [SAMPLES / f"{kind.files[0]}.csv" for kind in kinds()]
    return [import_csv(session, None, file.name, file.read_bytes()) for file in files]


def told(report: ImportReport) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in report.errors]


def count(session: Session, row: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(row)).one()


@pytest.fixture
def house(session: Session) -> Site:
    home = builders.organisation(session, name="Vinnova")
    return builders.site(session, home, name="Huset")


class TestSamples:
    """The sample region, whole."""

    def test_all_of_it_is_read_and_reading_it_again_changes_nothing(self, session: Session) -> None:
        add_skills(session)
        first = load_samples(session)
        assert [str(error) for report in first for error in report.errors] == []
        assert {report.kind: report.created for report in first} == {
            "organisations": 16,
            "members": 24 + 16 + 11 + 3 + 4,  # who lists, asks, coordinates; admins, HR, auditors; employees, a host
            "partnerships": 5,
            "sites": 14,
            "spaces": 21,
            "furniture": 10,
            "vehicles": 6,
            "equipment": 4,
            "staff": 15,
            "requests": 31,
        }
        assert count(session, Offer) == 21 + 4 + 10 + 6 + 4 + 15  # two halls are also offered by the half
        assert count(session, Partnership) == 10
        assert count(session, Need) == 43
        assert set(session.exec(select(Request.state))) == {RequestState.OPEN}
        audited = count(session, AuditEntry)
        again = load_samples(session)
        assert sum(report.created + report.changed for report in again) == 0
        assert [report.unchanged for report in again] == [report.created for report in first]
        assert count(session, AuditEntry) == audited


class TestHeader:
    def test_an_unknown_column_is_named_with_the_nearest(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;tpy;kommun", "Vinnova;myndighet;Stockholm")
        assert [str(error) for error in report.errors] == [
            "row 1, column tpy: there is no such column: did you mean typ? (it says 'tpy')",
            "row 1, column typ: the column is missing",
        ]
        assert count(session, Organisation) == 0

    def test_a_column_that_is_like_no_other(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;typ;kommun;fax", "V;region;Lund;1")
        assert "use namn, kortnamn" in report.errors[0].reason

    def test_a_column_twice(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;name;typ;kommun", "V;V;region;Lund")
        assert report.errors[0].reason == "the column is there twice"

    def test_english_names_in_any_order(self, session: Session) -> None:
        report = load(session, "members.csv", "Email;Name;ORGANISATION", "a@example.se;A;Vinnova")
        assert told(report) == [(2, "organisation")]  # read, but there is no Vinnova yet

    def test_the_header_tells_the_kind_when_the_name_does_not(self, session: Session) -> None:
        report = load(session, "export (3).csv", "namn;typ;kommun", "Vinnova;myndighet;Stockholm")
        assert (report.kind, report.created) == ("organisations", 1)
        with pytest.raises(BadInput, match=r"organisationer\.csv"):
            load(session, "export.csv", "a;b", "1;2")

    def test_a_row_with_more_cells_than_the_header(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;typ;kommun", "Vinnova;myndighet;Stockholm;och mer")
        assert [str(error) for error in report.errors] == [
            "row 2: the row has more cells than the header (it says 'och mer')"
        ]


class TestErrorsInCells:
    @pytest.mark.usefixtures("house")
    def test_every_row_and_column_that_is_wrong_is_told_and_nothing_is_written(self, session: Session) -> None:
        report = load(
            session,
            "lokaler.csv",
            SPACE,
            "Vinnova;Huset;Bra rum;mötesrum;8;idag;+30d",
            "Vinnova;Huset;Inga platser;mötesrum;0;idag;+30d",
            "Vinnova;Huset;Baklänges;mötesrum;8;+30d;+10d",
            "Vinnova;Huset;För sent;mötesrum;8;2020-01-01;2020-02-01",
            "Vinnova;Husett;Fel hus;mötesrum;8;idag;+30d",
            "Vinova;Huset;Fel organisation;mötesrum;8;idag;+30d",
            "Vinnova;Huset;;rum;åtta;idag;sen",
        )
        assert told(report) == [
            (3, "sittplatser"),
            (4, "erbjuds till"),
            (5, "erbjuds till"),
            (6, "plats"),
            (7, "organisation"),
            (8, "erbjuds till"),
            (8, "namn"),
            (8, "sittplatser"),
            (8, "typ"),
        ]
        reasons = {(error.row, error.column): error.reason for error in report.errors}
        assert "from 1 through" in reasons[3, "sittplatser"]
        assert "ends before it starts" in reasons[4, "erbjuds till"]
        assert "over already" in reasons[5, "erbjuds till"]
        assert "did you mean Huset" in reasons[6, "plats"]
        assert "did you mean Vinnova" in reasons[7, "organisation"]
        assert (report.created, report.written) == (1, False)
        assert count(session, Resource) == 0

    @pytest.mark.usefixtures("house")
    def test_a_column_that_the_file_should_have_is_named(self, session: Session) -> None:
        report = load(session, "lokaler.csv", f"{SPACE};pris kr", "Vinnova;Huset;Rum;mötesrum;8;idag;;50")
        assert told(report) == [(2, "pris per")]
        assert "the file has no such column" in str(report.errors[0])

    def test_an_unknown_municipality_suggests_one(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;typ;kommun", "Vinnova;myndighet;Östersond")
        assert "did you mean Östersund" in report.errors[0].reason
        assert report.errors[0].value == "Östersond"

    def test_the_same_address_twice_is_told_of_its_row(self, session: Session) -> None:
        builders.organisation(session, name="Vinnova", number="202100-5216")
        report = load(
            session, "organisationer.csv", "namn;organisationsnummer;typ;kommun", "Nya;2021005216;myndighet;Lund"
        )
        assert report.errors[0].row == 2
        assert "already" in report.errors[0].reason

    def test_a_request_in_the_past_and_other_wrong_needs(self, session: Session) -> None:
        asker = builders.member(session, email="p@example.se")
        report = load(
            session,
            "behov.csv",
            NEED,
            f"{asker.email};Rum;lokal;mötesrum;;Östersund;-3d;;09:00-10:00;;8",
            f"{asker.email};Rum två;lokal;mötesrum;2;Östersund;+3d;;09:00-10:00;;8",
            f"{asker.email};Rum tre;lokal;mötesrum;;Östersund;+9d;+3d;09:00-10:00;mån;8",
            f"{asker.email};Rum fyra;lokal;stol;;Östersund;+3d;;09:00-10:00;;8",
            f"{asker.email};Möbler;möbler;stol;4;Östersund;+3d;;;;8",
            f"{asker.email};Möbler;möbler;stol;0;Östersund;+3d;+4d;;;",
            f"{asker.email};Dagar;lokal;mötesrum;;Östersund;mån+2v;fre+3v;;mån;8",
            "nobody@example.se;Rum;lokal;mötesrum;;Östersund;+3d;;09:00-10:00;;8",
        )
        assert told(report) == [
            (2, "första dag"),
            (3, "antal"),
            (4, "sista dag"),
            (5, "typ"),
            (6, "personer"),
            (7, "antal"),
            (8, "klockan"),
            (9, "beställare"),
        ]
        assert "in the past" in report.errors[0].reason
        assert count(session, Request) == 0

    def test_rows_of_one_request_that_contradict_each_other(self, session: Session) -> None:
        asker = builders.member(session)
        report = load(
            session,
            "behov.csv",
            "beställare;behov;prioritet;familj;första dag;klockan",
            f"{asker.email};Möten;kris;lokal;+3d;09:00-10:00",
            f"{asker.email};Möten;;lokal;+4d;09:00-10:00",
            f"{asker.email};Möten;ordinarie;lokal;+5d;09:00-10:00",
        )
        assert told(report) == [(4, "prioritet")]


class TestAgain:
    def test_a_dry_run_says_what_would_be_and_writes_nothing(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;typ;kommun", "Vinnova;myndighet;Stockholm", dry_run=True)
        assert (report.created, report.written) == (1, False)
        assert count(session, Organisation) == 0

    @pytest.mark.usefixtures("house")
    def test_a_changed_row_changes_its_record_found_by_its_key(self, session: Session) -> None:
        load(session, "lokaler.csv", SPACE, "Vinnova;Huset;Rum;mötesrum;8;idag;+30d", "Vinnova;Huset;Två;hall;8;;")
        report = load(
            session, "lokaler.csv", SPACE, "Vinnova;Huset;Rum;mötesrum;10;idag;+60d", "Vinnova;Huset;Två;hall;8;;"
        )
        assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
        assert count(session, Resource) == 2
        [offer] = session.exec(select(Offer)).all()  # the second is listed but not offered
        assert offer.during.upper == builders.days(0, 61).end

    @pytest.mark.usefixtures("house")
    def test_fewer_things_lower_the_units_capacity(self, session: Session) -> None:
        header = "organisation;plats;namn;typ;antal;skick"
        load(session, "mobler.csv", header, "Vinnova;Huset;Stolar;stol;40;4")
        report = load(session, "mobler.csv", header, "Vinnova;Huset;Stolar;stol;30;4")
        assert report.changed == 1
        assert session.exec(select(Unit.capacity)).one() == session.exec(select(Resource)).one().facts["count"] == 30

    @pytest.mark.usefixtures("house")
    def test_states_of_offers(self, session: Session) -> None:
        def states(**said: str) -> dict[str, OfferState]:
            rows = [f"Vinnova;Huset;{name};mötesrum;8;idag;;{state}" for name, state in said.items()]
            report = load(session, "lokaler.csv", f"{SPACE};status", *rows)
            assert not report.errors, report.errors
            found = session.exec(select(Resource.name, Offer.state).where(Offer.resource_id == Resource.id))
            return dict(found.all())

        assert states(A="utkast", B="", C="pausat") == {"A": "draft", "B": "open", "C": "paused"}
        assert states(A="pausat", B="stängt", C="öppet") == {"A": "paused", "B": "closed", "C": "open"}
        assert states(B="stängt") == {"A": "paused", "B": "closed", "C": "open"}
        report = load(session, "lokaler.csv", f"{SPACE};status", "Vinnova;Huset;C;mötesrum;8;idag;;utkast")
        assert told(report) == [(2, "status")]

    def test_needs_are_recognised_by_their_titles(self, session: Session) -> None:
        asker = builders.member(session)
        header = "beställare;behov;delbehov;familj;första dag;klockan"
        first, second, third = (
            f"{asker.email};Möten;{name};lokal;+{n}d;09:00-10:00" for n, name in enumerate("ABC", 3)
        )
        load(session, "behov.csv", header, first, second)
        report = load(session, "behov.csv", header, second, third)
        assert report.changed == 1
        needs = {need.title: need.state for need in session.exec(select(Need))}
        assert needs == {"A": NeedState.DROPPED, "B": NeedState.OPEN, "C": NeedState.OPEN}


class TestRights:
    def test_a_lister_imports_its_own_organisations_things_without_naming_it(
        self, session: Session, house: Site
    ) -> None:
        lister = builders.actor(session, session.get_one(Organisation, house.organisation_id), roles=["lister"])
        header = "plats;namn;typ;sittplatser;erbjuds från;synlighet"
        report = load(session, "lokaler.csv", header, "Huset;Rum;mötesrum;8;idag;länet", actor=lister)
        assert report.created == 1
        assert session.exec(select(Offer.visibility, Offer.member_id)).one() == (Visibility.REGION, lister.member_id)

    def test_a_file_adds_no_more_than_there_may_be_and_changes_what_there_is(
        self, session: Session, house: Site
    ) -> None:
        home = session.get_one(Organisation, house.organisation_id)
        member = builders.member(session, home, roles=["lister", "requester"])
        actor, home.offer_quota, home.need_quota = builders.actor_of(session, member), 2, 2
        files = {
            "lokaler.csv": ("plats;namn;typ;sittplatser;erbjuds från", "Huset;Rum {};mötesrum;8;idag", Offer),
            "behov.csv": ("beställare;behov;familj;första dag;klockan", f"{member.email};M {{}};lokal;+3d;9-10", Need),
        }
        for name, (header, line, kind) in files.items():
            rows = [line.format(number) for number in range(3)]
            refused = load(session, name, header, *rows, actor=actor)
            assert [(error.row, "may have 2 at a time" in error.reason) for error in refused.errors] == [(0, True)]
            assert count(session, kind) == 0
            assert load(session, name, header, *rows[:2], actor=actor).created == 2
            assert load(session, name, header, rows[2], actor=actor, dry_run=True).errors
        header, line, _ = files["lokaler.csv"]
        many = "\n".join([header, *map(line.format, range(2 * AT_ONCE))]).encode()
        tried: list[tuple[int, int]] = []
        assert import_csv(session, actor, "lokaler.csv", many, progress=lambda *done: tried.append(done)).errors
        assert tried == [(AT_ONCE, 2 * AT_ONCE)], "what is too much is found before all of it is written"
        home.offer_quota = 1  # lowered since: what there is stays, and can be changed
        assert load(session, "lokaler.csv", header, line.format(0).replace(";8;", ";9;"), actor=actor).changed == 1

    @pytest.mark.usefixtures("house")
    def test_nobody_imports_another_organisations_things(self, session: Session) -> None:
        stranger = builders.actor(session, roles=["lister"])
        line = "Vinnova;Huset;Rum;mötesrum;8;idag;"
        report = load(session, "lokaler.csv", SPACE, line, actor=stranger)
        assert [str(error) for error in report.errors] == ["row 2: It belongs to another organisation."]
        assert count(session, Resource) == 0

    def test_only_coordinators_import_organisations(self, session: Session) -> None:
        lines = ("namn;typ;kommun", "Vinnova;myndighet;Stockholm")
        assert load(session, "organisationer.csv", *lines, actor=builders.actor(session)).errors
        assert load(session, "organisationer.csv", *lines, actor=builders.coordinator(session)).created == 1

    def test_one_files_ones_own_requests(self, session: Session) -> None:
        asker, other = builders.member(session), builders.member(session)
        actor = builders.actor_of(session, asker)
        header = "beställare;behov;familj;första dag;klockan"
        assert load(session, "behov.csv", header, f"{asker.email};M;lokal;+3d;9-10", actor=actor).created == 1
        report = load(session, "behov.csv", header, f"{other.email};M;lokal;+3d;9-10", actor=actor)
        assert told(report) == [(2, "beställare")]


def test_a_card_without_all_three_consents_is_offered_but_hidden(session: Session) -> None:
    add_skills(session)
    home = builders.organisation(session, name="Vinnova")
    header = "organisation;namn;omfattning procent;kompetenser;kommuner;godkänt av;erbjuds från"
    report = load(session, "personal.csv", header, "Vinnova;Kort;50;law 4;Lund;medarbetare, chef;idag")
    assert report.created == 1
    card = session.exec(select(StaffCapacity)).one()
    assert [each.who for each in given(session, card.resource_id)] == [Approver.EMPLOYEE, Approver.MANAGER]
    assert card.approved_during is None
    offer = session.exec(select(Offer)).one()
    assert offer.organisation_id == home.id


@pytest.mark.parametrize("skills", ["law 4", "law 5"])  # the same card again, and one that says something new
def test_a_consent_that_was_taken_back_is_not_given_again_by_the_file(session: Session, skills: str) -> None:
    add_skills(session)
    builders.organisation(session, name="Vinnova")
    header = "organisation;namn;omfattning procent;kompetenser;kommuner;godkänt av;erbjuds från"
    line = "Vinnova;Kort;50;{};Lund;medarbetare, chef, hr;idag"
    load(session, "personal.csv", header, line.format("law 4"))
    card = session.exec(select(Resource)).one()
    withdraw(session, None, card, Approver.EMPLOYEE)
    assert not load(session, "personal.csv", header, line.format(skills)).errors
    assert given(session, card.id) == ()


def test_an_unknown_skill_is_told_of_its_column(session: Session) -> None:
    add_skills(session)
    builders.organisation(session, name="Vinnova")
    header = "organisation;namn;omfattning procent;kompetenser;distans"
    report = load(session, "personal.csv", header, "Vinnova;Kort;50;trolleri 4;ja", "Vinnova;Kort två;0;law 4;ja")
    assert told(report) == [(2, "kompetenser"), (3, "omfattning procent")]


class TestWhatTheFileHasNoColumnFor:
    """It stays as people have made it; an empty cell still means empty."""

    @pytest.mark.usefixtures("house")
    def test_an_offer_keeps_its_audience_terms_end_and_pause(self, session: Session) -> None:
        more = f"{SPACE};synlighet;vidgas;pris per;pris kr;villkor;status"
        load(session, "lokaler.csv", more, "Vinnova;Huset;Rum;mötesrum;8;idag;+30d;;;dag;100;Städa;")
        offer = session.exec(select(Offer)).one()
        resource = session.get_one(Resource, offer.resource_id)
        narrow = replace(
            draft_of(offer, resource), visibility=Visibility.ORGANISATION, calendar_mailbox="rum@vinnova.example"
        )
        offers.update_offer(session, None, offer.id, narrow)
        offers.pause_offer(session, None, offer.id)
        session.refresh(offer)
        version = offer.version
        short = "organisation;plats;namn;typ;sittplatser;erbjuds från"
        assert load(session, "lokaler.csv", short, "Vinnova;Huset;Rum;mötesrum;8;idag").unchanged == 1
        assert (draft_of(offer, resource), offer.state, offer.version) == (narrow, OfferState.PAUSED, version)
        load(session, "lokaler.csv", f"{short};villkor;status", "Vinnova;Huset;Rum;mötesrum;8;idag;;")
        assert (draft_of(offer, resource), offer.state) == (replace(narrow, conditions=""), OfferState.PAUSED)
        load(session, "lokaler.csv", f"{short};synlighet;status", "Vinnova;Huset;Rum;mötesrum;8;idag;alla;öppet")
        assert (offer.visibility, offer.state) == (Visibility.ALL, OfferState.OPEN)

    @pytest.mark.usefixtures("house")
    def test_an_offer_closed_by_hand_stays_closed_unless_its_row_says_open(self, session: Session) -> None:
        line = "Vinnova;Huset;Rum;mötesrum;8;idag;+30d"
        load(session, "lokaler.csv", f"{SPACE};synlighet", f"{line};länet")
        offers.close_offer(session, None, session.exec(select(Offer.id)).one())
        assert load(session, "lokaler.csv", SPACE, line).unchanged == 1
        assert load(session, "lokaler.csv", f"{SPACE};status", f"{line};").unchanged == 1
        assert list(session.exec(select(Offer.state))) == ["closed"]
        assert load(session, "lokaler.csv", f"{SPACE};status", f"{line};öppet").changed == 1
        found = sorted(session.exec(select(Offer.state, Offer.visibility)))
        assert found == [("closed", "region"), ("open", "region")]
        assert load(session, "lokaler.csv", SPACE, line).unchanged == 1

    @pytest.mark.usefixtures("house")
    def test_a_resource_keeps_its_description_hours_and_facts(self, session: Session) -> None:
        short = "organisation;plats;namn;typ;sittplatser"
        more = f"{short};yta m2;utrustning;öppettider;beskrivning"
        load(session, "lokaler.csv", more, "Vinnova;Huset;Rum;mötesrum;8;20,5;projektor;må-fr 08:00-17:00;Ljust")
        room = session.exec(select(Resource)).one()
        hours = room.opening_hours
        assert load(session, "lokaler.csv", short, "Vinnova;Huset;Rum;mötesrum;8").unchanged == 1
        assert load(session, "lokaler.csv", short, "Vinnova;Huset;Rum;mötesrum;9").changed == 1
        told = (room.description, room.opening_hours, room.facts["areaM2"], room.facts["equipment"])
        assert told == ("Ljust", hours, 20.5, ["projector"])
        load(session, "lokaler.csv", more, "Vinnova;Huset;Rum;mötesrum;9;;;;")
        told = (room.description, room.opening_hours, room.facts["areaM2"], room.facts["equipment"])
        assert told == ("", None, None, [])

    def test_a_card_keeps_where_and_so_its_consents(self, session: Session) -> None:
        add_skills(session)
        builders.organisation(session, name="Vinnova")
        short = "organisation;namn;omfattning procent;kompetenser"
        more = f"{short};kommuner;distans;språk;godkänt av"
        load(session, "personal.csv", more, "Vinnova;Kort;50;law 4;Lund;ja;sv, en;medarbetare, chef, hr")
        assert load(session, "personal.csv", short, "Vinnova;Kort;50;law 4").unchanged == 1
        card = cards_by_id(session, session.exec(select(Resource.id)).all())
        assert all(each.may_be_shown and each.facts.municipality_codes == ("1281",) for each in card.values())

    def test_a_site_and_a_member_keep_what_they_are(self, session: Session, house: Site) -> None:
        house.address, house.access = "Gatan 1", ["lift"]
        home = session.get_one(Organisation, house.organisation_id)
        builders.member(session, home, email="a@example.se", name="A", roles=["lister"])
        session.flush()
        where = (house.latitude, house.longitude)
        town = geo.municipality(house.municipality_code).name
        assert load(session, "platser.csv", "organisation;namn;kommun", f"Vinnova;Huset;{town}").unchanged == 1
        assert (house.address, house.access, (house.latitude, house.longitude)) == ("Gatan 1", ["lift"], where)
        assert load(session, "platser.csv", "organisation;namn;kommun", "Vinnova;Huset;Lund").changed == 1
        lund = geo.municipality("Lund").position
        assert (house.address, house.access) == ("Gatan 1", ["lift"])
        assert (house.latitude, house.longitude) == (lund.latitude, lund.longitude)
        assert load(session, "medlemmar.csv", "namn;e-post;organisation", "A;a@example.se;Vinnova").unchanged == 1
