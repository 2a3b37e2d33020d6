"""Taking and giving back units: what PostgreSQL refuses, and what is said about it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from psycopg.errors import InvalidTransactionState
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from core.errors import BadInput, CapacityExceeded, Conflict, NotFound
from core.time.interval import Interval, to_range
from resources.claims import Wanted, change_period, release, set_capacity, take
from resources.models import Claim, ClaimSource, Unit
from tests import builders
from tests.builders import days


def hold(session: Session, unit: Unit, during: Interval, amount: int = 1) -> Claim:
    return take(session, [Wanted(unit.id, amount, during)], ClaimSource.OWNER, note="Styrgruppen")[0]


def room(session: Session) -> Unit:
    return builders.unit_of(session, builders.space(session, name="Storsjön"))


def chairs(session: Session, capacity: int = 40) -> Unit:
    return builders.unit_of(session, builders.furniture(session, capacity=capacity))


def test_a_room_is_taken_once(session: Session) -> None:
    unit = room(session)
    held = hold(session, unit, days(1, 3))
    with pytest.raises(CapacityExceeded) as caught:
        hold(session, unit, days(2, 4))
    [clash] = caught.value.details["clashes"]
    assert clash["resource"] == "Storsjön"
    assert clash["unitId"] == str(unit.id)
    assert (clash["capacity"], clash["taken"], clash["wanted"]) == (1, 1, 1)
    assert clash["from"] == days(2, 4).start.isoformat()
    assert [(claim["id"], claim["source"], claim["note"]) for claim in clash["claims"]] == [
        (str(held.id), "owner", "Styrgruppen")
    ]
    assert "Storsjön" in str(caught.value)


def test_next_to_each_other_is_no_overlap(session: Session) -> None:
    for unit in (room(session), chairs(session, 2)):
        for first in (3, 1, 2):
            hold(session, unit, days(first, first + 1), unit.capacity)


def test_counted_things_up_to_their_number(session: Session) -> None:
    unit = chairs(session)
    hold(session, unit, days(1, 5), 25)
    hold(session, unit, days(4, 8), 15)
    with pytest.raises(CapacityExceeded) as caught:
        hold(session, unit, days(3, 6), 1)
    [clash] = caught.value.details["clashes"]
    assert (clash["capacity"], clash["taken"], clash["wanted"]) == (40, 40, 1)
    hold(session, unit, days(5, 8), 25)


def test_more_than_there_is(session: Session) -> None:
    with pytest.raises(CapacityExceeded) as caught:
        hold(session, chairs(session), days(1, 2), 41)
    assert caught.value.details["clashes"][0]["taken"] == 0  # type: ignore[index]


def test_handed_over_for_good_is_gone_for_good(session: Session) -> None:
    unit = chairs(session)
    hold(session, unit, days(10, None), 30)
    hold(session, unit, days(1, 10), 40)
    with pytest.raises(CapacityExceeded) as caught:
        hold(session, unit, days(4000, 4001), 11)
    assert caught.value.details["clashes"][0]["claims"][0]["until"] is None  # type: ignore[index]
    hold(session, unit, days(4000, None), 10)


def test_all_or_nothing(session: Session) -> None:
    first, second = room(session), room(session)
    hold(session, second, days(1, 2))
    with pytest.raises(CapacityExceeded):
        take(session, [Wanted(first.id, 1, days(1, 2)), Wanted(second.id, 1, days(1, 2))], ClaimSource.OWNER)
    hold(session, first, days(1, 2))  # the first was not left taken


def test_what_is_wanted_together_counts_together(session: Session) -> None:
    unit = chairs(session, 12)
    both = [Wanted(unit.id, 8, days(1, 3)), Wanted(unit.id, 8, days(2, 4))]
    with pytest.raises(CapacityExceeded) as caught:
        take(session, both, ClaimSource.OWNER)
    clash = caught.value.details["clashes"][0]  # type: ignore[index]
    assert (clash["taken"], clash["wanted"], clash["claims"]) == (0, 16, [])


def test_a_hall_and_its_halves(session: Session) -> None:
    hall = builders.hall(session)
    halves = session.execute(text("select id from unit where resource_id = :hall"), {"hall": hall.id}).scalars().all()
    take(session, [Wanted(halves[0], 1, days(1, 2))], ClaimSource.OWNER)
    with pytest.raises(CapacityExceeded) as caught:
        take(session, [Wanted(half, 1, days(1, 2)) for half in halves], ClaimSource.OWNER)
    assert [clash["unitId"] for clash in caught.value.details["clashes"]] == [str(halves[0])]  # type: ignore[attr-defined]
    take(session, [Wanted(half, 1, days(2, 3)) for half in halves], ClaimSource.OWNER)


def test_release_frees_and_may_be_done_twice(session: Session) -> None:
    for unit in (room(session), chairs(session, 3)):
        held = hold(session, unit, days(1, 3), unit.capacity)
        release(session, [held])
        freed_at = held.released_at
        release(session, [held])
        assert held.released_at == freed_at
        hold(session, unit, days(1, 3), unit.capacity)


def test_a_claim_moves_only_where_it_fits(session: Session) -> None:
    for unit in (room(session), chairs(session, 3)):
        hold(session, unit, days(1, 3), unit.capacity)
        moving = hold(session, unit, days(3, 5), unit.capacity)
        with pytest.raises(CapacityExceeded):
            change_period(session, moving.id, days(2, 5))
        assert moving.during == to_range(days(3, 5))
        change_period(session, moving.id, days(4, 6))  # over where it stood itself
        hold(session, unit, days(3, 4), unit.capacity)


def test_an_amount_grows_only_where_it_fits(session: Session) -> None:
    unit = chairs(session)
    hold(session, unit, days(1, 3), 25)
    growing = hold(session, unit, days(2, 5), 10)
    assert change_period(session, growing.id, days(2, 5), 15).amount == 15
    with pytest.raises(CapacityExceeded) as caught:
        change_period(session, growing.id, days(2, 5), 16)
    clash = caught.value.details["clashes"][0]  # type: ignore[index]
    assert (clash["taken"], clash["wanted"]) == (25, 16)
    assert growing.amount == 15


def test_what_is_released_does_not_move(session: Session) -> None:
    held = hold(session, room(session), days(1, 2))
    release(session, [held])
    with pytest.raises(Conflict, match="released"):
        change_period(session, held.id, days(3, 4))


def test_capacity_is_not_lowered_below_what_is_claimed(session: Session) -> None:
    unit = chairs(session)
    hold(session, unit, days(1, 5), 20)
    hold(session, unit, days(4, 9), 15)
    set_capacity(session, unit.id, 35)
    with pytest.raises(CapacityExceeded) as caught:
        set_capacity(session, unit.id, 34)
    [clash] = caught.value.details["clashes"]
    assert (clash["capacity"], clash["taken"], clash["wanted"]) == (34, 35, 0)
    assert (clash["from"], clash["until"]) == (days(4, 5).start.isoformat(), days(4, 5).limit.isoformat())
    assert len(clash["claims"]) == 2


def test_capacity_of_one_and_back(session: Session) -> None:
    unit = chairs(session, 1)
    hold(session, unit, days(1, 3))
    set_capacity(session, unit.id, 3)
    second = hold(session, unit, days(2, 4), 2)
    with pytest.raises(CapacityExceeded):
        set_capacity(session, unit.id, 1)
    release(session, [second])
    set_capacity(session, unit.id, 1)
    with pytest.raises(CapacityExceeded):
        hold(session, unit, days(2, 4))


def test_two_of_one_do_not_become_one(session: Session) -> None:
    unit = chairs(session, 2)
    hold(session, unit, days(1, 3))
    hold(session, unit, days(2, 4))
    with pytest.raises(CapacityExceeded):
        set_capacity(session, unit.id, 1)


def test_what_is_over_does_not_hinder(session: Session) -> None:
    unit = chairs(session)
    hold(session, unit, days(-20, -10), 40)
    set_capacity(session, unit.id, 10)


def test_what_does_not_exist(session: Session) -> None:
    with pytest.raises(NotFound):
        take(session, [Wanted(uuid4(), 1, days(1, 2))], ClaimSource.OWNER)
    with pytest.raises(NotFound):
        change_period(session, uuid4(), days(1, 2))
    with pytest.raises(BadInput):
        Wanted(uuid4(), 0, days(1, 2))
    assert take(session, [], ClaimSource.OWNER) == []
    release(session, booking_id=uuid4())


# What PostgreSQL refuses whatever code path tries it.

INSERT = """
insert into claim (id, unit_id, unit_capacity, amount, during, source, note, created_at, updated_at)
select gen_random_uuid(), :unit, :capacity, :amount, {during}, 'owner', '', now(), now() {rows}
"""
PERIOD = "tstzrange(:start, :end)"


def insert(
    session: Session, unit: Unit, during: Interval, amount: int, sql: str = INSERT.format(during=PERIOD, rows="")
) -> None:
    values = {"unit": unit.id, "capacity": unit.capacity, "amount": amount, "start": during.start, "end": during.end}
    with session.begin_nested():
        session.execute(text(sql), values)


def refused(session: Session, unit: Unit, sql: str) -> str:
    """Return the constraint that refuses a statement."""
    with pytest.raises(DBAPIError) as caught, session.begin_nested():
        session.execute(text(sql), {"unit": unit.id, "capacity": unit.capacity, "amount": 2})
    return str(caught.value.orig.diag.constraint_name)  # type: ignore[union-attr]


@pytest.mark.parametrize("capacity", [1, 2])
def test_plain_sql_is_refused_too(session: Session, capacity: int) -> None:
    unit = chairs(session, capacity)
    insert(session, unit, days(1, 3), capacity)
    insert(session, unit, days(3, 5), capacity)
    expected = "ex_claim_exclusive" if capacity == 1 else "claim_within_capacity"
    during = "(select during from claim where unit_id = :unit order by during limit 1)"
    one = INSERT.format(during=during, rows="").replace(":amount", "1")
    assert refused(session, unit, one) == expected
    moved = f"update claim set during = {during} where unit_id = :unit"
    assert refused(session, unit, moved) == expected


def test_many_rows_of_one_statement_count_together(session: Session) -> None:
    unit = chairs(session, 5)
    many = INSERT.format(during="tstzrange(now(), null)", rows="from generate_series(1, 3)")
    assert refused(session, unit, many) == "claim_within_capacity"


def test_a_released_claim_is_not_taken_back_where_it_does_not_fit(session: Session) -> None:
    unit = chairs(session, 3)
    release(session, [hold(session, unit, days(1, 3), 2)])
    hold(session, unit, days(1, 3), 2)
    assert (
        refused(session, unit, "update claim set released_at = null where unit_id = :unit") == "claim_within_capacity"
    )


@pytest.mark.parametrize("during", ["'empty'", "tstzrange(null, now())", "tstzrange(now(), now() + '1 day', '[]')"])
def test_a_period_is_half_open_and_has_a_start(session: Session, during: str) -> None:
    assert refused(session, chairs(session), INSERT.format(during=f"{during}::tstzrange", rows="")) == "ck_claim_period"


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_old_snapshots_are_refused(engine: Engine, isolation: str) -> None:
    with Session(engine) as session:
        unit = chairs(session)
        session.commit()
        session.connection(execution_options={"isolation_level": isolation})
        with pytest.raises(DBAPIError) as caught:
            insert(session, unit, days(1, 2), 1)
    assert isinstance(caught.value.orig, InvalidTransactionState)


def test_the_capacity_that_a_claim_carries_is_that_of_its_unit(session: Session) -> None:
    unit = room(session)
    wrong = INSERT.format(during="tstzrange(now(), null)", rows="").replace(":capacity", "5")
    assert refused(session, unit, wrong) == "fk_claim_unit_id_unit_capacity"


def test_ten_thousand_claims_on_a_unit_do_not_make_the_next_one_slow(session: Session) -> None:
    unit = chairs(session)
    start = datetime(2027, 1, 1, tzinfo=UTC)
    session.execute(
        text(
            INSERT.format(
                during="tstzrange(cast(:start as timestamptz) + n * interval '1 hour',"
                " cast(:start as timestamptz) + (n + 1) * interval '1 hour')",
                rows="from generate_series(1, 10000) n",
            )
        ),
        {"unit": unit.id, "capacity": unit.capacity, "amount": 39, "start": start},
    )
    plan = session.execute(
        text(
            "explain select 1 from claim where unit_id = :unit and during && tstzrange(:start, :end)"
            " and released_at is null"
        ),
        {"unit": unit.id, "start": start, "end": start + timedelta(hours=1)},
    ).scalars()
    assert "ix_claim_unit_id_during" in " ".join(plan)
    with pytest.raises(CapacityExceeded):
        hold(session, unit, Interval(start + timedelta(hours=5000), start + timedelta(hours=5001)), 2)
