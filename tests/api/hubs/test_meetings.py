"""Who one is introduced to, or has coffee with, through every door: page, API, notice and mail.

Each part has a word of its own, which is looked for in all that a reader is answered.
"""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.mail.message import message
from hubs.coffee import service as coffee
from hubs.introductions import service
from hubs.introductions.models import Introduction, IntroductionAnswer
from hubs.introductions.queries import answers as answers_to
from hubs.membership.models import HubMember
from hubs.places.models import Hub
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.queries import profiles
from marketplace.mail.models import Mail
from marketplace.mail.queries import Letter
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL, joined

Client = TestClient[Litestar]
WORDS = {
    ProfilePart.NAME: "Fjällripa",
    ProfilePart.CAN: "fjälljuridik",
    ProfilePart.LEARNS: "fjällmallar",
    ProfilePart.WONDERS: "Hur gör ni på fjället?",
}
TO_HOSTS = dict.fromkeys(ALL, ProfileAudience.HOSTS.value)
YES = IntroductionAnswer.YES


def host_of(rows: Session, hub: Hub) -> Member:
    return builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


def somebody(rows: Session, hub: Hub, told_to: dict[str, str]) -> Member:
    """Let somebody tell some parts, each with a word of its own."""
    said = {"can": [WORDS[ProfilePart.CAN]], "learns": [WORDS[ProfilePart.LEARNS]]}
    member, _ = joined(rows, hub, WORDS[ProfilePart.NAME], **said, wonders=WORDS[ProfilePart.WONDERS], told_to=told_to)
    return member


def word_of(rows: Session, owner: Member, part: ProfilePart) -> str:
    return (WORDS | {ProfilePart.ORGANISATION: rows.get_one(Organisation, owner.organisation_id).name})[part]


def introduced(rows: Session, hub: Hub, *two: Member) -> Introduction:
    own: dict[object, HubProfile] = {**profiles(rows, [each.id for each in two])}
    one, other = (own[each.id].id for each in two)
    host = builders.actor_of(rows, host_of(rows, hub))
    return service.propose(rows, host, hub.id, (one, other))


def told(rows: Session, reader: Member) -> str:
    """Return all notices to somebody, and the mails that tell of them, as text."""
    found = rows.exec(select(Notice).where(Notice.member_id == reader.id).order_by(Notice.id)).all()
    mail = Mail(member_id=reader.id)
    letter = Letter(mail, reader, builders.actor_of(rows, reader), "Myndigheten", found, frozenset(), len(found))
    return " ".join(str(each.facts) for each in found) + (message(letter).as_string() if found else "")


def answers(client: Client, rows: Session, hub: Hub, reader: Member, headers: dict[str, str]) -> Iterator[str]:
    """Yield all that one of the two is answered, and told, of meeting somebody."""
    row = rows.exec(select(Introduction).where(Introduction.hub_id == hub.id)).one()
    for path in ("/introductions", f"/introductions/{row.id}", f"/hubs/{hub.id}/coffee"):
        yield client.get(path, headers=HTML).text
        yield client.get(f"/api/v1{path}", headers=headers).text
    yield client.get("/notices", headers=HTML).text
    yield client.get("/api/v1/notices", headers=headers).text
    yield told(rows, reader)


@pytest.mark.parametrize("part", [each for each in ProfilePart if each is not ProfilePart.NAME])
@pytest.mark.parametrize("audience", [ProfileAudience.MEMBERS, ProfileAudience.HOSTS])
def test_the_desk_shows_each_part_to_its_audience_alone(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer, part: ProfilePart, audience: ProfileAudience
) -> None:
    hub = hubs.hub(rows)
    owner = somebody(rows, hub, TO_HOSTS | {part.value: audience.value})
    joined(rows, hub, "Bo", told_to=TO_HOSTS, learns=["fjälljuridik".upper()], can=["FJÄLLMALLAR", "Fjället"])
    host = host_of(rows, hub)
    rows.commit()
    signed_in(client, host)
    shown = client.get(f"/api/v1/hubs/{hub.id}/desk", headers=bearer(host)).json()
    of_it = str(
        [each for each in shown["people"] if each["firstName"] == WORDS[ProfilePart.NAME]] + shown["suggestions"]
    )
    page = client.get(f"/hubs/{hub.id}/desk", headers=HTML).text
    is_told = audience is ProfileAudience.HOSTS
    assert (word_of(rows, owner, part) in of_it) is is_told
    if not is_told and part is not ProfilePart.ORGANISATION:  # that, hosts know of each member by the agreement
        assert word_of(rows, owner, part) not in page


@pytest.mark.parametrize("part", [ProfilePart.CAN, ProfilePart.LEARNS, ProfilePart.WONDERS])
@pytest.mark.parametrize(
    ("audience", "is_told"),
    [(ProfileAudience.NOBODY, False), (ProfileAudience.CHOSEN, False), (ProfileAudience.HOSTS, True)],
)
def test_what_they_could_talk_about_is_told_to_its_audience_through_every_door(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer,
    part: ProfilePart, audience: ProfileAudience, is_told: bool,
) -> None:  # fmt: skip
    hub = hubs.hub(rows)
    owner = somebody(rows, hub, TO_HOSTS | {part.value: audience.value})
    reader, actor = joined(rows, hub, "Bo", told_to=TO_HOSTS, learns=["FJÄLLJURIDIK"], can=["FJÄLLMALLAR"])
    introduced(rows, hub, owner, reader)
    for each in (builders.actor_of(rows, owner), actor):
        coffee.take_part(rows, each, hub.id, takes_part=True)
    coffee.make_round(rows, builders.actor_of(rows, host_of(rows, hub)), hub.id)
    rows.commit()
    signed_in(client, reader)
    seen = [word_of(rows, owner, part) in text for text in answers(client, rows, hub, reader, bearer(reader))]
    assert any(seen) is is_told
    assert not any(seen[-3:]), "notices and mails say nothing of anybody"


