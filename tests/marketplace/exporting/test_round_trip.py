"""What an export writes an import reads as it is: nothing differs, whatever stands in the texts."""

import io
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func
from sqlmodel import Session, col, select

from competence.service import add_skills
from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import NotFound
from core.spreadsheets import csv_of, xlsx_of
from core.time.interval import Interval, from_range
from core.time.timing import Fixed, Flexible
from marketplace.exporting.rules import kinds_written
from marketplace.exporting.service import Format, exported
from marketplace.importing.cells import kept
from marketplace.importing.header import kinds
from marketplace.importing.reading.table import read_table
from marketplace.importing.service import import_csv
from marketplace.offers.models import Offer, OfferState, PriceBasis, Visibility
from marketplace.organisations.models import Organisation
from resources.models import Resource, Site
from tests import builders
from tests.marketplace.importing.test_importing import load_samples

NASTY = (
    "=1+1",
    "+46 8 123",
    "-5",
    "@SUM(A1)",
    "'=1+1",
    "'''-",
    "'tis",
    "#N/A",
    "0012",
    "12345678901234567890",
    "1E5",
    "2027-03-01",
    "ja",
    'a"b;c\td',
    "två\nrader\r\noch\rtre",
    "e\u0301 a\u030a i bitar",
    "_x0041_ och \x0b",
    "\ufffe\x1f",
    " \tblanka runt om\u00a0 ",
    "sep=;",
)
Files = Mapping[str, tuple[str, bytes]]


def files(session: Session, form: Format, actor: Actor | None = None) -> Files:
    names = [each.name for each in (kinds_written(actor) if actor else kinds())]
    return {name: exported(session, actor, name, form) for name in names}


def differences(session: Session, written: Files, actor: Actor | None = None) -> dict[str, object]:
    """Read files in, and return what of them is not as it was: nothing, if the round trip loses nothing."""
    found: dict[str, object] = {}
    for kind, (name, content) in written.items():
        report = import_csv(session, actor, name, content)
        differs = [*map(str, report.errors), report.created, report.changed]
        if differs != [0, 0]:
            found[kind] = differs
    return found


@pytest.fixture
def home(session: Session) -> Site:
    add_skills(session)
    return builders.site(session, builders.organisation(session, name="Vinnova"), name="Huset")


class TestSamples:
    """The sample region, whole: every kind of file."""

    @pytest.mark.parametrize("form", Format)
    def test_reading_it_in_again_changes_nothing_and_an_empty_market_gets_all_of_it(
        self, session: Session, form: Format
    ) -> None:
        add_skills(session)
        before = session.begin_nested()
        load_samples(session)
        audited = session.scalar(select(func.count()).select_from(AuditEntry))
        written = files(session, form)
        assert differences(session, written) == {}
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == audited
        before.rollback()
        for name, content in written.values():
            assert import_csv(session, None, name, content).errors == ()
        table = {name: read_table(content) for name, content in written.values()}
        assert {name: read_table(content) for name, content in files(session, form).values()} == table


@pytest.mark.parametrize("form", Format)
def test_whatever_stands_in_texts_is_read_as_it_was(session: Session, home: Site, form: Format) -> None:
    for place, text in enumerate(NASTY):
        lot = builders.furniture(session, home, name=kept(f"{text}{place}"), description=text)
        builders.offer(session, lot, conditions=text)
    name, content = exported(session, None, "furniture", form)
    described = read_table(content).header.index("beskrivning")
    assert sorted(row.cells[described] for row in read_table(content).rows) == sorted(map(kept, NASTY))
    assert differences(session, {"furniture": (name, content)}) == {}


