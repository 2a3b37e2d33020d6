"""The schema under test is the migrated one, and it is what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.database import db
from core.database.postgres import migrate, revision
from core.serialization import from_json
from marketplace.planning.execution.adding_up import added_up
from marketplace.runs.models import MatchingRun, NeedOutcome
from marketplace.runs.published import Published
from migrations.tables import metadata
from resources.families import family_of
from resources.families.furniture import FurnitureFacts, ValuationBasis
from resources.families.space import Fitting, SpaceFacts
from resources.families.staff import StaffTime
from resources.families.vehicle import Fuel, VehicleFacts
from tests import builders
from tests.architecture.earlier import database
from tests.marketplace.proposals.deals import deal

ROOT = Path(__file__).parents[2]
RUN = "01980000-0000-7000-8000-000000000001"


def test_migrations_give_what_the_models_say(database_url: str):
    migrate.check(db.engine())
    with Session(db.engine()) as session:
        assert revision.is_current(session)


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert ScriptDirectory.from_config(migrate.configuration()).get_heads() == [revision.newest()]


def test_all_tables_are_gathered() -> None:
    gathered = (ROOT / "migrations" / "tables.py").read_text(encoding="utf-8")
    rooms = (ROOT / name for name in ("core", "resources", "competence", "hubs", "marketplace"))
    with_tables = [path for room in rooms for path in room.rglob("*.py") if "table=True" in path.read_text("utf-8")]
    imports = (f"from {'.'.join(path.relative_to(ROOT).parts[:-1])} import {path.stem} as" for path in with_tables)
    assert len(with_tables) > 20
    assert [each for each in imports if each not in gathered] == []


def test_downgrade_removes_what_upgrade_made_and_a_second_upgrade_does_nothing(postgres):
    with database(postgres) as engine:
        migrate.upgrade(engine)
        migrate.upgrade(engine)
        assert set(metadata.tables) <= set(inspect(engine).get_table_names())
        migrate.downgrade(engine, "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]
        with engine.connect() as connection:
            leftover = connection.execute(text("select proname from pg_proc where proname like 'claim_%'")).all()
        assert leftover == []


@pytest.fixture
def old(postgres) -> Iterator[Engine]:
    """A database of version 0001, with a run in it."""
    with database(postgres, "0001", OF_VERSION_0001) as engine:
        yield engine


OF_VERSION_0001 = f"""
insert into matching_run (id, created_at, updated_at, name, state, policy, seed, time_limit_s,
  workers, attempts, progress, queued_at, objective, bound)
  values ('{RUN}', now(), now(), '', 'done', '{{}}', 1, 30, 1, 1, '{{}}', now(), 5, 7);
"""


def test_0002_keeps_the_runs_there_are_as_runs_over_everything(old: Engine):
    migrate.upgrade(old, "0002")
    with old.begin() as connection:
        run = connection.execute(text("select kind, request_id, objective, bound from matching_run")).one()
        assert run == ("whole", None, 5, 7)
        connection.execute(text("update matching_run set objective = 4300000000, bound = 4400000000"))
    with pytest.raises(IntegrityError, match="run_kind"), old.begin() as connection:
        connection.execute(text("update matching_run set kind = 'other'"))

    migrate.downgrade(old, "0001")
    with old.begin() as connection:
        assert connection.execute(text("select objective, bound from matching_run")).one() == (None, None)


@pytest.fixture
def with_facts(postgres) -> Iterator[Engine]:
    """A database of version 0002, with a resource of each family in it."""
    with database(postgres, "0002", OF_VERSION_0002) as engine:
        yield engine


OF_VERSION_0002 = """
insert into organisation (version, created_at, updated_at, id, name, short_name, kind, municipality_code, county_code)
  values (1, now(), now(), 'K-01', 'Myndigheten', 'My', 'state_agency', '2380', '23');
insert into site
  (version, created_at, updated_at, id, organisation_id, name, address, municipality_code, latitude, longitude, access)
  values (1, now(), now(), 'K-02', 'K-01', 'Huset', '', '2380', 63.2, 14.6, '{lift}');
insert into resource
  (version, created_at, updated_at, id, organisation_id, site_id, family, kind, name, description)
  values
    (1, now(), now(), 'K-03', 'K-01', 'K-02', 'space', 'meeting_room', 'Rummet', ''),
    (1, now(), now(), 'K-04', 'K-01', 'K-02', 'furniture', 'chair', 'Stolarna', ''),
    (1, now(), now(), 'K-05', 'K-01', 'K-02', 'vehicle', 'car', 'Bilen', ''),
    (1, now(), now(), 'K-06', 'K-01', null, 'staff', 'staff', 'Kortet', '');
insert into space values ('K-03', 8, 20.5, '{projector,kitchen}', '{}', 'Anmäl dig');
insert into furniture_lot values ('K-04', 40, 4, 50, null, null, 'tisdagar', 0, 'nil_value');
insert into vehicle values ('K-05', 5, 'electric', 400, 'B', 0);
insert into unit (created_at, updated_at, id, resource_id, name, capacity)
  values (now(), now(), 'K-07', 'K-06', 'staff', 40);
