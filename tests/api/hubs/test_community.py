"""What members of a hub say of themselves and their days, through every door: pages, the API, and notices.

Each part has a word of its own, which is looked for in all that a reader is answered.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from hubs.places.models import Hub
from hubs.presence import service
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import monday_of
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL, contact, joined

Client = TestClient[Litestar]
WORDS = {
    ProfilePart.NAME: "Fjällripa",
    ProfilePart.CAN: "fjälljuridik",
    ProfilePart.LEARNS: "fjällmallar",
    ProfilePart.WONDERS: "Hur gör ni på fjället?",
}


def next_monday() -> date:
    return monday_of(clock.today()) + timedelta(weeks=1)


def somebody(rows: Session, hub: Hub, told_to: dict[str, str], days_to: Audience) -> Member:
    """Let somebody tell some parts, and come on next Tuesday."""
    said = {"can": [WORDS[ProfilePart.CAN]], "learns": [WORDS[ProfilePart.LEARNS]]}
    wonders = WORDS[ProfilePart.WONDERS]
    member, _ = joined(rows, hub, WORDS[ProfilePart.NAME], **said, wonders=wonders, told_to=told_to)
    tuesday = next_monday() + timedelta(days=1)
    its = {"hub_id": hub.id, "member_id": member.id, "monday": next_monday()}
    builders.added(rows, HubWeek(**its, plans=[tuesday], told_to=days_to))
    return member


def answers(client: Client, hub: Hub, headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield all that a reader is answered of a hub's people, with the address."""
    for address in ("community", f"days?monday={next_monday()}", "profile"):
        yield address, client.get(f"/hubs/{hub.id}/{address}", headers=HTML).text
    for address in ("people", "people?knows=fjälljuridik", f"week?monday={next_monday()}", "profile"):
        yield address, client.get(f"/api/v1/hubs/{hub.id}/{address}", headers=headers).text


@pytest.mark.parametrize("part", list(ProfilePart))
@pytest.mark.parametrize(
    ("audience", "chosen", "told"),
    [(ProfileAudience.CHOSEN, False, False), (ProfileAudience.CHOSEN, True, True)],
)
def test_each_part_is_told_to_its_audience_through_every_door(
    client: Client,
    rows: Session,
    signed_in: SignIn,
    bearer: Bearer,
    part: ProfilePart,
    audience: ProfileAudience,
    chosen: bool,
    told: bool,
) -> None:
    hub = hubs.hub(rows)
    owner = somebody(rows, hub, ALL | {part.value: audience.value}, Audience.MEMBERS)
    reader, _ = joined(
        rows, hub, learns=[WORDS[ProfilePart.CAN].upper()]
    )  # no word of its own is one that is looked for
    contact(rows, hub, owner, reader, chosen=chosen)
    could = {"could": [next_monday() + timedelta(days=1)], "told_to": Audience.MEMBERS, "visits": 1}
    builders.added(rows, HubWeek(hub_id=hub.id, member_id=reader.id, monday=next_monday(), due=True, **could))
    service.plan(rows, hub.id, next_monday())
    rows.commit()
    signed_in(client, reader)
    word = (WORDS | {ProfilePart.ORGANISATION: rows.get_one(Organisation, owner.organisation_id).name})[part]
    seen = [address for address, text in answers(client, hub, bearer(reader)) if word in text]
    facts = [str(each.facts) for each in rows.exec(select(Notice).where(Notice.member_id == reader.id))]
    assert not any(word in each for each in facts), "no notice, and so no mail, says anything of others"
    assert bool(seen) is told, seen


def test_who_is_no_member_learns_nothing(client: Client, rows: Session, signed_in: SignIn, bearer: Bearer) -> None:
    hub = hubs.hub(rows)
    somebody(rows, hub, ALL, Audience.MEMBERS)
    stranger = builders.member(rows)
    rows.commit()
    signed_in(client, stranger)
    for address, text in answers(client, hub, bearer(stranger)):
        assert not any(word in text for word in WORDS.values()), address


def test_a_member_says_its_days_and_is_told_which_to_come(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    somebody(rows, hub, ALL, Audience.MEMBERS)
    reader, _ = joined(rows, hub, learns=[WORDS[ProfilePart.CAN]])
    rows.commit()
    signed_in(client, reader)
    monday = next_monday()
    could = [str(monday + timedelta(days=each)) for each in (0, 1)]
    said = {"monday": str(monday), "could": could, "toldTo": "members", "visits": "1"}
    answer = post_form(client, f"/hubs/{hub.id}/days", said)
    assert answer.status_code == 303
    assert "inom några minuter" in client.get(answer.headers["location"], headers=HTML).text
    rows.expire_all()
    service.plan(rows, hub.id, monday)
    rows.commit()
    shown = client.get(f"/hubs/{hub.id}/days?monday={monday}", headers=HTML).text
    assert f"Kom tisdag {could[1]}".lower() in shown.lower()
    assert WORDS[ProfilePart.NAME] in shown
    assert "Kan fjälljuridik" in shown


def test_what_is_wrong_is_told_and_what_was_ticked_is_kept(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    reader, _ = joined(rows, hub)
    rows.commit()
    signed_in(client, reader)
    day = str(next_monday())
    said = {"monday": day, "plans": day, "could": day, "toldTo": "nobody"}
    answer = post_form(client, f"/hubs/{hub.id}/days", said)
    assert answer.status_code == 422
    assert "den dagen är redan planerad: ange den en gång" in answer.text
    assert answer.text.count(f'value="{day}" checked') == 2


def test_a_profile_and_a_week_are_replaced_by_the_api(client: Client, rows: Session, bearer: Bearer) -> None:
    hub = hubs.hub(rows)
    member, _ = joined(rows, hub)
    other, _ = joined(rows, hub, "Bo")
    rows.commit()
    headers, here = bearer(member), f"/api/v1/hubs/{hub.id}"
    profile = {"can": ["juridik"], "learns": [], "wonders": "", "toldTo": {"name": "chosen"}}
    said = client.put(f"{here}/profile", json=profile, headers=headers).json()
    assert (said["can"], said["toldTo"]["name"], said["toldTo"]["can"]) == (["juridik"], "chosen", "nobody")
    day = str(next_monday())
    week = {"monday": day, "plans": [day], "could": [], "toldTo": "nobody", "visits": None}
    assert client.put(f"{here}/week", json=week, headers=headers).json()["plans"] == [day]
    key = rows.exec(select(HubProfile.id).where(HubProfile.member_id == other.id)).one()
    noted = client.post(f"{here}/people/{key}", json={"chosen": True, "wanted": False}, headers=headers).json()
    assert (noted["firstName"], noted["chosen"], noted["wanted"]) == ("Bo", True, False)
    past = week | {"monday": str(next_monday() - timedelta(weeks=9))}
    refused = client.put(f"{here}/week", json=past, headers=headers)
    assert refused.status_code == 400
