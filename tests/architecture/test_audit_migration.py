"""Entries from before the chain are chained by its migration, and it can be taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.database.audit import chain
from core.database.postgres import migrate
from tests.architecture.earlier import database

MEMBER = "01980000-0000-7000-8000-000000000002"
OF_VERSION_0011 = """
insert into organisation (version, created_at, updated_at, id, name, short_name, kind, municipality_code, county_code)
  values (1, now(), now(), 'K-01', 'Myndigheten', 'My', 'state_agency', '2380', '23');
insert into member (version, created_at, updated_at, id, organisation_id, name, email, roles, language, active)
  values (1, now(), now(), 'K-02', 'K-01', 'Samordnaren', 'samordnare@example.se', '{}', 'sv', true);
insert into audit_entry (id, at, actor_id, actor_name, entity, entity_id, to_state, details)
  select gen_random_uuid(), now(), case when n > 1 then 'K-02'::uuid end, 'x', 'e', 'K-03', 's' || n, '{"a": 1}'
  from generate_series(1, 3) n;
""".replace("K-", MEMBER[:-2])


@pytest.fixture
def before(postgres) -> Iterator[Engine]:
    """A database of version 0011, with a member and three entries."""
    with database(postgres, "0011", OF_VERSION_0011) as engine:
        yield engine


def test_0012_chains_what_was_there_and_taken_back_knows_the_names(before: Engine):
    migrate.upgrade(before, "0012")
    with Session(before) as session:
        found = chain.verify(session)
        assert (found.entries, found.breaks) == (3, ())
        in_order = session.scalars(
            text("select to_state from audit_entry join audit_seal on entry_id = id order by number")
        )
        assert in_order.all() == ["s1", "s2", "s3"]
    migrate.downgrade(before, "0011")
    with before.begin() as connection:
        names = connection.scalars(text("select actor_name from audit_entry order by sequence")).all()
        assert names == ["system", "Samordnaren", "Samordnaren"]
        assert connection.scalars(text("select proname from pg_proc where proname like 'audit%'")).all() == []
        connection.execute(text("delete from audit_entry"))
    assert "audit_seal" not in inspect(before).get_table_names()


def test_0014_makes_room_for_the_clock_and_is_taken_back(before: Engine):
    migrate.upgrade(before, "0014")
    with before.begin() as connection:
        connection.execute(text("insert into clock_watch (id, seen_at, settled_at) values (1, now(), now())"))
    with pytest.raises(IntegrityError, match="ck_clock_watch_only"), before.begin() as connection:
        connection.execute(text("insert into clock_watch (id, seen_at, settled_at) values (2, now(), now())"))
    migrate.downgrade(before, "0013")
    assert "clock_watch" not in inspect(before).get_table_names()
