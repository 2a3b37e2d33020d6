"""Two cards of so few that they name somebody cannot be told apart by what is hidden: whose they are and where.

One is of an agency in Stockholm and of Krokom, the other of one in Östersund and of Strömsund; both are of the state
and in Jämtland. Whatever others read of the one is to the letter what they read of the other, until it is agreed on.
"""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from competence.models import StaffCapacity
from core.actor import Actor
from marketplace.offers import queries as offers
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.proposals import queries as proposals
from marketplace.proposals import service
from marketplace.proposals.models import Proposal, ProposalLine, ProposalParty, Side
from marketplace.requests.models import Need
from tests import builders
from tests.api.access.addresses import DOORS
from tests.api.conftest import HTML, Bearer, SignIn
from tests.marketplace.proposals.deals import accept

KROKOM, STROMSUND = "2309", "2313"
NAMES = ("Dolda norra", "Dolda södra")
HIDDEN = re.compile(r"Dolda|norra|södra|Krokom|Strömsund|2309|2313|Kort [0-9]+")
CHANGES = re.compile(
    r'(csrf_token"|form_token"|nonce=|"traceId":)[^>,]*|[0-9a-f]{8}-[0-9a-f-]{27}|\d\d[:.]\d\d([:.]\d\d[\d.]*)?Z?'
)
"""What differs each time: tokens of forms, keys of things, and times of the day."""
LISTS = (
    "/offers?",
    "/offers/map?",
    "/api/v1/offers?",
    "/api/v1/offers/facets?family=staff&",
    "/competence?skill=procurement&",
)
Read = Callable[[str], str]


@pytest.fixture
def cards(rows: Session) -> list[Offer]:
    """The two, each said to be of one person or of nobody knows how many."""
    homes = [
        builders.organisation(rows, name=NAMES[0], municipality_code="0180"),
        builders.organisation(rows, name=NAMES[1]),
    ]
    return [
        builders.offer(rows, builders.staff(rows, home, municipality_codes=[code], people_meant=meant))
        for home, code, meant in zip(homes, (KROKOM, STROMSUND), (4, None), strict=True)
    ]


@pytest.fixture
def asker(rows: Session) -> Member:
    return builders.member(rows, builders.organisation(rows, municipality_code="1480"), roles=["requester", "approver"])


@pytest.fixture
def read(
    client: TestClient[Litestar],
    rows: Session,
    cards: list[Offer],
    asker: Member,
    bearer: Bearer,
    signed_in: SignIn,
) -> Read:
    """Read a page or an answer as whoever asks, without what differs each time; the employer's key is as its name."""
    token = bearer(asker)
    signed_in(client, asker)

    def read(address: str) -> str:
        answer = client.get(address, headers=token if address.startswith(DOORS) else HTML)
        assert answer.status_code == 200, (address, answer.text[-400:])
        text = answer.text
        for name, card in zip(NAMES, cards, strict=True):
            text = text.replace(str(card.organisation_id), name)
        return CHANGES.sub("", text)

    return read


def asked_by_what_is_hidden(which: int) -> list[str]:
    """What is looked for by what tells one of them from the other."""
    code, town, name = ((KROKOM, "Krokom", NAMES[0]), (STROMSUND, "Str%C3%B6msund", NAMES[1]))[which]
    return [
        *(f"{each}municipality={code}" for each in LISTS if not each.startswith("/api")),
        *(f"{each}municipalityCode={code}" for each in LISTS if each.startswith("/api")),
        *(f"{each}text={word}" for each in LISTS for word in (town, name.split()[1].replace("ö", "%C3%B6"))),
        f"/api/v1/offers?near={town}&km=20",
    ]


def test_lists_counts_and_searches_do_not_tell_them_apart(rows: Session, cards: list[Offer], read: Read) -> None:
    rows.commit()
    for one, other in zip(asked_by_what_is_hidden(0), asked_by_what_is_hidden(1), strict=True):
        found = [read(each) for each in (one, other)]
        assert _counts(found[0]) == _counts(found[1]), (one, other)
    assert [_listed(read, f"organisationId={each.organisation_id}") for each in cards] == [0, 0]
    assert [_listed(read, f"text={each.replace(' ', '%20')}") for each in NAMES] == [0, 0]
    assert [_listed(read, f"municipalityCode={each}") for each in (KROKOM, STROMSUND, "2380", "0180")] == [2, 2, 2, 0]
    assert '{"value":"2309","count":2}' in read("/api/v1/offers/facets?family=staff&countyCode=23")


def _listed(read: Read, query: str) -> int:
    return read(f"/api/v1/offers?{query}").count('"capacity"')


def _counts(text: str) -> list[str]:
    """What of an answer tells how many, and which: the headings of what is found, and figures."""
    return re.findall(r'"capacity":\d+|"(?:count|total)":\d+|<caption>[^<]+|pv-quiet">\d+', text)


def test_what_is_told_of_each_is_the_same(rows: Session, cards: list[Offer], read: Read) -> None:
    rows.commit()
    for address in ("/offers/{}", "/api/v1/offers/{}"):
        one, other = (read(address.format(each.id)) for each in cards)
        assert one == other
        assert not HIDDEN.search(one), HIDDEN.findall(one)
    assert "Jämtlands län" in read(f"/offers/{cards[0].id}")
    assert '"organisation":null,"organisationGroup":"state","countyCodes":["23"]' in read(
        f"/api/v1/offers/{cards[0].id}"
    )
    assert not HIDDEN.search(read("/competence?skill=procurement"))
    assert '"total":null,"items":[{"countyCode":"23","organisationGroup":"state","count":null}]' in read(
        "/api/v1/skills/procurement/capacity"
    )
    listed = read("/offers?family=staff")
    assert not HIDDEN.search(re.sub(r"<(option|li)\b.*", "", listed))