def test_name_and_address_are_told_between_the_second_yes_and_the_withdrawal_alone(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    owner = somebody(rows, hub, TO_HOSTS)
    reader, _ = joined(rows, hub, "Bo", told_to=TO_HOSTS)
    row = introduced(rows, hub, owner, reader)
    home = rows.get_one(Organisation, owner.organisation_id).name
    secrets = (owner.email, owner.name, home, WORDS[ProfilePart.NAME])
    rows.commit()
    signed_in(client, reader)

    def seen() -> list[bool]:
        rows.expire_all()
        found = answers(client, rows, hub, reader, bearer(reader))
        return [any(secret in text for secret in secrets) for text in found]

    assert not any(seen())
    for wrong in ({}, {"answer": "maybe"}):
        assert post_form(client, f"/introductions/{row.id}/answer", wrong).status_code == 422
    assert answers_to(rows, row.id) == {}, "what is no answer is no yes"
    assert post_form(client, f"/introductions/{row.id}/answer", {"answer": "yes"}).status_code == 303
    assert not any(seen())
    said = {"answer": "yes"}
    answer = client.post(f"/api/v1/introductions/{row.id}/answer", json=said, headers=bearer(owner)).json()
    assert answer["state"] == "made"
    assert answer["other"]["email"] == reader.email
    assert seen() == [True] * 4 + [False] * 5, "on its pages and by the API; not by coffee, notices and mails"
    assert post_form(client, f"/introductions/{row.id}/withdrawal", {}).status_code == 303
    assert not any(seen())


def test_a_host_proposes_makes_a_round_and_says_how_often(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    owner, _ = joined(rows, hub, "Alva", told_to=TO_HOSTS, can=["bim"])
    joined(rows, hub, "Bo", told_to=TO_HOSTS, learns=["bim"])
    host = host_of(rows, hub)
    rows.commit()
    signed_in(client, host)
    desk = f"/hubs/{hub.id}/desk"
    assert "Alva, " in (text := client.get(desk, headers=HTML).text)
    assert "kan bim, och den andra frågar efter det" in text
    own = profiles(rows, [owner.id])[owner.id]
    same = {"one": str(own.id), "other": str(own.id), "words": "Modeller"}
    refused = post_form(client, f"/hubs/{hub.id}/introductions", same)
    assert (refused.status_code, "Välj två olika personer" in refused.text) == (409, True)
    nobody = post_form(client, f"/hubs/{hub.id}/introductions", {"words": "Modeller"})
    assert (nobody.status_code, nobody.text.count("välj någon") >= 2, "Modeller" in nobody.text) == (422, True, True)
    refused = post_form(client, f"/hubs/{hub.id}/coffee-rounds", {})
    assert (refused.status_code, "Färre än två är med" in refused.text) == (409, True)
    wrong = post_form(client, f"/hubs/{hub.id}/coffee-schedule", {"weeks": "99", "nextOn": "2020-01-01"})
    assert (wrong.status_code, 'value="99"' in wrong.text) == (422, True)
    assert post_form(client, f"/hubs/{hub.id}/coffee-schedule", {"weeks": ""}).status_code == 303


def test_a_member_takes_part_by_page_and_stops_by_the_api(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    reader, _ = joined(rows, hub)
    rows.commit()
    signed_in(client, reader)
    page, here = f"/hubs/{hub.id}/coffee", f"/api/v1/hubs/{hub.id}/coffee"
    assert post_form(client, page, {"takesPart": "yes"}).status_code == 303
    assert "Du är med i nästa omgång" in client.get(page, headers=HTML).text
    assert client.get(here, headers=bearer(reader)).json()["takesPart"] is True
    assert client.post(here, json={"takesPart": False}, headers=bearer(reader)).json()["takesPart"] is False


def test_a_first_name_is_changed_on_the_page_and_by_the_api(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    reader, _ = joined(rows, hub, "Alva")
    seat = rows.exec(select(HubMember).where(HubMember.member_id == reader.id)).one()
    rows.commit()
    signed_in(client, reader)
    page = f"/hubs/{hub.id}/first-name"
    wrong = post_form(client, page, {"newFirstName": "x" * 41})
    assert (wrong.status_code, "x" * 41 in wrong.text) == (422, True)
    assert post_form(client, page, {"newFirstName": "Alva-Li"}).status_code == 303
    assert "Alva-Li" in client.get(f"/hubs/{hub.id}/membership", headers=HTML).text
    changed = client.post(
        f"/api/v1/hub-members/{seat.id}/first-name", json={"firstName": "Li"}, headers=bearer(reader)
    ).json()
    assert changed["firstName"] == "Li"
