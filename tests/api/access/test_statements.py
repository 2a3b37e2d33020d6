"""Every page sends no more statements to the database than `docs/benchmarks.md` says, however much there is to show."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from api.access import ACCESS
from competence.models import StaffCapacity
from core.time import clock
from hubs.introductions.models import IntroductionState
from hubs.membership.models import HubMembershipState
from hubs.places.models import Hub
from hubs.presence.models import Audience, HubWeek
from marketplace.mail.models import Mail, MailItem
from marketplace.mobility.models import MobilityInterest, MobilityWish
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, ProposalLine
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import Query
from marketplace.surges.models import SurgeCall, SurgeRole
from resources.models import Resource
from tests import builders
from tests.api.access.addresses import DOORS, routes
from tests.api.access.market import ALL, Market, market
from tests.api.access.test_every_address import address_of
from tests.api.conftest import HTML, SignIn
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL as ALL_PARTS
from tests.hubs.presence.community import joined
from tests.marketplace.mobility import wishing as mobility

STATED = Path(__file__).parents[3] / "docs" / "benchmarks.md"
VIEWERS = [("lender", ALL), ("lender", "coordinator"), ("borrower", ALL)]
OF_PROVIDERS = "/sign-in/"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def stated() -> dict[str, int]:
    """What the documentation says of each address."""
    lines = re.findall(r"^\| `GET (\S+)` \| (\d+) \|$", STATED.read_text(), re.MULTILINE)
    return {path: int(most) for path, most in lines}


def more(rows: Session, made: Market) -> None:
    """Let there be more of what lists show."""
    asker, lender = made.members["borrower", ALL], rows.get_one(Organisation, made.homes["lender"])
    alert = made.things["surge"]
    role = rows.exec(select(SurgeRole.id).where(SurgeRole.surge_id == alert)).one()
    for _ in range(3):
        need = builders.need(rows, builders.request(rows, asker))
        resource = builders.space(rows, builders.site(rows, lender))
        builders.approved(rows, (need, builders.offer(rows, resource)))
        card = builders.staff(rows, lender)
        builders.offer(rows, card)
        rows.get_one(StaffCapacity, card.id).member_id = made.members["lender", ALL].id
        its = {"resource_id": card.id, "organisation_id": lender.id, "roster_id": builders.roster(rows, card).id}
        builders.added(rows, SurgeCall(surge_id=alert, role_ids=[role], begins=clock.today(), **its))
        builders.booking(rows, builders.need(rows, builders.request(rows, asker)))
    builders.photo(rows, rows.get_one(Resource, made.things["resource"]), "Ett fönster")
    wish = rows.get_one(MobilityWish, made.things["wish"])
    wish.member_id = made.members["lender", ALL].id
    for _ in range(3):
        mobility.need(rows, asker=asker)
        said = {"need_id": mobility.need(rows, asker=asker).id, "state": "dismissed"}
        builders.added(rows, MobilityInterest(wish_id=wish.id, **said))
    for _ in range(2):
        mail = builders.added(rows, Mail(member_id=made.members["lender", ALL].id, sent_at=clock.now()))
        notice = Notice(organisation_id=lender.id, code="expired", entity="proposal", entity_id=lender.id,
                        at=clock.now(), facts={"request": "Sal"})  # fmt: skip
        its = {"notice_id": builders.added(rows, notice).id, "due_at": clock.now(), "mail_id": mail.id}
        builders.added(rows, MailItem(member_id=mail.member_id, **its))
    told = rows.exec(select(Offer.id)).all()
    for viewer in VIEWERS:
        its = {"member_id": made.members[viewer].id, "name": "Rum", "query": Query(), "told_at": clock.now()}
        builders.added(rows, SavedSearch(told=told, **its))
    claimed = select(LineClaim.line_id)
    for line in rows.exec(select(ProposalLine).where(col(ProposalLine.id).not_in(claimed))).all():
        offer = rows.get_one(Offer, line.offer_id)
        unit = builders.unit_of(rows, rows.get_one(Resource, offer.resource_id))
        builders.added(rows, LineClaim(line_id=line.id, unit_id=unit.id, amount=1, during=offer.during))
    hub = rows.get_one(Hub, made.things["hub"])
    for number in range(3):
        member = builders.member(rows)
        agreed = hubs.membership(rows, [hub], member)
        hubs.hub_member(rows, hub, member, agreed)
        hubs.membership(rows, [hub, hubs.hub(rows)], builders.member(rows), state=HubMembershipState.ASKED)
        hubs.manifesto(rows, hub, number + 2)
        joined(rows, hub, can=["facilitering"], learns=["facilitering"], told_to=dict.fromkeys(ALL_PARTS, "hosts"))
    viewer, hub = made.members["lender", ALL], rows.get_one(Hub, made.things["community"])
    hubs.hub_member(rows, hub, viewer, hubs.membership(rows, [hub], viewer))
    for _ in range(3):
        other, _actor = joined(rows, hub, can=["facilitering"])
        monday = clock.today() - timedelta(days=clock.today().weekday())
        its = {"hub_id": hub.id, "member_id": other.id, "told_to": Audience.MEMBERS}
        builders.added(rows, HubWeek(monday=monday, plans=[clock.today()], **its))
        hubs.answer(rows, hubs.question(rows, hub, other, named=True), viewer, named=True)
        hubs.introduction(rows, hub, viewer, other, state=IntroductionState.MADE)
    hubs.coffee(rows, hub, viewer, other)
    rows.commit()


def test_every_page_sends_no_more_statements_than_stated(
    app: Litestar, client: TestClient[Litestar], rows: Session, signed_in: SignIn, engine: Engine
) -> None:
    made = market(rows)
    more(rows, made)
    found: dict[str, int] = {}
    for viewer in VIEWERS:
        client.cookies.clear()
        signed_in(client, made.members[viewer])
        for method, path, _handler in routes(app):
            if method != "GET" or path.startswith((*DOORS, OF_PROVIDERS)):
                continue
            address = address_of(path, ACCESS[f"GET {path}"], made)
            with counted(engine) as sent:
                answer = client.get(address, headers=HTML)
            assert answer.status_code < 500, address
            if answer.status_code == 200:
                found[path] = max(found.get(path, 0), len(sent))
    most = stated()
    wrong = {path: count for path, count in sorted(found.items()) if count > most.get(path, -1)}
    assert not wrong, "\n".join(f"| `GET {path}` | {count} |" for path, count in wrong.items())
    assert set(most) == set(found), "no such page, or nobody sees it"