class TestWhatARowHasNoWordFor:
    """It stays as it is, and a file that nobody changed does not touch it."""

    def test_offers_that_differ_begin_within_a_day_are_over_or_of_parts_alone(
        self, session: Session, home: Site
    ) -> None:
        room = builders.space(session, home, name="Rummet")
        priced = {"price_basis": PriceBasis.HOUR, "price_sek": 250}
        within_a_day = Interval(builders.at(20, 9, 30), builders.at(30, 15))
        builders.offer(session, room, builders.days(1, 10), visibility=Visibility.PARTNERS)
        builders.offer(session, room, within_a_day, state=OfferState.PAUSED, **priced)
        builders.offer(session, room, builders.days(-30, -10))
        builders.offer(session, room, builders.days(40, None), state=OfferState.CLOSED)
        hall = builders.hall(session, home, name="Salen")
        part = session.exec(select(Resource).where(col(Resource.part_of_id) == hall.id)).first()
        builders.offer(session, part)
        builders.hall(session, home, name="Aulan", parts=("Norra: scen", "Södra"))
        builders.space(session, home, name="rummet")  # as another, but for its capital
        before = {each.id: each.during for each in session.exec(select(Offer))}
        written = files(session, Format.XLSX)
        rows = [row.cells[2] for row in read_table(written["spaces"][1]).rows]
        assert sorted(rows) == ["Aulan", "Rummet", "Rummet", "Salen", "rummet"]
        assert differences(session, written) == {}
        assert {each.id: each.during for each in session.exec(select(Offer))} == before

    def test_only_what_was_changed_in_the_file_changes(self, session: Session, home: Site) -> None:
        room = builders.space(session, home, name="Rummet", area_m2=38.125, description=" med blanka ")
        offer = builders.offer(session, room, Interval(builders.at(20, 9, 30), builders.at(30, 15)))
        name, content = exported(session, None, "spaces", Format.CSV)
        assert ";38,125;" in content.decode("utf-8-sig")
        report = import_csv(session, None, name, content.replace(b";38,125;", b";39,5;"))
        assert (report.errors, report.changed) == ((), 1)
        session.refresh(room)
        session.refresh(offer)
        assert room.facts["areaM2"] == 39.5
        assert from_range(offer.during).start == builders.at(20, 9, 30)

    def test_a_need_by_its_position_with_steps_of_its_own(self, session: Session) -> None:
        asks = builders.member(session, roles=["requester"])
        wanted = builders.request(session, asks, title="=Plats", purpose="rad\r\nrad ")
        window = Flexible(builders.at(5, 8), builders.at(6, 0), 90, 15)  # until midnight: 24:00 of the day before
        where = {"municipality_code": "2380", "latitude": 63.1783, "longitude": 14.6366, "max_distance_km": 12.345}
        builders.need(session, wanted, window, title="", **where)
        builders.need(session, wanted, Fixed(builders.at(-5, 8), builders.at(-5, 10)), title="var i går")
        written = {"requests": exported(session, None, "requests", Format.CSV)}
        assert "08:00-24:00" in written["requests"][1].decode()
        assert differences(session, written) == {}


class TestScope:
    """Nobody gets what it may not change."""

    def test_each_role_gets_its_own_and_no_more(self, session: Session, home: Site) -> None:
        organisation = session.get_one(Organisation, home.organisation_id)
        builders.space(session, home, name="Allas")
        builders.space(session, home, name="Enhetens", department="IT")
        builders.space(session, name="Andras")
        lister = builders.actor(session, organisation, roles=["lister"])
        assert [each.name for each in kinds_written(lister)][:2] == ["sites", "spaces"]
        for kind in ("organisations", "members", "partnerships", "requests"):
            assert read_table(exported(session, lister, kind, Format.CSV)[1]).rows == ()
        with pytest.raises(NotFound):
            exported(session, lister, "secrets", Format.CSV)
        assert _names(session, lister) == ["Allas", "Enhetens"]
        of_unit = builders.actor(session, organisation, roles=["lister"], grants={"lister": {"departments": ["IT"]}})
        assert _names(session, of_unit) == ["Enhetens"]
        assert read_table(exported(session, of_unit, "sites", Format.CSV)[1]).rows == ()
        for actor in (lister, of_unit, builders.actor(session, organisation, roles=["admin", "requester"])):
            assert differences(session, files(session, Format.CSV, actor), actor) == {}

    def test_a_requester_gets_its_own_requests_the_latest_of_a_title(self, session: Session) -> None:
        asks, other = (builders.member(session, roles=["requester"]) for _ in range(2))
        for member in (asks, asks, other):
            builders.need(session, builders.request(session, member, title="Lokal"))
        actor = builders.actor_of(session, asks)
        assert len(read_table(exported(session, actor, "requests", Format.CSV)[1]).rows) == 1
        assert differences(session, files(session, Format.CSV, actor), actor) == {}


def _names(session: Session, actor: Actor) -> list[str]:
    table = read_table(exported(session, actor, "spaces", Format.CSV)[1])
    return [row.cells[table.header.index("namn")] for row in table.rows]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=1, max_size=4
    )
)
@pytest.mark.parametrize("write", [csv_of, xlsx_of])
def test_any_text_is_read_as_it_was_written(write: Callable[..., bytes], texts: list[str]) -> None:
    cells = ["åäö", *map(kept, texts)]
    [row] = read_table(write([f"kolumn {n}" for n in range(len(cells))], [cells])).rows
    assert list(row.cells) + [""] * (len(cells) - len(row.cells)) == cells


def test_no_cell_is_a_formula_and_csv_is_as_excel_in_sweden_opens_it() -> None:
    risky = ["=1+1", "+1", "-1", "@A1", "\t=1", "#REF!", "'=1"]
    content = csv_of(["text"], [[text] for text in risky])
    assert content.startswith(b"\xef\xbb\xbftext\r\n'=1+1\r\n'+1\r\n")
    assert csv_of(["tal", "dag"], [[1234.5, date(2027, 3, 1)]]).endswith(b"1234,5;2027-03-01\r\n")
    sheet = load_workbook(io.BytesIO(xlsx_of(["text"], [[text] for text in risky]))).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    typed = load_workbook(io.BytesIO(xlsx_of(["tal", "dag"], [[38.5, date(2027, 3, 1)]]))).active
    assert typed is not None
    assert [cell.data_type for cell in typed[2]] == ["n", "d"]
