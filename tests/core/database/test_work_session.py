"""How the unit of work asks the database: columns without objects, and their description to who asks for it."""

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.database.db import WorkSession
from core.database.postgres.cursor import LaconicCursor
from marketplace.organisations.models import Organisation
from tests import builders


def _work_session(session: Session) -> WorkSession:
    return WorkSession(session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)


def test_columns_are_read_with_what_has_been_changed(session: Session) -> None:
    key = builders.organisation(session, name="Regionen").id
    session.flush()
    with _work_session(session) as work:
        row = work.get_one(Organisation, key)
        row.name = "Regionen i norr"
        found = work.execute(select(Organisation.id, Organisation.name).where(col(Organisation.id) == key)).one()
        assert (found.id, found.name) == (key, "Regionen i norr")


def test_what_is_kept_back_stays_so_while_columns_are_read(session: Session) -> None:
    key = builders.organisation(session, name="Regionen").id
    session.flush()
    with _work_session(session) as work:
        row = work.get_one(Organisation, key)
        row.name = "Regionen i norr"
        with work.no_autoflush:
            found = work.execute(select(Organisation.id, Organisation.name).where(col(Organisation.id) == key)).one()
        assert found.name == "Regionen"
        assert row in work.dirty


def test_rows_stay_the_ones_that_are_known(session: Session) -> None:
    key = builders.organisation(session).id
    session.flush()
    with _work_session(session) as work:
        row = work.get_one(Organisation, key)
        beside = select(Organisation, Organisation.name).where(col(Organisation.id) == key)
        assert work.execute(beside).one()[0] is row


def test_columns_are_described_to_who_asks(session: Session) -> None:
    with session.connection().connection.cursor() as cursor:
        assert isinstance(cursor, LaconicCursor)
        cursor.execute("select 1 as one, 'a' as two")
        assert [each.name for each in cursor.description] == ["one", "two"]
        assert len(cursor.description) == 2
        cursor.execute("set local work_mem to '4MB'")
        assert cursor.description is None


def test_a_text_in_sql_is_read_by_the_names_of_its_columns(session: Session) -> None:
    found = session.execute(text("select 2 as two, 3 as three")).one()
    assert (found.three, found.two) == (3, 2)