@pytest.mark.parametrize("meant", [5, 6])
def test_of_five_it_is_told_whose_it_is(rows: Session, cards: list[Offer], read: Read, meant: int) -> None:
    rows.get_one(StaffCapacity, cards[0].resource_id).people_meant = meant
    rows.commit()
    told = read(f"/offers/{cards[0].id}")
    assert NAMES[0] in told
    assert "Krokom" in told
    assert '"peopleMeant":null' in read(f"/api/v1/offers/{cards[0].id}"), "how many is told at the employer alone"
    assert _listed(read, f"organisationId={cards[0].organisation_id}") == 1


def test_who_answers_for_it_and_who_decides_know(rows: Session, cards: list[Offer]) -> None:
    home = rows.get_one(Organisation, cards[0].organisation_id)
    other = rows.get_one(Organisation, cards[1].organisation_id)
    area = {"coordinator": {"organisationIds": [str(home.id)]}}
    knows = [
        builders.actor(rows, home, roles=[]),
        builders.actor(rows, roles=["coordinator"]),
        actor_for(rows, builders.member(rows, roles=["coordinator"], grants=area).id),
    ]
    not_so = [builders.actor(rows, other, roles=["lister", "hr"]), builders.actor(rows, roles=["requester"])]
    told = [_told_home(rows, actor, cards[0]) for actor in (*knows, *not_so)]
    assert told == [NAMES[0]] * len(knows) + [None] * len(not_so)


def _told_home(rows: Session, actor: Actor, card: Offer) -> str | None:
    home = offers.offer_view(rows, actor, card.id).home
    assert bool(home.municipalities) == (home.organisation is not None)
    return home.organisation.name if home.organisation else None


def test_proposals_and_reasons_do_not_tell_them_apart_until_it_is_agreed(
    rows: Session, cards: list[Offer], asker: Member, read: Read
) -> None:
    """Each is found for a need in the one municipality that it can work in; the points are the same, the way is not."""
    needs = []
    for code, near in ((KROKOM, (63.33, 14.46)), (STROMSUND, (63.80, 15.40))):
        said = {"latitude": near[0], "longitude": near[1], "max_distance_km": 30, "municipality_code": code}
        said |= {"family": "staff", "amount": 50, "title": "Upphandlare"}
        request = builders.request(rows, asker, title="Projektet")
        needs.append(builders.need(rows, request, **said).id)
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    rows.expire_all()
    lines = {each.need_id: each for each in rows.exec(select(ProposalLine)).all()}
    assert [lines[need].offer_id for need in needs] == [card.id for card in cards]
    assert [lines[need].reasons.metres for need in needs] == [None, None]
    coordinator = builders.actor(rows, roles=["coordinator"])
    found = [lines[need].proposal_id for need in needs]
    for key in found:
        assert (
            proposals.proposal_view(rows, coordinator, key).home_of_party(_lister(rows, coordinator, key)).organisation
        )
        service.approve(rows, coordinator, key)
    rows.commit()
    for address in ("/proposals/{}", "/api/v1/proposals/{}"):
        one, other = (_without_place(read(address.format(each))) for each in found)
        assert one == other
        assert not re.search("Dolda", one)
    for key, need in zip(found, needs, strict=True):
        asked = rows.get_one(Need, need).request_id
        told = [
            f"/requests/{asked}",
            f"/runs/{run_id}",
            "/proposals",
            "/",
            "/notices",
            f"/api/v1/requests/{asked}",
        ]
        told += [f"/api/v1/matching-runs/{run_id}/outcomes", "/api/v1/proposals", "/api/v1/notices"]
        assert not [each for each in told if re.search("Dolda", read(each))]
        assert str(rows.get_one(Proposal, key).id)
    lister = builders.actor(rows, rows.get_one(Organisation, cards[0].organisation_id), roles=["lister"])
    accept(rows, lister, rows.get_one(Proposal, found[0]))
    rows.commit()
    case = f"/api/v1/requests/{rows.get_one(Need, needs[0]).request_id}/case"
    told = "".join(map(read, (f"/proposals/{found[0]}", f"/api/v1/proposals/{found[0]}", case)))
    assert "Dolda" not in told, "also not as who has confirmed what a loan takes"
    assert '"confirmations":[{' not in told
    accept(rows, actor_for(rows, asker.id), rows.get_one(Proposal, found[0]))
    rows.commit()
    assert NAMES[0] in read(f"/proposals/{found[0]}")
    assert NAMES[0] in read("/bookings")
    assert "Dolda södra" not in read("/proposals")


def _without_place(text: str) -> str:
    """Return what is told of a proposal without where the need itself is, and the 99 points for asking first."""
    return re.sub(r"Krokom|Strömsund|110\s?0(00|99)", "", text)


def _lister(rows: Session, actor: Actor, key: UUID) -> proposals.PartyView:
    view = proposals.proposal_view(rows, actor, key)
    side = rows.exec(select(ProposalParty).where(col(ProposalParty.proposal_id) == key)).all()
    assert len(side) == 2
    return next(each for each in view.parties if each.party.side is Side.LISTER)
