"""Rows that are about one record, whatever the case and blanks of their names."""

import unicodedata

import pytest
from sqlmodel import Session, select

from core.time.clock import STOCKHOLM
from marketplace.importing.report import ImportReport
from marketplace.importing.service import import_csv
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Need, NeedState, Request
from resources.models import Resource, Site
from tests import builders

SPACE = "organisation;plats;namn;typ;sittplatser;erbjuds från;erbjuds till;status"
NEED = "beställare;behov;delbehov;familj;kommun;första dag;sista dag;klockan;personer"


def load(session: Session, name: str, *lines: str) -> ImportReport:
    return import_csv(session, None, name, "\n".join(lines).encode())


def told(report: ImportReport) -> list[str]:
    return [str(error) for error in report.errors]


@pytest.fixture
def home(session: Session) -> Organisation:
    home = builders.organisation(session, name="Länsstyrelsen Jämtland")
    builders.site(session, home, name="Samverket Östersund")
    return home


OTHER_SPELLINGS = ["LÄNSSTYRELSEN JÄMTLAND", "Länsstyrelsen  Jämtland", "Länsstyrelsen\u00a0Jämtland"]
OTHER_SPELLINGS.append(unicodedata.normalize("NFD", "Länsstyrelsen Jämtland"))


@pytest.mark.usefixtures("home")
class TestInOneFile:
    @pytest.mark.parametrize(
        ("name", "header", "row", "other", "column"),
        [
            ("organisationer.csv", "namn;typ;kommun", "Nya bolaget;bolag;Mora", "nya  bolaget;bolag;Lund", "namn"),
            ("medlemmar.csv", "organisation;namn;e-post;roller",
             "Länsstyrelsen Jämtland;Ny;Ny.Person@example.se;beställare",
             "Länsstyrelsen Jämtland;Ny;ny.person@Example.se;utlånare", "e-post"),
            ("platser.csv", "organisation;namn;kommun",
             "Länsstyrelsen Jämtland;Huset;Östersund", "länsstyrelsen jämtland;HUSET;Åre", "namn"),
            ("lokaler.csv", SPACE,
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;2035-01-01;2035-02-01;",
             "Länsstyrelsen Jämtland;Samverket Östersund;rum\u00a01;mötesrum;8;2035-01-01;2035-02-01;", "namn"),
            ("lokaler.csv", SPACE,
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;2035-01-01;2035-02-01;",
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;20;2035-01-01;2035-02-01;", "sittplatser"),
            ("lokaler.csv", SPACE,
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;2035-01-01;2035-02-01;",
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;2035-02-01;2035-03-01;", "erbjuds från"),
            ("lokaler.csv", SPACE,
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;;;",
             "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;;;", "namn"),
        ],
    )  # fmt: skip
    def test_two_rows_of_one_record_are_refused_with_both(
        self, session: Session, name: str, header: str, row: str, other: str, column: str
    ) -> None:
        report = load(session, name, header, row, other)
        assert [(error.row, error.column) for error in report.errors] == [(3, column)]
        assert "row 2 and row 3" in str(report.errors[0])

    def test_a_resource_may_be_offered_at_several_times(self, session: Session) -> None:
        row = "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;"
        lines = (SPACE, f"{row}2035-01-01;2035-02-01;", f"{row}2035-03-01;2035-04-01;")
        assert (load(session, "lokaler.csv", *lines).created, load(session, "lokaler.csv", *lines).unchanged) == (1, 1)
        assert len(session.exec(select(Offer)).all()) == 2


class TestAgainstTheMarket:
    @pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
    def test_an_organisation_is_found_however_it_is_spelt(self, session: Session, home: Organisation, spelling) -> None:
        row = f"{spelling};samverket\u00a0östersund;Rum 1;mötesrum;8;;;"
        assert load(session, "lokaler.csv", SPACE, row).created == 1
        assert load(session, "lokaler.csv", SPACE, row.replace("Rum 1", "RUM  1")).changed == 1
        [room] = session.exec(select(Resource)).all()
        assert (room.organisation_id, room.name) == (home.id, "RUM  1")

    def test_a_site_and_a_member_are(self, session: Session, home: Organisation) -> None:
        builders.member(session, home, name="Ny", email="Ny@example.se", roles=["lister"])
        load(session, "platser.csv", "organisation;namn;kommun", "Länsstyrelsen Jämtland;SAMVERKET  ÖSTERSUND;Åre")
        load(session, "medlemmar.csv", "organisation;namn;e-post", "Länsstyrelsen Jämtland;Ny;NY@EXAMPLE.SE")
        assert len(session.exec(select(Site)).all()) == len(session.exec(select(Member)).all()) == 1


class TestRequests:
    @pytest.fixture(autouse=True)
    def requesters(self, session: Session, home: Organisation) -> None:
        for email in ("skola@example.se", "vard@example.se"):
            builders.member(session, home, email=email, roles=["requester"])

    def test_two_colleagues_may_use_one_title(self, session: Session) -> None:
        rows = (
            "skola@example.se;Konferensrum;Lärardag;lokal;Kalmar;2035-03-02;;09:00-16:00;30",
            "vard@example.se;Konferensrum;Utbildning;lokal;Kalmar;2035-03-09;;13:00-16:00;12",
        )
        assert load(session, "behov.csv", NEED, *rows).created == 2
        assert load(session, "behov.csv", NEED, *rows).unchanged == 2
        assert {need.state for need in session.exec(select(Need))} == {NeedState.OPEN}

    @pytest.mark.parametrize(
        "other",
        [
            "Skola@Example.se;Bugg",
            "skola@example.se;BUGG",
            "skola@example.se;Bugg\u00a0",
            "mailto:skola@example.se;bugg",
        ],
    )
    def test_rows_of_one_requester_and_title_are_one_request(self, session: Session, other: str) -> None:
        need = "lokal;Kalmar;2035-03-02;;09:00-16:00;4"
        report = load(session, "behov.csv", NEED, f"skola@example.se;Bugg;Mån;{need}", f"{other};Tis;{need}")
        assert (report.created, told(report)) == (1, [])
        assert len(session.exec(select(Request)).all()) == 1
        assert len(session.exec(select(Need)).all()) == 2


class TestWhatAFileDoesNotDo:
    def test_a_member_of_another_organisation_stays_there(self, session: Session, home: Organisation) -> None:
        builders.organisation(session, name="Vinnova")
        there = builders.member(session, home, name="Ny", email="ny@example.se")
        report = load(session, "medlemmar.csv", "organisation;namn;e-post", "Vinnova;Ny;ny@example.se")
        assert (report.created, report.errors) == (1, ()), "nobody is told who has the address elsewhere"
        assert there.organisation_id == home.id
        report = load(session, "medlemmar.csv", "namn;e-post;avdelning", "Ny;ny@example.se;HR")
        assert "several organisations" in report.errors[0].reason

    @pytest.mark.usefixtures("home")
    def test_an_offer_at_a_time_that_the_file_no_longer_has_is_told(self, session: Session) -> None:
        row = "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;"
        load(session, "lokaler.csv", SPACE, f"{row}2035-01-11;2035-06-30;")
        report = load(session, "lokaler.csv", SPACE, f"{row}2035-08-15;2035-12-31;")
        assert report.changed == 1
        [note] = report.notes
        assert (note.row, note.column) == (2, "erbjuds från")
        assert "2035-01-11 to 2035-06-30, stays" in note.reason
        both = (f"{row}2035-08-15;2035-12-31;", f"{row}2035-01-11;2035-06-30;stängt")
        assert load(session, "lokaler.csv", SPACE, *both).notes == ()
        offers = session.exec(select(Offer).where(Offer.state == OfferState.OPEN)).all()
        assert [f"{offer.during.lower.astimezone(STOCKHOLM):%m-%d}" for offer in offers] == ["08-15"]

    @pytest.mark.usefixtures("home")
    @pytest.mark.parametrize("address", ["mailto:ny3@example.se", "MAILTO:ny3@example.se?subject=Hej"])
    def test_a_link_is_its_address(self, session: Session, address: str) -> None:
        load(session, "medlemmar.csv", "organisation;namn;e-post", f"Länsstyrelsen Jämtland;Ny;{address}")
        assert session.exec(select(Member.email)).all() == ["ny3@example.se"]

    @pytest.mark.usefixtures("home")
    @pytest.mark.parametrize("address", ["Ny <ny3@example.se>", "<ny3@example.se>", "ny@a.se; b@a.se", "http:a@b.se"])
    def test_what_is_no_single_address_is_refused(self, session: Session, address: str) -> None:
        report = load(session, "medlemmar.csv", "organisation;namn;e-post", f'Länsstyrelsen Jämtland;Ny;"{address}"')
        assert [error.column for error in report.errors] == ["e-post"]


class TestWords:
    @pytest.mark.usefixtures("home")
    def test_times_are_those_of_the_row(self, session: Session, home: Organisation) -> None:
        builders.member(session, home, email="a@example.se", roles=["requester"])
        night = "a@example.se;Natt;;lokal;Kalmar;2035-03-02;{};22:00-02:00;4"
        report = load(session, "behov.csv", NEED, night.format(""))
        assert [error.column for error in report.errors] == ["klockan"]
        assert "after 2035-03-02 22:00" in told(report)[0]
        assert load(session, "behov.csv", NEED, night.format("2035-03-03")).created == 1
        row = "Länsstyrelsen Jämtland;Samverket Östersund;Rum 1;mötesrum;8;2035-12-01;2035-01-01;"
        [fault] = told(load(session, "lokaler.csv", SPACE, row))
        assert "row 2, column erbjuds till" in fault
        assert "2035-12-01 or later" in fault
        over = row.replace("2035-12-01;2035-01-01", "2020-01-01;2020-01-31")
        assert "T" not in told(load(session, "lokaler.csv", SPACE, over))[0].split("(")[0]

    def test_many_faults_are_bounded_and_what_is_wrong_is_quoted_short(self, session: Session) -> None:
        report = load(session, "organisationer.csv", "namn;typ;kommun", *["V;bolag;Nowhere"] * 3000)
        assert len(report.errors) == 201
        assert report.errors[-1].reason.startswith("there is more")
        [fault] = told(load(session, "organisationer.csv", "namn;typ;kommun", f"V;bolag;{'x' * 9000}"))
        assert len(fault) < 300


@pytest.mark.parametrize("column", ["namn", "kortnamn", "organisationsnummer", "typ", "kommun"])
@pytest.mark.parametrize("length", [9_000, 100_000])
def test_a_text_of_any_length_is_a_fault_of_its_cell(session: Session, column: str, length: int) -> None:
    columns = {"namn": "V", "kortnamn": "", "organisationsnummer": "", "typ": "bolag", "kommun": "Mora"}
    columns[column] = "".join(chr(97 + (n * n) % 26) for n in range(length))
    report = load(session, "organisationer.csv", ";".join(columns), ";".join(columns.values()))
    assert [(error.row, error.column) for error in report.errors] == [(2, column)]


@pytest.mark.usefixtures("home")
class TestPositions:
    HEADER = "organisation;namn;kommun;latitud;longitud"

    @pytest.mark.parametrize("position", ["63,17;", ";14,6", "59,3293;18,0686", "63,17;norr", "14,6;63,17"])
    def test_half_a_position_or_one_elsewhere_is_refused(self, session: Session, position: str) -> None:
        report = load(session, "platser.csv", self.HEADER, f"Länsstyrelsen Jämtland;Huset;Östersund;{position}")
        assert {error.column for error in report.errors} <= {"latitud", "longitud"}
        assert len(report.errors) == 1

    @pytest.mark.parametrize("position", [";", "63,17;14,63", "63.178;14.637"])
    def test_a_whole_one_or_none_is_taken(self, session: Session, position: str) -> None:
        assert load(session, "platser.csv", self.HEADER, f"Länsstyrelsen Jämtland;Huset;Östersund;{position}").created