""".replace("K-", "01980000-0000-7000-8000-0000000000")
FACTS = {
    "space": SpaceFacts(8, 20.5, frozenset({Fitting.PROJECTOR, Fitting.KITCHEN}), frozenset(), "Anmäl dig"),
    "furniture": FurnitureFacts(40, 4, 50, None, None, "tisdagar", 0, ValuationBasis.NIL_VALUE),
    "vehicle": VehicleFacts(5, Fuel.ELECTRIC, 400),
    "staff": StaffTime(40),
}


def test_0003_keeps_what_was_said_of_each_family(with_facts: Engine):
    migrate.upgrade(with_facts, "0003")
    with with_facts.connect() as connection:
        kept = dict(connection.execute(text("select family, facts from resource")).all())
    assert {name: from_json(family_of(name).kept, facts) for name, facts in kept.items()} == FACTS


def test_0003_can_be_taken_back_with_all_that_it_moved(with_facts: Engine):
    def rows() -> list[object]:
        with with_facts.connect() as connection:
            return [
                connection.execute(text(f"select * from {each}")).all()
                for each in ("space", "furniture_lot", "vehicle")
            ]

    before = rows()
    migrate.upgrade(with_facts, "0003")
    migrate.downgrade(with_facts, "0002")
    assert rows() == before
    with pytest.raises(IntegrityError, match="resource_family"), with_facts.begin() as connection:
        connection.execute(text("update resource set family = 'boat'"))


def test_0004_keeps_runs_and_what_an_error_said_is_gone(old: Engine):
    migrate.upgrade(old, "0003")
    with old.begin() as connection:
        connection.execute(text("update matching_run set state = 'failed', failure_code = 'x', failure = 'card of'"))
    migrate.upgrade(old, "0004")
    with old.begin() as connection:
        run = connection.execute(text("select state, failure_code, reasons_state, set_aside from matching_run")).one()
        assert run == ("failed", "x", None, [])
        connection.execute(text("update matching_run set reasons_state = 'looking'"))
    with pytest.raises(IntegrityError, match="reasons_state"), old.begin() as connection:
        connection.execute(text("update matching_run set reasons_state = 'other'"))

    migrate.downgrade(old, "0003")
    with old.begin() as connection:
        assert connection.execute(text("select failure_code, failure from matching_run")).one() == ("x", None)


def test_0005_numbers_what_was_written_and_takes_names_out_of_notices(old: Engine):
    migrate.upgrade(old, "0004")
    with old.begin() as connection:
        connection.execute(
            text(
                "insert into audit_entry (id, at, actor_name, entity, entity_id, details)"
                " select gen_random_uuid(), timestamptz '2027-01-01' - n * interval '1 day', 'x' || n, 'e',"
                " '01980000-0000-7000-8000-000000000001', '{}' from generate_series(1, 3) n"
            )
        )
    migrate.upgrade(old, "0005")
    with old.begin() as connection:
        found = connection.execute(text("select actor_name from audit_entry where entity = 'e' order by sequence"))
        assert [row[0] for row in found] == ["x1", "x2", "x3"]
    migrate.downgrade(old, "0004")
    migrate.upgrade(old, "0005")


@pytest.fixture
def with_members(postgres) -> Iterator[Engine]:
    """A database of version 0005, in which three members have one address but for its case."""
    with database(postgres, "0005", OF_VERSION_0005) as engine:
        yield engine


OF_VERSION_0005 = """
insert into organisation (version, created_at, updated_at, id, name, short_name, kind, municipality_code, county_code)
  values (1, now(), now(), 'K-01', 'Myndigheten', 'My', 'state_agency', '2380', '23');
insert into member (version, created_at, updated_at, id, organisation_id, name, email, roles, language, active)
  values
    (1, now(), now(), 'K-02', 'K-01', 'Den första', 'Lokaler@example.se', '{}', 'sv', true),
    (1, now(), now(), 'K-03', 'K-01', 'Den andra', 'lokaler@example.se', '{}', 'sv', true),
    (1, now(), now(), 'K-04', 'K-01', 'Den tredje', 'LOKALER@EXAMPLE.SE', '{}', 'sv', true),
    (1, now(), now(), 'K-05', 'K-01', 'En annan', 'bilar@example.se', '{}', 'sv', true);
""".replace("K-", "01980000-0000-7000-8000-0000000000")


def test_0006_leaves_an_address_to_its_first_member_and_there_is_no_second(with_members: Engine):
    migrate.upgrade(with_members, "0006")
    with with_members.begin() as connection:
        members = connection.execute(text("select name, email, active, version from member order by id")).all()
        second, third = (f"01980000-0000-7000-8000-00000000000{n}" for n in (3, 4))
        assert [tuple(each) for each in members] == [
            ("Den första", "Lokaler@example.se", True, 1),
            ("Den andra", f"{second}.lokaler@example.se", False, 2),
            ("Den tredje", f"{third}.LOKALER@EXAMPLE.SE", False, 2),
            ("En annan", "bilar@example.se", True, 1),
        ]
    with pytest.raises(IntegrityError, match="lower_email"), with_members.begin() as connection:
        connection.execute(text("update member set email = 'lokaler@example.SE' where name = 'En annan'"))
    migrate.downgrade(with_members, "0005")
    with with_members.begin() as connection:
        connection.execute(text("update member set email = 'lokaler@example.SE' where name = 'En annan'"))


def test_0015_takes_away_what_has_ended_on_the_way_back(with_members: Engine):
    migrate.upgrade(with_members, "0015")
    with with_members.begin() as connection:
        other = "01980000-0000-7000-8000-000000000009"
        connection.execute(
            text(
                "insert into organisation (version, created_at, updated_at, id, name, short_name, kind,"
                " municipality_code, county_code)"
                " values (1, now(), now(), :id, 'Den andra', 'A', 'region', '2380', '23')"
            ),
            {"id": other},
        )
        connection.execute(
            text(
                "update member set organisation_id = :id, email = 'bilar@example.se', roles = '{lister,hr,admin}',"
                """ grants = '{"lister": {"until": "2020-01-01"}, "hr": {"reason": "R"}}' where name = 'Den andra'"""
            ),
            {"id": other},
        )
    with pytest.raises(IntegrityError, match="lower_email"):
        migrate.downgrade(with_members, "0014")
    with with_members.begin() as connection:
        connection.execute(text("update member set email = 'b@example.se' where name = 'Den andra'"))
    migrate.downgrade(with_members, "0014")
    with with_members.begin() as connection:
        assert connection.execute(text("select roles from member where name = 'Den andra'")).scalar() == ["hr", "admin"]


def test_0007_knows_since_when_bookings_are_disputed(old: Engine):
    migrate.upgrade(old, "0007")
    migrate.downgrade(old, "0006")
    migrate.upgrade(old, "0007")
    with old.begin() as connection:
        assert connection.execute(text("select count(*) from booking where disputed_at is not null")).scalar() == 0


BOOKED = """
set local session_replication_role = replica;
insert into booking (id, line_id, request_id, need_id, offer_id, lender_id, borrower_id, kind, state, amount, during,
  returned_at, created_at, updated_at, version)
