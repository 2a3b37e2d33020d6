"""Letters of hubs on pages and by the API: which of them somebody reads, and what in them."""

from datetime import timedelta

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from hubs.letters import service
from hubs.letters.models import HubLetter, HubLetterWish, LetterKind, LetterState
from hubs.membership.models import HubMember
from hubs.places.models import Hub
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL, joined

Client = TestClient[Litestar]
NAME, INSIDE = "Fjällripa", "Bara för medlemmar"
WORDS = f"Hej **alla**!\n\n{{{{new_members}}}}\n\n{{{{members}}}}\n{INSIDE}\n{{{{/members}}}}\n"
FIELDS = ("weekly sent", "weekly draft", "newsletter sent", NAME, INSIDE)
TOLD = {
    "nobody": {"newsletter sent"},
    "stranger": {"newsletter sent"},
    "employee": {"newsletter sent"},
    "employee who asked": {"newsletter sent", "weekly sent"},
    "member": {"newsletter sent", "weekly sent", NAME, INSIDE},
    "host": set(FIELDS) - {NAME},
}
"""Who reads which letters, and what in them. The name is told to members alone."""


def people(rows: Session, hub: Hub) -> dict[str, Member | None]:
    new, _ = joined(rows, hub, NAME, told_to=ALL)
    rows.exec(select(HubMember)).one().joined_at = clock.now() - timedelta(days=1)
    home = rows.get_one(Organisation, new.organisation_id)
    asking = builders.member(rows, home)
    service.choose(rows, builders.actor_of(rows, asking), hub.id, wanted=True)
    return {
        "nobody": None,
        "stranger": builders.member(rows),
        "employee": builders.member(rows, home),
        "employee who asked": asking,
        "member": joined(rows, hub, told_to={})[0],
        "host": builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"]),
    }


def test_each_reads_what_is_for_it_on_pages_and_by_the_api(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    letters: list[HubLetter] = []
    for kind, state in ((LetterKind.WEEKLY, "sent"), (LetterKind.WEEKLY, "draft"), (LetterKind.NEWSLETTER, "sent")):
        sent_at = clock.now() if state == "sent" else None
        said = {"subject": f"{kind.value} {state}", "words": WORDS, "sent_at": sent_at}
        letters.append(hubs.letter(rows, hub, kind=kind, state=LetterState(state), **said))
    readers = people(rows, hub)
    rows.commit()
    places = [f"hubs/{hub.id}/letters", *(f"hub-letters/{each.id}" for each in letters)]
    for kind, reader in readers.items():
        client.cookies.clear()
        if reader is not None:
            signed_in(client, reader)
        doors = ["".join(client.get(f"/{each}", headers=HTML).text for each in places)]
        if reader is not None:
            doors.append("".join(client.get(f"/api/v1/{each}", headers=bearer(reader)).text for each in places))
        for number, text in enumerate(doors):
            assert {each for each in FIELDS if each in text} == TOLD[kind], (kind, number)


def test_a_host_changes_a_draft_looks_at_it_and_lets_it_go(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    host = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    rows.commit()
    signed_in(client, host)
    made = post_form(client, f"/hubs/{hub.id}/letters/drafts/weekly").headers["location"]
    assert post_form(client, f"/hubs/{hub.id}/letters/drafts/weekly").headers["location"] == made, "there is one"
    letter = made.removesuffix("/change")
    tomorrow = str(clock.today() + timedelta(days=1))
    said = {"version": "1", "subject": "Vecka 3", "words": "<b>Hej</b> *alla*", "day": tomorrow, "time": "10:00"}
    assert post_form(client, made, said | {"words": "{{members}}"}).status_code == 422
    assert post_form(client, made, said).headers["location"] == letter
    shown = client.get(letter, headers=HTML).text
    assert "&lt;b&gt;Hej&lt;/b&gt; <em>alla</em>" in shown
    overtaken = post_form(client, made, said | {"words": "Något annat"})
    assert (overtaken.status_code, "Något annat" in overtaken.text) == (412, True), "what was typed is kept"
    assert post_form(client, f"{letter}/scheduling", {"version": "1"}).status_code == 412, "not as it was read"
    assert post_form(client, f"{letter}/scheduling", {"version": "2"}).status_code == 303
    rows.expire_all()
    assert rows.exec(select(HubLetter.state)).one() is LetterState.SCHEDULED


def test_whoever_may_have_the_weekly_letter_chooses(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    member, _ = joined(rows, hub)
    rows.commit()
    signed_in(client, member)
    post_form(client, f"/hubs/{hub.id}/letters/wish", {"wanted": "no"})
    assert "Få veckobrevet</button>" in client.get(f"/hubs/{hub.id}/letters", headers=HTML).text
    assert rows.exec(select(HubLetterWish.wanted)).one() is False
