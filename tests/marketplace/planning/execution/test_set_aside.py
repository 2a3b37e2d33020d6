"""Rows that cannot be read or used: the run goes on without them, and says so to whoever can mend them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from core.time.interval import Interval
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.planning import attempts, service
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.snapshot import load
from marketplace.proposals.models import ProposalLine
from marketplace.requests.models import Need, Request
from marketplace.runs.models import RunState
from marketplace.runs.set_aside import Fault, set_aside
from resources.models import Resource, Site
from tests import builders
from tests.marketplace.planning.execution.runs import done, market, read, rows, written

pytestmark = pytest.mark.usefixtures("sent")

FAR = {"type": "period", "first": "2999-01-01", "last": "2999-01-31"}


def spoil(table: type[Any], key: UUID, **values: Any) -> None:
    """Write what no version of ours would."""
    with written() as session:
        session.execute(update(table).where(table.id == key).values(**values))


def request_of(need_id: UUID) -> Request:
    with written() as session:
        return session.get_one(Request, session.get_one(Need, need_id).request_id)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"timing": {"type": "when it suits"}}, Fault.TIMING),
        ({"timing": {"type": "fixed", "start": "2027-01-01T08:00:00Z"}}, Fault.TIMING),
        ({"timing": FAR | {"last": "9999-12-31"}}, Fault.TIMING),
        ({"timing": []}, Fault.TIMING),
        ({"timing": FAR}, Fault.TOO_FAR),
        ({"timing": FAR | {"last": None}}, Fault.TOO_FAR),
        ({"requirements": {"people": "many"}}, Fault.REQUIREMENTS),
        ({"requirements": {"equipmentMust": ["piano"]}}, Fault.REQUIREMENTS),
        ({"requirements": []}, Fault.REQUIREMENTS),
        ({"family": "ship"}, Fault.REQUIREMENTS),
        ({"municipality_code": "9999", "latitude": None}, Fault.UNUSABLE),
    ],
)
def test_a_need_that_cannot_be_used_is_named_and_the_others_are_served(
    engine: Engine, values: dict[str, Any], fault: Fault
) -> None:
    needs, _ = market(rooms=2, needs=2)
    spoil(Need, needs[0], **values, ends_at=None)
    with written() as session:
        coordinating = builders.coordinator(session).organisation_id
    run = read(done())
    assert (run.state, run.served) == (RunState.DONE, 1)
    asker = request_of(needs[0])
    [left] = set_aside(run.set_aside)
    assert (left.fault, left.organisation_id, left.request_id, left.need_id) == (
        fault,
        asker.organisation_id,
        asker.id,
        needs[0],
    )
    assert {(each.organisation_id, each.entity_id) for each in rows(Notice) if each.code == "set_aside"} == {
        (asker.organisation_id, asker.id),
        (coordinating, run.id),
    }
    done()
    assert len([each for each in rows(Notice) if each.code == "set_aside"]) == 2, "they wait unread"


def test_of_a_bundle_with_a_need_that_cannot_be_read_nothing_is_proposed(engine: Engine) -> None:
    with written() as session:
        for _ in range(2):
            builders.offer(session)
        request = builders.request(session, together=True)
        first = builders.need(session, request).id
        builders.need(session, request)
    spoil(Need, first, requirements={"people": "many"})
    run = read(done())
    assert (run.served, rows(ProposalLine)) == (0, [])
    assert [each.need_id for each in set_aside(run.set_aside)] == [first]
    spoil(Need, first, requirements={})
    assert read(done()).served == 2, "mended, it is matched"


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Resource, {"facts": {"seats": "many"}}),
        (Resource, {"facts": []}),
        (Resource, {"opening_hours": {"weekly": "never"}}),
        (Resource, {"family": "boat"}),
        (Site, {"opening_hours": [1]}),
    ],
)
def test_an_offer_that_cannot_be_read_is_named_and_the_others_are_proposed(
    engine: Engine, table: type[Any], values: dict[str, Any]
) -> None:
    _, offers = market(rooms=2, needs=1)
    with written() as session:
        broken = session.get_one(Offer, offers[0])
        resource = session.get_one(Resource, broken.resource_id)
    spoil(table, resource.id if table is Resource else resource.site_id, **values)
    run = read(done())
    assert run.served == 1
    [left] = set_aside(run.set_aside)
    assert (left.fault, left.organisation_id, left.offer_id) == (Fault.OFFER, broken.organisation_id, broken.id)
    assert [line.offer_id for line in rows(ProposalLine)] == [offers[1]]
    assert (broken.organisation_id, broken.id) in {(each.organisation_id, each.entity_id) for each in rows(Notice)}


def test_one_request_is_looked_for_beside_rows_that_cannot_be_read(engine: Engine) -> None:
    needs, _ = market(rooms=2, needs=2)
    spoil(Need, needs[0], timing={"type": "?"})
    for need_id, served in ((needs[1], 1), (needs[0], 0)):
        with written() as session:
            run_id = service.queue_local_run(session, builders.coordinator(session), request_of(need_id).id).id
        attempts.execute(run_id)
        assert (read(run_id).state, read(run_id).served) == (RunState.DONE, served)
    assert [each.need_id for each in set_aside(read(run_id).set_aside)] == [needs[0]]


def test_hours_are_only_looked_at_where_somebody_asks_for_open_doors(engine: Engine) -> None:
    """One need far ahead does not have every day until then looked at, and both are served as if alone."""
    with written() as session:
        weekdays = {"weekly": {"mo": [{"fromTime": "08:00", "untilTime": "17:00"}]}}
        during = Interval(builders.at(0), builders.at(365 * 60))
        builders.offer(session, builders.space(session, builders.site(session, opening_hours=weekdays)), during)
        far = builders.at(365 * 50 + 20)
        monday = far.replace(hour=9) + (builders.at(7 - far.weekday()) - builders.at(0))
        request = builders.request(session)
        need = builders.need(session, request)
        timing = {"type": "fixed", "start": monday.isoformat(), "end": monday.replace(hour=11).isoformat()}
    spoil(Need, need.id, timing=timing, ends_at=monday)
    with written() as session:
        snapshot = load.load(session, None)
        filters = CandidateFilter(snapshot)
        assert len(filters.apply(snapshot.needs[0])) == 1
        opening = snapshot.offers[0].opening
        assert opening is not None
        days = sum((last - first).days for first, last in snapshot.calendar.asked_dates())
        assert days < 150
        assert len(filters.free.hours(opening).starts) < days