select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
  gen_random_uuid(), gen_random_uuid(), kind, state, amount, '[2026-01-01,)', returned_at::timestamptz, now(), now(), 1
from (values ('item_loan', 'agreed', 1, null), ('item_loan', 'cancelled', 2, null),
  ('item_loan', 'handed_over', 3, null), ('item_loan', 'returned', 4, '2026-02-01'), ('item_loan', 'disputed', 5, null),
  ('item_loan', 'disputed', 6, '2026-02-01'), ('item_loan', 'closed', 7, '2026-02-01'),
  ('item_loan', 'closed', 8, null), ('hand_over', 'closed', 9, null)) as old (kind, state, amount, returned_at);
insert into audit_entry (id, at, actor_id, entity, entity_id, to_state, details)
select gen_random_uuid(), '2026-01-02', lender_id, 'booking', id, 'handed_over', '{}' from booking where amount = 4
"""


def test_0057_makes_movements_of_what_was_noted(old: Engine):
    migrate.upgrade(old, "0056")
    with old.begin() as connection:
        connection.execute(text(BOOKED))
    migrate.upgrade(old, "0057")
    with old.begin() as connection:
        rows = connection.execute(text("select amount, kind from movement order by sequence")).all()
        first = text(
            "select at::date::text, member_id from movement join booking on booking_id = booking.id"
            " where booking.amount = 4 order by sequence limit 1"
        )
        assert connection.execute(first).one() == ("2026-01-02", None), "who noted it is no member any more"
    assert sorted(rows) == [
        *((3, "out"), (4, "in"), (4, "out"), (5, "out"), (6, "in"), (6, "out")),
        *((7, "in"), (7, "out"), (8, "in"), (8, "out"), (9, "out")),
    ]
    assert {kind for _amount, kind in rows[:7]} == {"out"}, "all go out before any come back"


@pytest.fixture
def with_apart(postgres) -> Iterator[Engine]:
    """A database of version 0008, with letters in two characters and a site of two thousand deviations."""
    rows = OF_VERSION_0008.replace("å", "a\u030a").replace("ö", "o\u0308")
    with database(postgres, "0008", rows + TWO_THOUSAND_DEVIATIONS) as engine:
        yield engine


OF_VERSION_0008 = """
insert into organisation (version, created_at, updated_at, id, name, short_name, kind, municipality_code, county_code)
  values (1, now(), now(), 'K-01', 'Åre kommun', 'Åre', 'municipality', '2321', '23');
insert into site
  (version, created_at, updated_at, id, organisation_id, name, address, municipality_code, latitude, longitude, access)
  values
    (1, now(), now(), 'K-02', 'K-01', 'Gården', 'Skördegatan', '2321', 63.4, 13.1, '{}'),
    (1, now(), now(), 'K-03', 'K-01', E'G\\u00e5rden', '', '2321', 63.4, 13.1, '{}');
""".replace("K-", "01980000-0000-7000-8000-0000000000").replace("Å", "A\u030a")
TWO_THOUSAND_DEVIATIONS = """
update site set opening_hours = jsonb_build_object('weekly', '{}'::jsonb, 'exceptions', (
  select jsonb_agg(jsonb_build_object('first', day, 'last', day, 'hours', '[]'::jsonb) order by day)
  from (select (current_date + n)::text as day from generate_series(-500, 1499) n) days))
