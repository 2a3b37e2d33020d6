"""What of each unit is taken, proposed and free, day by day."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from marketplace.views.timeline import TimelineSearch, UnitUse, Whose, timeline
from tests import builders
from tests.counting import counted
from tests.marketplace.proposals.deals import deal


def test_each_use_stands_on_its_days_and_the_rest_is_free(session: Session) -> None:
    proposed, asked = deal(session, approved=False), deal(session)
    closed = builders.offer(session, during=builders.days(-5, 20))
    unit = builders.unit_of(session, builders.resource_of(session, closed))
    builders.claim(session, unit, builders.days(2, 4))
    builders.claim(session, unit, builders.Interval(builders.at(-3, 9), builders.at(0, 9)))
    builders.claim(session, unit, builders.days(19, None))
    search = TimelineSearch(clock.today(), 30)
    found = timeline(session, proposed.coordinator, search, 1, 50)
    rows = {UUID(row.unit.offer_key): row for row in found.items}
    row = rows[closed.id]
    assert row.unit.open == (0, 20)
    assert [(bar.use, bar.first, bar.days, bar.path) for bar in row.bars] == [
        (UnitUse.CLOSED, 0, 1, None),
        (UnitUse.CLOSED, 2, 2, None),
        (UnitUse.CLOSED, 19, 11, None),
    ]
    assert row.free == 16
    for each, use in ((proposed, UnitUse.PROPOSED), (asked, UnitUse.ASKED)):
        [bar] = rows[each.offers[0].id].bars
        assert (bar.use, bar.first, bar.days) == (use, 14, 1)
        assert bar.path == f"/proposals/{each.proposal.id}"
    with counted(session) as one:
        timeline(session, proposed.coordinator, search, 1, 1)
    with counted(session) as many:
        timeline(session, proposed.coordinator, search, 1, 50)
    assert len(one) == len(many)
    elsewhere = TimelineSearch(clock.today() + timedelta(days=400), 30)
    assert timeline(session, proposed.coordinator, elsewhere, 1, 50).total == 0
    [own] = timeline(session, proposed.lister, search, 1, 50).items
    assert (UUID(own.unit.offer_key), own.bars, own.free) == (proposed.offers[0].id, (), 30)  # nobody has asked yet
    assert timeline(session, proposed.lister, TimelineSearch(clock.today(), 30, "vehicle", "18"), 1, 50).total == 0
    [own] = timeline(session, asked.lister, search, 1, 50).items
    assert [(bar.use, bar.path) for bar in own.bars] == [(UnitUse.ASKED, f"/proposals/{asked.proposal.id}")]
    assert timeline(session, proposed.coordinator, TimelineSearch(clock.today(), family="vehicle"), 1, 50).total == 0
    assert timeline(session, proposed.coordinator, TimelineSearch(clock.today(), whose=Whose.OWN), 1, 50).total == 0
    both = builders.actor(session, builders.home_of(session, asked.offers[0]), roles=["coordinator", "lister"])
    [own] = timeline(session, both, TimelineSearch(clock.today(), whose=Whose.OWN), 1, 50).items
    assert (UUID(own.unit.offer_key), [bar.use for bar in own.bars]) == (asked.offers[0].id, [UnitUse.ASKED])
