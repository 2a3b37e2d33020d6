"""A wish through whatever its owner does and time brings: where it ends, and that its card is there only when asked."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core.errors import Conflict, NotFound, StateChanged
from marketplace.mobility import queries, wishes
from marketplace.mobility.models import InterestState, WishState
from marketplace.offers.models import Offer, OfferState
from marketplace.planning import wishing
from tests import builders
from tests.marketplace.mobility.wishing import draft, home, need

W, S = WishState, InterestState
MOVES = {
    "open": dict.fromkeys((W.DRAFT, W.OPEN, W.PAUSED, W.EXPIRED), W.OPEN),
    "pause": {W.OPEN: W.PAUSED},
    "end": dict.fromkeys((W.DRAFT, W.OPEN, W.PAUSED, W.EXPIRED), W.ENDED),
    "expire": dict.fromkeys((W.DRAFT, W.OPEN, W.PAUSED), W.EXPIRED) | {W.EXPIRED: W.EXPIRED, W.ENDED: W.ENDED},
}
SAYS = {
    "ask": {None: S.ASKED, S.WITHDRAWN: S.ASKED, S.ASKED: S.ASKED},
    "withdraw": {None: None, S.DISMISSED: S.DISMISSED, S.WITHDRAWN: S.WITHDRAWN, S.ASKED: S.WITHDRAWN},
    "dismiss": {None: S.DISMISSED, S.DISMISSED: S.DISMISSED, S.WITHDRAWN: S.DISMISSED},
    "show_again": {None: None, S.DISMISSED: S.WITHDRAWN},
}
"""What becomes of a wish, and of what it says of a need; anything else is refused, and changes nothing."""
Stands = tuple[WishState, InterestState | None]


def becomes(stands: Stands, event: str) -> Stands | None:
    """Return what an event makes of it, nothing where it is refused."""
    wish, said = stands
    if event in MOVES:
        to = MOVES[event].get(wish)
        return to and (to, S.WITHDRAWN if to is W.ENDED and said is S.ASKED else said)
    if said not in SAYS[event] or (event == "ask" and wish is not W.OPEN and said is not S.ASKED):
        return None
    return wish, SAYS[event][said]


@settings(max_examples=6)
@example(["ask", "show_again", "pause", "end"])
@example(["dismiss", "ask", "show_again", "ask"])
@given(st.lists(st.sampled_from([*MOVES, *SAYS, "open", "ask"]), min_size=3, max_size=8))
def test_a_wish_is_its_owners_alone_and_its_card_is_there_only_while_it_is_asked_about(
    session: Session, events: list[str]
) -> None:
    with session.begin_nested() as nested:
        at_home, asked = home(session), need(session)
        employee, stranger = at_home.employee, builders.actor(session, roles=["hr", "coordinator"])
        row = at_home.wish if events[0] != "open" else wishes.write(session, employee, draft())
        stands: Stands = row.state, None
        acts = {"open": wishes.open_, "pause": wishes.pause, "end": wishes.end}
        says = {each: getattr(wishing, each) for each in SAYS}
        for event in events:
            expected = becomes(stands, event)
            try:
                if event in acts:
                    acts[event](session, employee, row.id)
                elif event in says:
                    says[event](session, employee, row.id, asked.id)
                else:
                    wishes.pass_time(session, row.expires_at)
            except (Conflict, StateChanged):
                assert expected is None, (stands, event)
            else:
                assert expected is not None, (stands, event)
            stands = expected or stands
            held = queries.interest(session, row.id, asked.id)
            assert (row.state, held and held.state) == stands, event
            offers = {each.state for each in session.exec(builders.select(Offer).where(Offer.for_need_id == asked.id))}
            live = {OfferState.PAUSED if stands[0] is W.PAUSED else OfferState.OPEN} if stands[1] is S.ASKED else set()
            if W.EXPIRED not in stands:
                assert offers - {OfferState.CLOSED} == live, event
            for reader in (at_home.hr, at_home.manager, stranger):
                with pytest.raises(NotFound):
                    queries.wish(session, reader, row.id)
        nested.rollback()
    session.expire_all()