where address <> ''
"""


def test_0009_writes_letters_as_one_character_and_keeps_the_deviations_that_count(with_apart: Engine):
    migrate.upgrade(with_apart, "0009")
    with with_apart.connect() as connection:
        assert connection.execute(text("select name, short_name from organisation")).one() == ("Åre kommun", "Åre")
        sites = connection.execute(text("select name, address from site order by id")).all()
        assert [tuple(each) for each in sites] == [("Ga\u030arden", "Skördegatan"), ("Gården", "")]
        kept = connection.execute(
            text(
                "select count(*), min(each->>'first') = (current_date + 500)::text"
                " from site, jsonb_array_elements(opening_hours->'exceptions') each"
            )
        ).one()
        assert tuple(kept) == (1000, True)
    migrate.downgrade(with_apart, "0008")


KEPT = (
    "insert into kept_form (id, member_id, {} page, content, at) values"
    " (gen_random_uuid(), '01980000-0000-7000-8000-000000000002', {} '/requests/new', '{{}}', now())"
)


def pages_of(old: Engine, columns: str) -> list[object]:
    with old.begin() as connection:
        return [tuple(row) for row in connection.execute(text(f"select {columns} from kept_form order by id"))]


def test_0008_keeps_forms_until_it_is_taken_back(old: Engine):
    migrate.upgrade(old, "0008")
    with old.begin() as connection:
        connection.execute(text(KEPT.format("browser,", "'digest',")))
    assert pages_of(old, "browser, page, content") == [("digest", "/requests/new", b"{}")]
    with pytest.raises(IntegrityError, match="browser"), old.begin() as connection:
        connection.execute(text(KEPT.format("", "")))
    migrate.downgrade(old, "0007")
    assert "kept_form" not in inspect(old).get_table_names()
    migrate.upgrade(old, "0008")
    assert pages_of(old, "page") == []


def test_0010_keeps_what_is_kept_and_taken_back_forgets_only_the_drafts(old: Engine):
    migrate.upgrade(old, "0009")
    with old.begin() as connection:
        connection.execute(text(KEPT.format("browser,", "'digest',")))
    migrate.upgrade(old, "0010")
    assert pages_of(old, "browser, organisation_id, version") == [("digest", None, 1)]
    with old.begin() as connection:
        connection.execute(text(KEPT.format("organisation_id, version,", "'01980000-0000-7000-8000-000000000003', 4,")))
    assert len(pages_of(old, "id")) == 2
    migrate.downgrade(old, "0009")
    assert pages_of(old, "browser, content") == [("digest", b"{}")]
    migrate.upgrade(old, "0010")
    assert pages_of(old, "browser, version") == [("digest", 1)]


def test_0011_lets_a_person_be_a_member_of_two_organisations_and_going_back_keeps_one(with_members: Engine):
    migrate.upgrade(with_members, "0011")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            OF_VERSION_0005.partition("insert into member")[0].replace("0001'", "0011'").replace("Myndigheten", "Andra")
        )
        moved = "update member set issuer = 'https://id.example', subject = 's' where name = '{}'"
        connection.exec_driver_sql(moved.format("Den första"))
        connection.exec_driver_sql(
            moved.format("En annan").replace("set", "set organisation_id = '01980000-0000-7000-8000-000000000011',")
        )
        connection.exec_driver_sql(
            "insert into web_session (id, member_id, secret, rotated_at, began_at, seen_at, ends_at, browser)"
            " select id, id, 'hash', now(), now(), now(), now(), '' from member where name = 'En annan'"
        )
    migrate.downgrade(with_members, "0010")
    with with_members.begin() as connection:
        known = connection.execute(text("select name from member where subject = 's'")).scalars().all()
        assert known == ["Den första"]


def test_0013_ends_the_tokens_by_which_one_member_acts_as_another(with_members: Engine):
    migrate.upgrade(with_members, "0012")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into access_token (id, member_id, name, hash, scopes, created_at, expires_at)"
            " select gen_random_uuid(), m.id, kind, kind || m.id, '{}', now(), now() + interval '1 day'"
            " from member m, unnest(array['own', 'others', 'operators']) kind where m.name = 'En annan';"
            "insert into audit_entry (id, at, actor_id, entity, entity_id, to_state, details) select gen_random_uuid(),"
            " now(), case name when 'own' then member_id when 'others' then gen_random_uuid() end, 'access_token', id,"
            " 'issued', '{}' from access_token"
        )
    migrate.upgrade(with_members, "0013")
    with with_members.begin() as connection:
        ended = connection.execute(text("select name from access_token where revoked_at is not null")).scalars().all()
        assert ended == ["others"]
    migrate.downgrade(with_members, "0012")
    migrate.upgrade(with_members, "0013")


def test_0019_lets_nobody_have_confirmed_and_taken_back_shows_no_one_s_notice_to_all(with_members: Engine):
    migrate.upgrade(with_members, "0018")
    who = "from member where name = 'En annan'"
    kept = "insert into notice (id, organisation_id, at, code, entity, entity_id, facts"
    its = "select gen_random_uuid(), organisation_id, now(), 'c', 'e', id, '{}'"
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into web_session (id, member_id, secret, rotated_at, began_at, seen_at, ends_at, browser)"
            f" select id, id, 'hash', now(), now(), now(), now(), '' {who}; {kept}) {its} {who}"
        )
    migrate.upgrade(with_members, "0019")
    with with_members.begin() as connection:
        assert connection.execute(text("select methods, confirmed_at from web_session")).one() == ([], None)
        connection.exec_driver_sql(
            f"{kept}, member_id) {its}, id {who};"
            " insert into passkey (id, member_id, name, credential_id, public_key, sign_count, created_at)"
            f" select id, id, 'p', 'c', 'k', 0, now() {who}"
        )
    migrate.downgrade(with_members, "0018")
    with with_members.begin() as connection:
        count = text("select (select count(*) from notice), (select count(*) from web_session)")
        assert connection.execute(count).one() == (1, 1)
    migrate.upgrade(with_members, "0019")


def test_going_back_from_0023_keeps_out_whose_organisation_has_left_and_from_0024_who_is_a_program(
    with_members: Engine,
):
    migrate.upgrade(with_members, "0024")
    active = text("select name from member where active order by name")
    with with_members.begin() as connection:
        everybody = list(connection.scalars(active))
        connection.exec_driver_sql(
            "insert into machine_client (id, member_id, issuer, client_id, created_at)"
            " select id, id, 'https://login.example.se', 'c', now() from member where name = 'En annan'"
        )
    migrate.downgrade(with_members, "0023")
    with with_members.begin() as connection:
        assert list(connection.scalars(active)) == [each for each in everybody if each != "En annan"]
        connection.exec_driver_sql("update organisation set left_at = now()")
    migrate.downgrade(with_members, "0022")
    with with_members.begin() as connection:
        assert list(connection.scalars(active)) == []
    migrate.upgrade(with_members, "0024")


def test_going_back_from_0030_keeps_the_groups_for_units_without_their_role(with_members: Engine):
    migrate.upgrade(with_members, "0030")
    group = (
        "insert into provisioned_group (id, created_at, updated_at, version, organisation_id, display_name, role,"
        " department) select uuidv7(), now(), now(), 1, organisation_id, :unit, 'lister', :unit from member limit 1"
    )
    with with_members.begin() as connection:
        for unit in ("", "Lokaler", "IT"):
            connection.execute(text(group), {"unit": unit})
    migrate.downgrade(with_members, "0029")
    with with_members.begin() as connection:
        kept = connection.execute(text("select display_name, role from provisioned_group order by 1"))
        assert [tuple(each) for each in kept] == [("", "lister"), ("IT", None), ("Lokaler", None)]
    migrate.upgrade(with_members, "0030")


def test_0016_keeps_the_answers_there_are(with_members: Engine):
    migrate.upgrade(with_members, "0015")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into idempotent_answer (member_id, key, request_digest, status, body, at)"
            " select id, 'a', '', 201, '{}', now() from member limit 1"
        )
    migrate.upgrade(with_members, "0016")
    migrate.downgrade(with_members, "0015")
    migrate.upgrade(with_members, "0016")
    with with_members.begin() as connection:
        assert connection.execute(text("select key, rights from idempotent_answer")).one() == ("a", [])


def test_0018_frees_the_address_of_who_was_deleted_and_going_back_gives_it_another(with_members: Engine):
    migrate.upgrade(with_members, "0018")
    again = (
        "insert into member (id, created_at, updated_at, version, organisation_id, name, email, roles, language,"
        " active) select gen_random_uuid(), now(), now(), 1, organisation_id, 'Ny', upper(email), '{}', 'sv', true"
        " from member where name = 'Den första'"
    )
    with pytest.raises(IntegrityError, match="lower_email"), with_members.begin() as connection:
        connection.exec_driver_sql(again)
    with pytest.raises(IntegrityError, match="ck_member_deprovisioned"), with_members.begin() as connection:
        connection.exec_driver_sql("update member set deprovisioned_at = now(), active = true")
    with with_members.begin() as connection:
        gone = "update member set deprovisioned_at = now(), active = false where name = 'Den första'"
        connection.exec_driver_sql(gone)
        connection.exec_driver_sql(again)
    migrate.downgrade(with_members, "0017")
    with with_members.begin() as connection:
        found = dict(connection.execute(text("select name, email from member")).all())
    assert found["Tidigare medlem"].endswith("@erased.invalid")
    assert "Den första" not in found
    assert found["Ny"].isupper()
    migrate.upgrade(with_members, "0018")


def test_0021_and_0022_take_what_was_sent_back_with_them(with_members: Engine):
    migrate.upgrade(with_members, "0022")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into upload (id, organisation_id, member_id, name, state, attempts, rows_done, created_at,"
            " updated_at) select id, organisation_id, id, 'rum.csv', 'checked', 0, 0, now(), now() from member limit 1;"
            " insert into upload_content (upload_id, body) select id, 'x' from upload"
        )
    migrate.downgrade(with_members, "0020")
    migrate.upgrade(with_members, "0022")


def test_0025_gives_what_is_listed_its_unit_and_shows_no_offer_to_another(with_members: Engine):
    migrate.upgrade(with_members, "0024")
    made = "gen_random_uuid(), now(), now(), 1"
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "update member set department = 'IT', roles = '{lister,requester}';"
            " insert into resource (id, created_at, updated_at, version, organisation_id, family, kind, name,"
            f" description, facts) select {made}, id, 'staff', 'staff', 'Kort', '', '{{}}' from organisation limit 1;"
            " insert into offer (id, created_at, updated_at, version, organisation_id, resource_id, state, during,"
            " visibility, widens, department, terms, price_basis, price_sek, conditions)"
            f" select {made}, organisation_id, id, state, '[2026-01-01, 2027-01-01)', 'department', '[]', unit, 'loan',"
            " 'none', 0, '' from resource,"
            " (values ('open', 'HR'), ('closed', 'Äldre'), ('draft', null)) as o(state, unit);"
            " insert into offer (id, created_at, updated_at, version, organisation_id, resource_id, state, during,"
            " visibility, widens, department, terms, price_basis, price_sek, conditions)"
            " select 'ffffffff-0000-7000-8000-000000000001', now(), now(), 1, organisation_id, id, 'open',"
            " '[2028-01-01, 2029-01-01)', 'department', '[]', 'IT', 'loan', 'none', 0, '' from resource;"
            " insert into request (id, created_at, updated_at, version, organisation_id, member_id, title, purpose,"
            f" priority, together, state) select {made}, organisation_id, id, 't', '', 'ordinary', false, 'open'"
            " from member"
        )
    migrate.upgrade(with_members, "0025")
    with with_members.begin() as connection:
        assert connection.execute(text("select department from resource")).scalars().all() == ["IT"]
        shown = text("select state from offer order by state")
        assert connection.execute(shown).scalars().all() == ["closed", "draft", "open", "paused"]
        assert set(connection.execute(text("select department from request")).scalars()) == {"IT"}
        connection.exec_driver_sql(
            "update member set roles = '{lister,requester,manager}',"
            ' grants = \'{"lister": {"departments": ["IT"]}, "manager": {}}\' where name = \'Den första\''
        )
    migrate.downgrade(with_members, "0024")
    with with_members.begin() as connection:
        assert set(connection.execute(text("select department from offer")).scalars()) == {"IT"}
        left = text("select roles, grants from member where name = 'Den första'")
        assert connection.execute(left).one() == (["requester"], {})
    migrate.upgrade(with_members, "0025")


def test_0026_takes_photos_back_with_it(with_members: Engine):
    migrate.upgrade(with_members, "0026")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into resource (id, created_at, updated_at, version, organisation_id, family, kind, name,"
            " description, facts) select id, now(), now(), 1, id, 'staff', 'staff', 'Kort', '', '{}'"
            " from organisation limit 1;"
            " insert into photo (id, created_at, updated_at, resource_id, alt, width, height)"
            " select id, now(), now(), id, 'Ett rum', 1, 1 from resource;"
            " insert into photo_image (photo_id, size, body) select id, 'small', 'x' from photo"
        )
    with pytest.raises(IntegrityError, match="photo_size"), with_members.begin() as connection:
        connection.exec_driver_sql("update photo_image set size = 'huge'")
    migrate.downgrade(with_members, "0025")
    migrate.upgrade(with_members, "0026")


def test_0027_and_0029_take_what_was_asked_and_tried_back_with_them(with_members: Engine):
    migrate.upgrade(with_members, "0029")
    made = "gen_random_uuid(), now(), now(), 1"
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into request (id, created_at, updated_at, version, organisation_id, member_id, title, purpose,"
            f" priority, together, state) select {made}, organisation_id, id, 't', '', 'ordinary', false, 'open'"
            " from member;"
            " insert into need (id, request_id, position, title, family, amount, parts, requirements, timing, state)"
            " select id, id, 1, '', 'space', 1, 1, '{}', '{}', 'open' from request;"
            " insert into inquiry (id, created_at, updated_at, version, request_id, need_id, member_id, change, said,"
            f" state, answer_by, words) select {made}, id, id, member_id, '{{}}', '{{}}', 'waiting', now(), ''"
            " from request;"
            " insert into notice (id, organisation_id, at, code, entity, entity_id, facts)"
            " select id, organisation_id, now(), case when right(id::text, 1) = '2' then 'inquired' else 'expired' end,"
            " 'request', id, '{}' from member;"
            " insert into matching_run (name, id, created_at, updated_at, state, kind, policy, seed, time_limit_s,"
            " workers, attempts, progress, queued_at, set_aside) select '', id, now(), now(), 'done', 'whole',"
            " '{}', 1, 1, 1, 1, '{}', now(), '[]' from organisation limit 1;"
            " insert into scenario (id, created_at, updated_at, organisation_id, member_id, run_id, name, state,"
            " changes, attempts, progress) select member.id, now(), now(), organisation_id, member.id,"
            " matching_run.id, 'u', 'draft', '[]', 0, '{}' from member, matching_run;"
            " insert into scenario_outcome (scenario_id, scope, outcome) select id, 'near', '{}' from scenario"
        )
        with pytest.raises(IntegrityError, match="ix_inquiry_waiting"), connection.begin_nested():
            connection.exec_driver_sql(
                "insert into inquiry select gen_random_uuid(), created_at, updated_at, version, request_id, need_id,"
                " member_id, change, said, state, answer_by, answered_at, words from inquiry"
            )
    migrate.downgrade(with_members, "0026")
    with with_members.begin() as connection:
        assert set(connection.execute(text("select code from notice")).scalars()) == {"expired"}
    migrate.upgrade(with_members, "0029")


def test_0028_leaves_runs_of_before_without_a_baseline(old: Engine):
    migrate.upgrade(old, "0028")
    with old.begin() as connection:
        assert connection.execute(text("select objective, baseline from matching_run")).one() == (5, None)
        connection.execute(text("""update matching_run set baseline = '{"value": 4}'"""))
    migrate.downgrade(old, "0027")
    with old.begin() as connection:
        assert connection.execute(text("select objective from matching_run")).scalar_one() == 5


def test_0045_adds_up_what_runs_published(old: Engine):
    migrate.upgrade(old, "0044")
    lines = (
        '{"terms": {"distance": -800, "fit": 9}, "points": {"distance": -400, "fit": 5}, "distanceM": 4000}',
        '{"terms": {"distance": -100}, "distanceM": 1000.5}',
        '{"terms": null}',
    )
    with old.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text(OTHER_RUN))
        for reasons in lines:
            connection.execute(text(ONE_LINE), {"run": RUN, "reasons": reasons})
    migrate.upgrade(old, "0045")
    with old.begin() as connection:
        added_up = connection.execute(text("select published from matching_run order by id")).scalars().all()
    points = {"distance": -500, "fit": 5}  # of the first its own share, not its terms
    assert added_up == [{"points": points, "distance_m": 2500.25}, {"points": {}, "distance_m": None}]
    migrate.downgrade(old, "0044")


def test_0072_counts_what_runs_count_since(postgres):
    with database(postgres) as engine:
        migrate.upgrade(engine)
        with Session(engine, expire_on_commit=False) as rows:
            found = deal(rows)
            run = rows.get_one(MatchingRun, found.proposal.run_id)
            other = builders.need(rows, found.request, municipality_code="0180")
            for need, served in ((found.needs[0], True), (other, False)):
                builders.added(rows, NeedOutcome(run_id=run.id, need_id=need.id, served=served, code="served"))
            run.published = added_up(rows, run.id, ())
            assert run.published.families == {"space": (2, 1)}
            assert run.published.counties == {"01": (1, 0), "23": (1, 1)}
            rows.commit()
        migrate.downgrade(engine, "0071")
        with Session(engine) as rows:
            uncounted = Published(None, {}, cost_sek=run.published.cost_sek)
            assert rows.get_one(MatchingRun, run.id).published == uncounted
        migrate.upgrade(engine)
        with Session(engine) as rows:
            assert rows.get_one(MatchingRun, run.id).published == run.published


OTHER_RUN = """
insert into matching_run (id, created_at, updated_at, name, state, kind, policy, seed, time_limit_s, workers, attempts,
    progress, queued_at, set_aside)
  select '01980000-0000-7000-8000-000000000002', created_at, updated_at, name, state, kind, policy, seed, time_limit_s,
    workers, attempts, progress, queued_at, set_aside from matching_run
