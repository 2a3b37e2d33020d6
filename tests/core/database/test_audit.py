"""The audit only grows, and whoever changes it behind the product's back is found out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session
from typer.testing import CliRunner

from api.cli.main import app as command_line
from core.actor import Actor
from core.database import audit, db
from core.database.audit import chain
from core.database.audit.chain import Head
from core.database.audit.pruning import prune
from core.database.postgres import roles
from core.errors import BadInput, Conflict
from core.time import clock

SOMEBODY = Actor(uuid4(), "Samordnaren", uuid4(), "23")


def written(count: int = 6) -> list[UUID]:
    """Write entries with all that an entry can hold, the last of them by the system, each in a transaction."""
    things = [uuid4() for _ in range(count)]
    for number, thing in enumerate(things):
        with db.unit_of_work() as session:
            actor = SOMEBODY if number < count - 1 else None
            details = {"å": [1, 2.5, None, True], "b": {"ü": '"\\\n'}, "aa": 10**12}
            moved = {"from_state": "open", "to_state": "closed", "reason_code": "x", "words": "Så här\u2028är det ☃"}
            audit.record(session, actor, "thing", thing, run_id=uuid4(), details=details, **moved)
    return things


def verified(kept: Head | None = None) -> chain.Verification:
    with db.unit_of_work() as session:
        return chain.verify(session, kept)


def tamper(owner: Engine, *statements: str, **values: object) -> None:
    with owner.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)


@pytest.mark.usefixtures("engine")
def test_what_was_written_is_verified_whatever_it_holds():
    assert verified() == chain.Verification(0, None, ())
    written()
    with clock.frozen(clock.now().replace(microsecond=0)), db.unit_of_work() as session:
        audit.record_moves(session, SOMEBODY, "thing", {uuid4(): "open", uuid4(): "paused"}, "closed")
    found = verified()
    assert (found.entries, found.breaks, found.head.number) == (8, (), 8)
    assert verified(found.head).breaks == ()


def test_many_writers_at_once_make_one_chain(engine: Engine):
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda _: written(5), range(8)))
    found = verified()
    assert (found.entries, found.breaks) == (40, ())


THIRD = "(select entry_id from audit_seal where number = 3)"
FOURTH = "(select entry_id from audit_seal where number = 4)"
TWO = f"a.id in ({THIRD}, {FOURTH}) and b.id in ({THIRD}, {FOURTH}) and a.id <> b.id"
CHANGES = {
    "a state": (f"update audit_entry set to_state = 'open' where id = {THIRD}", [3]),
    "details": (f"update audit_entry set details = '{{}}' where id = {THIRD}", [3]),
    "whom": (f"update audit_entry set actor_id = gen_random_uuid() where id = {THIRD}", [3]),
    "when": (f"update audit_entry set at = at - interval '1 microsecond' where id = {THIRD}", [3]),
    "deleted": (f"delete from audit_entry where id = {THIRD}", [3]),
    "deleted with its seal": (
        f"delete from audit_entry where id = {THIRD}; delete from audit_seal where number = 3",
        [4, 4],
    ),
    "the first": ("delete from audit_entry where id = (select entry_id from audit_seal where number = 1)", [1]),
    "swapped": (f"update audit_entry a set entity_id = b.entity_id from audit_entry b where {TWO}", [3, 4]),
    "swapped seals": (
        (
            "update audit_seal set number = -number where number in (3, 4); update audit_seal set number ="
            " case number when -3 then 4 else 3 end where number in (-3, -4)"
        ),
        [3, 4, 5],
    ),
    "put in": (
        (
            "insert into audit_entry (id, at, entity, entity_id, details)"
            " values (gen_random_uuid(), now(), 'thing', gen_random_uuid(), '{}')"
        ),
        [None],
    ),
    "resealed alone": (
        (
            f"update audit_entry set to_state = 'open' where id = {THIRD};"
            "update audit_seal set hash = sha256('x') where number = 3"
        ),
        [3, 4],
    ),
    "guard off": ("alter table audit_entry disable trigger audit_entry_kept", [None]),
}


def test_each_change_is_found_and_told_where(engine: Engine, owner: Engine):
    written()
    for name, (statements, numbers) in CHANGES.items():
        with owner.connect() as connection, Session(connection) as session:
            connection.execute(text("set local session_replication_role = replica"))
            for statement in statements.split(";"):
                connection.execute(text(statement))
            breaks = chain.verify(session).breaks
            connection.rollback()
        assert [each.number for each in breaks] == numbers, name
        assert all(str(each) for each in breaks)
    assert verified().breaks == ()


def test_a_cut_end_or_a_chain_made_anew_shows_to_whoever_kept_a_head(engine: Engine, owner: Engine):
    written()
    head = verified().head
    cut = "delete from {} where {} in (select entry_id from audit_seal where number > 4)"
    tamper(owner, cut.format("audit_entry", "id"), "delete from audit_seal where number > 4")
    assert verified().breaks == ()
    assert [str(each) for each in verified(head).breaks] == ["seal 4: seals 5 to 6 are gone: the end was cut off"]
    written(2)
    assert [each.number for each in verified(head).breaks] == [6]


@pytest.mark.parametrize("statement", ["update {} set {}", "delete from {}", "truncate {}"])
@pytest.mark.parametrize(
    ("table", "change"), [("audit_entry", "to_state = 'x'"), ("audit_seal", "number = number + 10")]
)
def test_neither_the_application_nor_the_owner_changes_it(engine: Engine, owner: Engine, statement, table, change):
    for who, refusal in ((engine, f"permission denied for table {table}"), (owner, "The audit only grows")):
        with pytest.raises(ProgrammingError, match=refusal), who.begin() as connection:
            connection.execute(text(statement.format(table, change)))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into audit_seal values (1, gen_random_uuid(), '')",
        "alter table audit_entry disable trigger all",
        "drop trigger audit_entry_kept on audit_entry",
        "create or replace function audit_kept() returns trigger language plpgsql as $$ begin return null; end $$",
        "set session_replication_role = replica",
        "create table audit_seal_2 (number int)",
        "delete from alembic_version",
    ],
)
def test_the_application_can_get_round_no_guard(engine: Engine, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
        connection.execute(text(statement))


def test_a_role_that_may_change_the_audit_is_told(engine: Engine, owner: Engine):
    with Session(engine) as session:
        roles.check_parted(session)
    with Session(owner) as session, pytest.raises(Conflict, match="PLATSVERKET_DATABASE_OWNER_URL"):
        roles.check_parted(session)
    with owner.begin() as connection:
        connection.execute(text("grant delete on audit_entry to application"))
    with Session(engine) as session, pytest.raises(Conflict, match="may change the audit"):
        roles.check_parted(session)
    roles.admit(owner, engine.url)
    with Session(engine) as session:
        roles.check_parted(session)


def test_verify_as_a_command_tells_the_head_and_exits_with_1_where_it_is_broken(engine: Engine, owner: Engine):
    written(3)
    told = CliRunner().invoke(command_line, ["audit", "verify"])
    assert (told.exit_code, "3 entries, 0 breaks" in told.output) == (0, True)
    head = told.output.rpartition("Head ")[2].strip()
    tamper(owner, f"delete from audit_entry where id = {THIRD}")
    told = CliRunner().invoke(command_line, ["audit", "verify", "--head", head])
    assert told.exit_code == 1
    assert "seal 3, entry " in told.output
    assert "the entry is gone" in told.output


def test_a_head_is_written_as_it_is_read():
    head = Head(7, bytes(32))
    assert Head.read(f" {head}\n") == head
    for wrong in ("", "7", f"7:{'0' * 63}", f"-7:{'0' * 64}", f"{'9' * 19}:{'0' * 64}"):
        with pytest.raises(BadInput, match="number:hash"):
            Head.read(wrong)


def test_the_oldest_are_disposed_of_by_the_owner_alone_and_the_rest_verifies(engine: Engine, owner: Engine):
    old = clock.now() - timedelta(days=800)
    with clock.frozen(old):
        written(3)
    kept = verified().head
    written(2)
    with pytest.raises(BadInput, match="a year ago"):
        prune(owner, clock.now())
    with pytest.raises(ProgrammingError, match="must be owner"):
        prune(engine, old + timedelta(days=1))
    assert prune(owner, old) is None
    assert prune(owner, old + timedelta(days=1)) == kept
    found = verified(kept)
    assert (found.entries, found.breaks, found.pruned, found.head.number) == (3, (), kept, 6)
    assert [each.number for each in verified(Head(kept.number, bytes(32))).breaks] == [kept.number]
    tamper(owner, "delete from audit_entry where id = (select entry_id from audit_seal where number = 4)")
    assert [each.number for each in verified().breaks] == [4]


@pytest.mark.usefixtures("engine")
def test_an_entry_that_says_it_was_pruned_hides_nothing():
    written(2)
    with db.unit_of_work() as session:
        audit.record(session, SOMEBODY, "audit", uuid4(), to_state="pruned", details={"head": f"2:{'0' * 64}"})
    assert (verified().breaks, verified().pruned) == ((), None)
