"""The start page tells a stranger what this is, and a member what is waiting."""

import re
from datetime import timedelta

import pytest

from competence.models import StaffCapacity
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.offers.models import Visibility
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import Answer, Proposal, ProposalParty, ProposalState, Side
from tests import builders
from tests.api.conftest import HTML, text_of


@pytest.fixture
def words(client):
    return lambda: text_of(client.get("/", headers=HTML).text)


def _proposal(rows, party, side=Side.LISTER, **values):
    request = builders.request(rows, builders.member(rows), title="Projekt Stormsjön")
    made = builders.added(
        rows,
        Proposal(
            run_id=builders.matching_run(rows).id,
            request_id=request.id,
            **({"answer_by": builders.at(5), "state": ProposalState.APPROVED, "approved_at": clock.now()} | values),
        ),
    )
    return builders.added(rows, ProposalParty(proposal_id=made.id, organisation_id=party.organisation_id, side=side))


def test_a_stranger_reads_what_this_is_and_how_much_there_is(rows, words):
    home = builders.organisation(rows)
    room, other = (builders.space(rows, builders.site(rows, home)) for _ in range(2))
    builders.offer(rows, room)
    builders.offer(rows, other, visibility=Visibility.ORGANISATION)
    builders.offer(rows, builders.staff(rows, home, consented=False))
    member = builders.member(rows, home)
    for state in ("open", "draft"):
        builders.need(rows, builders.request(rows, member, state=state))
    rows.commit()
    text = words()
    assert "Dela lokaler, saker och arbetstid" in text
    told = (
        "organisation deltar 1",
        "erbjudande är öppet för alla 1",
        "behov väntar på en matchning 1",
        "bokningar har avtalats 0",
        "Lokal 1",
    )
    assert [each for each in told if each not in text] == []
    assert "Personal" not in text


def test_nothing_waits(client, rows, signed_in, words):
    signed_in(client, builders.member(rows, roles=["lister"]))
    assert "Inget just nu." in words()
    assert "Erbjud något" in words()
    offer_something = re.search(r'href="([^"]+)">Erbjud något', client.get("/", headers=HTML).text)
    assert client.get(offer_something[1], headers=HTML).status_code == 200
    assert "Beskriv vad ni behöver" not in words()


def test_a_party_sees_what_waits_for_its_answer_until_it_has_answered(client, rows, signed_in, words):
    member = builders.member(rows)
    party = _proposal(rows, member)
    signed_in(client, member)
    assert "Projekt Stormsjön" in words()
    party.answer = Answer.ACCEPTED
    rows.commit()
    assert "Projekt Stormsjön" not in words()


@pytest.mark.parametrize(
    ("answer_by", "said"),
    [
        (builders.at(5), f"{clock.today() + timedelta(days=4)}"),
        (builders.at(5, 8, 30), f"{clock.today() + timedelta(days=5)} 08:30"),
        (builders.at(1), f"{clock.today()}"),
    ],
)
def test_an_answer_is_wanted_through_the_day_before_midnight_or_by_a_time(client, rows, signed_in, answer_by, said):
    member = builders.member(rows, roles=["lister"])
    _proposal(rows, member, answer_by=answer_by)
    signed_in(client, member)
    for language in ("sv", "en"):
        text = text_of(client.get("/", headers=HTML | {"accept-language": language}).text)
        assert f" {said} " in text
        assert f"{answer_by:%Y-%m-%d} 00:00" not in text


@pytest.mark.parametrize(
    ("role", "side", "waits"),
    [
        ("lister", Side.LISTER, True),
        ("lister", Side.REQUESTER, False),
        ("requester", Side.LISTER, False),
        ("requester", Side.REQUESTER, True),
        ("admin", Side.REQUESTER, True),
        ("hr", Side.LISTER, False),
        ("coordinator", Side.REQUESTER, False),
    ],
)
def test_a_proposal_waits_for_those_who_answer_for_its_side(client, rows, signed_in, words, role, side, waits):
    member = builders.member(rows, roles=[role])
    _proposal(rows, member, side)
    signed_in(client, member)
    assert ("Projekt Stormsjön" in words()) is waits


def test_a_coordinator_sees_how_many_wait_for_review(client, rows, signed_in, words):
    member = builders.member(rows, roles=["coordinator"])
    _proposal(rows, builders.member(rows), state=ProposalState.PROPOSED, approved_at=None)
    signed_in(client, member)
    assert "1 förslag att granska" in words()


def test_a_requester_sees_what_it_asked_for_and_what_is_unread(client, rows, signed_in, words):
    member = builders.member(rows)
    asked = builders.request(rows, member, title="Rum för åtta")
    home = member.organisation_id
    builders.added(rows, Notice(organisation_id=home, at=clock.now(), code="x", entity="request", entity_id=asked.id))
    builders.request(rows, builders.member(rows), title="Någon annans")
    signed_in(client, member)
    assert "Rum för åtta" in words()
    assert "1 oläst avisering" in words()
    assert "Någon annans" not in words()


def test_what_waits_is_found_among_any_number_and_the_rest_is_a_link_away(client, rows, signed_in, words):
    member = builders.member(rows, roles=["lister", "coordinator"])
    _proposal(rows, member, answer_by=builders.at(9))
    other = builders.member(rows)
    for _ in range(6):
        _proposal(rows, other)
    signed_in(client, member)
    assert "Projekt Stormsjön" in words(), "others' proposals, of which there are many, hide none of ours"
    assert "Visa alla" not in words()
    for _ in range(5):
        _proposal(rows, member)
    rows.commit()
    assert "Visa alla (6)" in words()
    html = client.get("/", headers=HTML).text
    assert html.count("Projekt Stormsjön") == 5
    assert f"{builders.at(9):%Y-%m-%d}" not in html, "the soonest first"


@pytest.mark.parametrize("role", ["lister", "requester", "coordinator", "hr"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_everybody_sees_the_bookings_of_their_organisation(client, rows, signed_in, role, language):
    asked = builders.request(rows, title="Rum för åtta")
    booking = builders.booking(rows, builders.need(rows, asked))
    member = builders.member(rows, rows.get_one(Organisation, booking.lender_id), roles=[role])
    signed_in(client, member)
    answer = client.get("/", headers=HTML | {"accept-language": language})
    assert answer.status_code == 200
    assert f'href="/bookings/{booking.id}"' in answer.text


def test_who_says_yes_to_a_card_and_who_is_asked_a_question_sees_that(client, rows, signed_in, words):
    """A card waits for the one whose it is, and then for HR; of another unit and another organisation for neither."""
    home = builders.organisation(rows)
    hr, person = builders.member(rows, home, roles=["hr"]), builders.member(rows, home, roles=[])
    other = builders.member(rows, home, roles=["hr"], grants={"hr": {"departments": ["Enhet B"]}})
    card = builders.staff(rows, home, consented=False, department="Enhet A")
    row = rows.get_one(StaffCapacity, card.id)
    row.member_id = person.id
    asked = builders.approval(rows, row, "employee", state="asked", asked_of_id=person.id)
    builders.question(rows, builders.member(rows), builders.offer(rows, card))
    rows.commit()
    own, for_hr, question = "1 av dina kompetenskort", "1 kompetenskort väntar på HR", "1 fråga väntar på ditt svar"
    seen = []
    for state in ("asked", "given"):
        asked.state = state
        rows.commit()
        for member in (person, hr, other):
            client.cookies.clear()
            signed_in(client, member)
            text = words()
            seen.append([each for each in (own, for_hr, question) if each in text])
    assert seen == [[own], [question], [], [], [for_hr, question], []]