"""
ONE_LINE = """
with made as (
  insert into proposal (id, created_at, updated_at, version, run_id, request_id, state, answer_by)
    values (gen_random_uuid(), now(), now(), 1, :run, gen_random_uuid(), 'proposed', now()) returning id
)
insert into proposal_line (id, proposal_id, need_id, offer_id, amount, terms, price_basis, price_sek, conditions,
    option_key, score, reasons)
  select gen_random_uuid(), id, gen_random_uuid(), gen_random_uuid(), 1, 'loan', 'none', 0, '', 'x', 0,
    cast(:reasons as jsonb) from made
"""


def test_0033_lets_whoever_has_more_than_others_keep_what_it_could_have(with_members: Engine):
    migrate.upgrade(with_members, "0032")
    made = "gen_random_uuid(), now(), now(), 1"
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into resource (id, created_at, updated_at, version, organisation_id, family, kind, name,"
            f" description, facts) select {made}, id, 'staff', 'staff', 'r', '', '{{}}' from organisation;"
            " insert into offer (id, created_at, updated_at, version, organisation_id, resource_id, state, during,"
            " visibility, widens, terms, price_basis, price_sek, conditions)"
            f" select {made}, organisation_id, id, case when n > 201 then 'closed' else 'open' end,"
            " tstzrange(now(), null), 'all', '[]', 'loan', 'none', 0, ''"
            " from resource, generate_series(1, 250) as n;"
            " insert into request (id, created_at, updated_at, version, organisation_id, member_id, title, purpose,"
            f" priority, together, state) select {made}, organisation_id, id, 't', '', 'ordinary', false, 'open'"
            " from member;"
            " insert into need (id, request_id, position, title, family, amount, parts, requirements, timing, state)"
            " select gen_random_uuid(), id, n, '', 'space', 1, 1, '{}', '{}', 'open'"
            " from request, generate_series(1, 100) as n"
        )
    migrate.upgrade(with_members, "0033")
    with with_members.begin() as connection:
        told = connection.execute(text("select distinct offer_quota, need_quota from organisation")).all()
        members = connection.execute(text("select count(*) from member")).scalar_one()
    assert (told, members) == ([(1000, None)], 4), "201 open offers are more than 200, and 4 x 100 needs not than 400"
    migrate.downgrade(with_members, "0032")
    migrate.upgrade(with_members, "0033")


def test_0036_and_0037_keep_skills_and_know_by_which_words_and_cards(with_members: Engine):
    migrate.upgrade(with_members, "0035")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into skill (id, code, uri, label_sv, label_en, scheme, scheme_version) values"
            " (gen_random_uuid(), 'law', 'urn:law', 'Juridik', 'Law', 's', '1'),"
            " (gen_random_uuid(), 'tax', 'urn:tax', 'Skatt', 'Tax', 's', '1');"
            " insert into resource (id, created_at, updated_at, version, organisation_id, family, kind, name,"
            " description, facts) select gen_random_uuid(), now(), now(), 1, id, 'staff', 'staff', 'r', '', '{}'"
            " from organisation limit 1;"
            " insert into staff_capacity (resource_id, extent_percent, remote, municipality_codes, languages)"
            " select id, 50, true, '{}', '{sv}' from resource;"
            " insert into staff_skill select resource.id, skill.id, 3 from resource, skill where code = 'law'"
        )
    migrate.upgrade(with_members, "0036")
    with with_members.begin() as connection:
        connection.exec_driver_sql("update skill set synonyms_sv = '{Rätt}' where code = 'law'")
        connection.exec_driver_sql(
            "insert into skill (id, code, uri, kind, label_sv, label_en, scheme, scheme_version) values"
            " (gen_random_uuid(), 'group', 'urn:group', 'group', 'Allt', 'All', 's', '1')"
        )
    migrate.upgrade(with_members, "0037")
    with with_members.begin() as connection:
        told = connection.execute(text("select code, words, in_use from skill order by code")).all()
        counted = connection.execute(text("select count(*) from skill_closure where skill_id = as_id")).scalar_one()
    assert told == [("group", "Allt|All", False), ("law", "Juridik|Law|Rätt", True), ("tax", "Skatt|Tax", False)]
    assert counted == 2, "those that were there when it began"
    migrate.downgrade(with_members, "0035")
    with with_members.begin() as connection:
        assert connection.execute(text("select code from skill order by code")).scalars().all() == ["law", "tax"]
        assert connection.execute(text("select count(*) from staff_skill")).scalar_one() == 1


def test_0038_keeps_every_yes_and_who_noted_it_and_can_be_taken_back(with_members: Engine):
    migrate.upgrade(with_members, "0037")
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into resource (id, created_at, updated_at, version, organisation_id, family, kind, name,"
            " description, facts) select gen_random_uuid(), now(), now(), 1, organisation.id, 'staff', 'staff', n, '',"
            " '{}' from (select id from organisation limit 1) as organisation, unnest(array['all', 'one']) as n;"
            " insert into staff_capacity (resource_id, extent_percent, remote, municipality_codes, languages,"
            "  employee_consent_at, manager_consent_at, hr_consent_at, consent_notes)"
            " select id, 50, true, '{}', '{sv}', '2026-11-01Z',"
            "  case name when 'all' then timestamptz '2026-11-02Z' end,"
            "  case name when 'all' then timestamptz '2026-11-03Z' end, jsonb_build_object('employee',"
            "  jsonb_build_object('memberId', (select min(id::text) from member), 'name', 'HR', 'evidence', 'Dnr 1'))"
            " from resource"
        )
    migrate.upgrade(with_members, "0038")
    with with_members.begin() as connection:
        said = connection.execute(
            text(
                "select name, who, state, said ->> 'extentPercent', noted_by, evidence, member_id is null"
                " from card_approval join resource on resource.id = resource_id order by name, at"
            )
        ).all()
        shown = connection.execute(
            text(
                "select name, lower(approved_during)::date::text, upper_inf(approved_during) from staff_capacity"
                " join resource on resource.id = resource_id order by name"
            )
        ).all()
    assert said == [
        ("all", "employee", "given", "50", "HR", "Dnr 1", False),
        ("all", "manager", "given", "50", "", "", True),
        ("all", "hr", "given", "50", "", "", True),
        ("one", "employee", "given", "50", "HR", "Dnr 1", False),
    ]
    assert shown == [("all", "2026-11-03", True), ("one", None, None)], "since the last of them"
    with with_members.begin() as connection:
        connection.exec_driver_sql(
            "insert into notice (id, organisation_id, at, code, entity, entity_id, facts)"
            " select gen_random_uuid(), id, now(), unnest(array['card_yours', 'expired']), 'offer', id, '{}'"
            " from (select id from organisation limit 1) as organisation"
        )
    migrate.downgrade(with_members, "0037")
    with with_members.begin() as connection:
        kept = connection.execute(
            text(
                "select count(employee_consent_at), count(hr_consent_at), min(consent_notes #>> '{employee,evidence}')"
                " from staff_capacity"
            )
        ).one()
        told = connection.execute(text("select code from notice")).scalars().all()
    assert kept == (2, 1, "Dnr 1")
    assert told == ["expired"], "the version of before has no words for the others"


def test_0090_makes_one_profile_of_all_and_tells_nobody_more_than_before(postgres):
    """Alva has said the same at both her hubs, Bo can more at one, Cajsa has a second hub, and Disa one."""
    with database(postgres, "0089", OF_TWO_HUBS) as engine:
        migrate.upgrade(engine, "0090")
        with engine.connect() as connection:
            found = connection.execute(
                text(f"select {MEMBER}, can, wonders, told_to from hub_profile order by 1")
            ).all()
            noted = connection.execute(text("select other_id::text from hub_contact")).scalars().all()
        assert found == [
            ("a", ["bim", "juridik"], "Hur?", {"name": "chosen", "can": "members"}),
            ("b", ["bim", "juridik"], "Hur?", {"name": "hosts"}),
            ("c", ["bim"], "Hur?", {}),
            ("d", ["bim"], "Hur?", {"name": "members", "can": "members"}),
        ]
        assert [each[-1] for each in noted] == ["b", "d"], "whose names are told them still"
        migrate.downgrade(engine, "0089")
        with engine.connect() as connection:
            found = connection.execute(text(f"select {MEMBER}, hub_id::text from hub_profile order by 1, 2")).all()
        assert [(member, hub[-1]) for member, hub in found] == [(each, hub) for each in "abc" for hub in "12"] + [
            ("d", "1")
        ]


MEMBER = "right(member_id::text, 1)"
_KEY = "00000000-0000-7000-8000-00000000000"
OF_TWO_HUBS = f"""
set session_replication_role = replica;
insert into hub (id, created_at, updated_at, version, organisation_id, site_id, name, about, landlord, house_rules,
  phase, done, fees)
  select ('{_KEY}' || number)::uuid, now(), now(), 1, gen_random_uuid(), gen_random_uuid(), number, '', '', '', 'run',
  '{{}}', '[]' from unnest(array['1', '2']) as number;
