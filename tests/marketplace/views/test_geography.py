"""What goes where in a run: needs and what serves them by municipality, and the ways between."""

from sqlmodel import Session

from marketplace.runs.models import NeedOutcome
from marketplace.views.geography import Flow, Spot, geography
from tests import builders
from tests.counting import counted

KROKOM = {"municipality_code": "2309", "latitude": 63.33, "longitude": 14.45}


def test_it_counts_needs_by_place_and_from_where_they_are_served(session: Session) -> None:
    run, another = builders.matching_run(session), builders.matching_run(session)
    near = builders.offer(session, builders.space(session, builders.site(session, **KROKOM)))
    card = builders.offer(session, builders.staff(session))

    def need(**where: object):
        made = builders.need(session, builders.request(session), **where)
        builders.added(session, NeedOutcome(run_id=run.id, need_id=made.id, served=False, code="no_option"))
        return made

    served, with_a_person = need(), need()
    need()
    need(municipality_code=None)
    builders.approved(session, (served, near), run_id=run.id)
    builders.approved(session, (with_a_person, card), run_id=run.id)
    builders.approved(session, (builders.need(session, builders.request(session)), near), run_id=another.id)
    for each in (served, with_a_person):
        session.get_one(NeedOutcome, (run.id, each.id)).served = True
    session.flush()
    with counted(session) as sent:
        found = geography(session, run.id)
    assert found.spots == [Spot("2380", 3, 2, 0), Spot("2309", 0, 0, 1)]
    assert found.spots[0].unserved == 1
    assert [(each.origin, each.target, each.needs) for each in found.flows] == [("2309", "2380", 1)]
    assert isinstance(found.flows[0], Flow)
    assert found.nowhere == 1
    assert len(sent) == 2
