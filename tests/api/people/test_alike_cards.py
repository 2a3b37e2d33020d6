"""Two cards that differ only in what is hidden are told apart by nobody outside: pages, API, search, notices."""

from datetime import timedelta
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.models import StaffCapacity
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from tests import builders
from tests.api.access.test_hidden_rows import first_difference, plain
from tests.api.conftest import HTML, Bearer, SignIn

HIDDEN = ("Berit", "berit@example.se", "Dnr 2026/114", "Kan mycket")


def card_offer(session: Session, home: Organisation, *, known: bool) -> Offer:
    """A card, of which much that is hidden is known, or nothing."""
    named = {"name": "Berits kort", "description": "Kan mycket"} if known else {"name": "Kort", "description": ""}
    card = builders.staff(session, home, **named)
    if known:
        person = builders.member(session, home, name="Berit", email="berit@example.se")
        session.get_one(StaffCapacity, card.id).member_id = person.id
        for each in session.exec(select(CardApproval).where(CardApproval.resource_id == card.id)).all():
            each.member_id, each.noted_by, each.evidence = person.id, "Berit", "Dnr 2026/114"
            each.channel, each.at = Channel.SIGNED_IN, clock.now() - timedelta(days=40)
        values = {"resource_id": card.id, "who": Approver.MANAGER, "said": {}, "evidence": "Berit", "noted_by": "Berit"}
        builders.added(session, CardApproval(state=ApprovalState.DECLINED, at=clock.now(), **values))
    return builders.offer(session, card)


def told(client: TestClient[Any], token: dict[str, str], offer: Offer) -> dict[str, str]:
    """Return all that an offer's addresses tell."""
    pages = {f"page{end}": client.get(f"/offers/{offer.id}{end}", headers=HTML) for end in ("", "/change", "/resource")}
    api = {f"API{end}": client.get(f"/api/v1/offers/{offer.id}{end}", headers=token) for end in ("", "/history")}
    card = {
        f"card{end}": client.get(f"/api/v1/resources/{offer.resource_id}{end}", headers=token)
        for end in ("", "/closed-periods")
    }
    return {name: plain(answer) for name, answer in (pages | api | card).items()}


def test_two_cards_that_differ_in_what_is_hidden_are_told_apart_by_nobody_outside(
    client: TestClient[Litestar], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    home = builders.organisation(rows)
    known, other = (card_offer(rows, home, known=each) for each in (True, False))
    readers = [builders.member(rows, roles=roles) for roles in (["requester", "hr", "auditor"], ["coordinator"])]
    rows.commit()
    for reader in readers:
        client.cookies.clear()
        signed_in(client, reader)
        token = bearer(reader)
        one, two = told(client, token, known), told(client, token, other)
        wrong = [f"{name}: {first_difference(one[name], two[name])}" for name in one if one[name] != two[name]]
        assert not wrong, "\n".join(wrong)
        listed = [client.get("/offers", headers=HTML).text, client.get("/api/v1/offers", headers=token).text]
        listed += [client.get("/api/v1/audit-entries", headers=token).text, client.get("/notices", headers=HTML).text]
        assert not [word for word in HIDDEN for text in listed if word in text]
        for word in HIDDEN:
            found = client.get("/api/v1/offers", params={"text": word}, headers=token).json()
            assert found["items"] == [], f"{word} finds nothing"
    facts = rows.exec(select(Notice.facts).where(col(Notice.organisation_id) != home.id)).all()
    assert not [word for word in HIDDEN if word in str(facts)]