insert into hub_member (id, created_at, updated_at, version, hub_id, member_id, membership_id, state, aims,
  contribution, first_name, welcomed)
  select gen_random_uuid(), now(), now(), 1, ('{_KEY}' || hub)::uuid, ('{_KEY}' || member)::uuid, gen_random_uuid(),
  'active', '', '', '', '{{}}' from unnest(array['a', 'a', 'b', 'b', 'c', 'c', 'd'], array[1, 2, 1, 2, 1, 2, 1])
  as seat (member, hub);
insert into hub_profile (version, created_at, updated_at, id, hub_id, member_id, can, learns, wonders, told_to)
  select 1, now(), now() + hub * interval '1 second', gen_random_uuid(), ('{_KEY}' || hub)::uuid,
  ('{_KEY}' || member)::uuid, string_to_array(can, ','), '{{}}', 'Hur?', told_to::jsonb from (values
  ('a', 1, 'bim,juridik', '{{"name": "hosts", "can": "members"}}'),
  ('a', 2, 'bim,juridik', '{{"name": "chosen", "can": "hosts"}}'),
  ('b', 1, 'juridik', '{{"name": "hosts", "can": "members"}}'),
  ('b', 2, 'bim', '{{"name": "hosts", "can": "members"}}'),
  ('c', 1, 'bim', '{{"name": "members", "can": "members"}}'),
  ('d', 1, 'bim', '{{"name": "members", "can": "members"}}')) as said (member, hub, can, told_to);
insert into hub_contact (hub_id, member_id, other_id, chosen, wanted)
  select '{_KEY}1', ('{_KEY}' || one)::uuid, ('{_KEY}' || other)::uuid, false, true
  from unnest(array['d', 'd', 'd', 'a'], array['a', 'b', 'c', 'd']) as pair (one, other);
"""
