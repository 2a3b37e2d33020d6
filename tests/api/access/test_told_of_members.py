"""What members of hubs tell × its audience × whoever reads × every door: told to those whom the table names alone.

Every address about hubs, of the API and the pages, from the routes themselves, so that a new one is read without a line
here; calendars, by each reader's own address, and letters, too. Where something is told to nobody who may read it, the
test fails as well. What is asked of single parts is tried by `tests/hubs/profiles`; notices and mails by
`test_told_by_mail`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.access import ACCESS
from api.mail.letters.message import words_for
from core.time import clock
from hubs.activities.models import ActivityAudience
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.introductions.models import IntroductionState
from hubs.letters.models import LetterState
from hubs.letters.text import NEW_MEMBERS
from hubs.membership.models import HubMember, HubMembership, HubMemberState
from hubs.places.models import Hub
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import monday_of
from hubs.profiles.models import ProfileAudience, ProfilePart
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.tokens import token_hash
from tests import builders
from tests.api.access.addresses import DOORS, filled_in, routes
from tests.api.conftest import HTML, Bearer, SignIn
from tests.hubs import rows as hubs
from tests.hubs.presence.community import contact, joined

AT_HUB = frozenset({"member", "chosen"})
BEFORE = frozenset({"left", "lapsed", "gone"})
ALL_READERS = AT_HUB | BEFORE | {"elsewhere", "host", "stranger", "nobody"}
"""Of the hub, one chosen by all at that; of another hub, by the chosen one's other account; a host who is no member;
others; signed out. And who was a member, chosen by all: who left, or whose agreement or organisation did.
"""
TOLD = {
    ProfileAudience.NOBODY: frozenset[str](),
    ProfileAudience.CHOSEN: frozenset({"chosen"}),
    ProfileAudience.MEMBERS: AT_HUB,
    ProfileAudience.HOSTS: AT_HUB | {"host"},
    ProfileAudience.ALL_HUBS: AT_HUB | {"host", "elsewhere"},
}
"""Who reads a part of a profile. First names hosts know of all, who have applied to them by these."""
DAYS = {
    Audience.NOBODY: frozenset[str](),
    Audience.CHOSEN: frozenset({"chosen"}),
    Audience.MEMBERS: AT_HUB,
    Audience.HOSTS: AT_HUB,
}
"""Who reads on which days somebody comes. Hosts are told whom they have not seen, never a day."""
INTRODUCED = {state: frozenset({"member"} if state is IntroductionState.MADE else ()) for state in IntroductionState}
"""Who reads the surname of whom the member is introduced to; the host knows it from the application."""
OF_GROUP = "Lyssnarpasset."
"""What is on in a group that all readers were let into."""
FEEDS = {
    "/calendars/": ALL_READERS - {"gone", "nobody"},
    "/hub-group-calendars/": AT_HUB | {"elsewhere"},
}
"""Who reads a calendar by an address that was made for it when it could."""
ABOUT_HUBS = ("/hub", "/introductions", "/activities", "/calendars/")
PARTS = (ProfilePart.CAN, ProfilePart.LEARNS, ProfilePart.WONDERS)
"""Which organisations are members of a hub everybody may know: who is whose is tried by `tests/hubs/profiles`."""


@dataclass
class Community:
    """A hub with somebody for each line of the table, whoever reads, and who may read each mark."""

    hub: Hub
    readers: dict[str, Member]
    marks: dict[str, frozenset[str]] = field(default_factory=dict)
    days: dict[str, frozenset[str]] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)


def test_what_members_tell_is_read_by_its_audience_alone_through_every_door(
    app: Litestar, client: TestClient[Litestar], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    made = community(rows)
    letter = made.things["hub_letter"]
    rows.commit()
    found: dict[str, set[str]] = defaultdict(set)
    wrong: list[str] = []
    for label in sorted(ALL_READERS):
        client.cookies.clear()
        headers = {}
        if label != "nobody":
            signed_in(client, made.readers[label])
            headers = bearer(made.readers[label])
        if label == "gone":  # what it holds was made before
            rows.get_one(Organisation, made.readers[label].organisation_id).left_at = clock.now()
            rows.commit()
        for address in addresses(app, made, label):
            is_api = address.startswith(DOORS)
            answer = client.get(address, headers=headers if is_api else HTML)
            text = answer.text
            for feed in filter(address.startswith, FEEDS):
                wrong += [] if answer.is_success is (label in FEEDS[feed]) else [f"{address}: {answer.status_code}"]
            about_days = "/days" in address or "/week" in address
            for mark, told in (made.marks | (made.days if about_days else {})).items():
                if mark in text:
                    found[mark].add(label)
                    wrong += [] if label in told else [f"{mark} to {label} by {address}"]
    told_to = made.marks | made.days
    wrong += [f"{mark} is never told {told - found[mark]}" for mark, told in told_to.items() if told - found[mark]]
    mailed = words_for(rows, rows.get_one(hubs.HubLetter, letter), is_member=False)
    wrong += [f"{mark} in a letter to others" for mark in told_to if mark in mailed]
    assert not wrong, "\n".join(wrong)


def addresses(app: Litestar, made: Community, label: str) -> Iterator[str]:
    """Yield every address about hubs that may be read; of calendars, a reader's own."""
    for method, path, _handler in routes(app):
        if method != "GET" or not path.removeprefix("/api/v1").startswith(ABOUT_HUBS):
            continue
        thing = ACCESS[f"GET {path}"].thing
        values = {"key": made.things[thing] if thing else made.hub.id, "kind": "weekly", "initiative": made.hub.id}
        values["secret"] = label
        query = f"?monday={next_monday()}" if path.endswith(("/days", "/week")) else ""
        yield filled_in(path, values) + query


def community(rows: Session) -> Community:
    hub, other = hubs.hub(rows), hubs.hub(rows)
    readers = {label: joined(rows, hub, "Läsare")[0] for label in sorted(AT_HUB | BEFORE)}
    readers |= {"elsewhere": joined(rows, other)[0], "stranger": builders.member(rows)}
    readers["host"] = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    made = Community(hub, readers)
    for audience, told in TOLD.items():
        name = _somebody(rows, made, f"Ripa{audience.value}.", dict.fromkeys(ProfilePart, audience))
        made.marks |= {name: told | {"host"}} | {f"{part.value}-{name}": told for part in PARTS}
        parts = dict.fromkeys(ProfilePart, audience) | {ProfilePart.NAME: ProfileAudience.ALL_HUBS}
        name = _somebody(rows, made, f"Sparv{audience.value}.", parts)
        made.marks |= {f"{part.value}-{name}": told for part in PARTS}
    for days, told in DAYS.items():
        name = _somebody(rows, made, f"Lom{days.value}.", {ProfilePart.NAME: ProfileAudience.ALL_HUBS}, days)
        made.days[name] = told
    for state, told in INTRODUCED.items():
        partner, _ = joined(rows, hub, told_to={})
        partner.name = f"Medlem Fjäll{state.value}"
        made.things["introduction"] = hubs.introduction(rows, hub, readers["member"], partner, state=state).id
        made.marks[partner.name] = told | {"host"}
    rows.exec(select(HubMember).where(HubMember.member_id == readers["left"].id)).one().state = HubMemberState.LEFT
    home = readers["lapsed"].organisation_id
    agreed = rows.exec(select(HubMembership).where(HubMembership.organisation_id == home)).one()
    agreed.starts, agreed.ends = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
    readers["elsewhere"].email = readers["chosen"].email
    _feeds(rows, made)
    made.things |= _things(rows, made)
    return made


def _things(rows: Session, made: Community) -> dict[str, UUID]:
    member, hub = made.readers["member"], made.hub
    sent = {"state": LetterState.SENT, "sent_at": clock.now(), "words": f"Hej!\n\n{NEW_MEMBERS}\n"}
    group = {"hub_id": hub.id, "member_id": member.id, "kind": "network", "name": "Processledare"}
    agreed = hubs.membership(rows, [hub], member)
    seat = rows.exec(select(HubMember).where(HubMember.member_id == member.id)).one()
    activity = hubs.activity(rows, hub, member_id=member.id)
    found = {
        **dict.fromkeys(("hub", "community", "member_hub"), hub),
        **dict.fromkeys(("activity", "own_activity", "registered_activity"), activity),
        **dict.fromkeys(("hub_member", "own_hub_member"), seat),
        "hub_membership": agreed,
        "hub_letter": hubs.letter(rows, hub, **sent),
        "hub_group": builders.added(rows, HubGroup(**group)),
        "hub_question": hubs.question(rows, hub, member),
    }
    return {name: row.id for name, row in found.items()}


def _feeds(rows: Session, made: Community) -> None:
    """Let every reader be in a group that has something on, and have an address of its calendar and of its own."""
    group = hubs.group(rows, made.hub)
    hubs.activity(rows, made.hub, title=OF_GROUP, audience=ActivityAudience.MEMBERS, group_id=group.id)
    made.marks[OF_GROUP] = AT_HUB | {"elsewhere", "host"}
    for label, member in made.readers.items():
        its = {"member_id": member.id}
        builders.added(rows, HubGroupMember(**its, group_id=group.id, named=False, feed_hash=token_hash(label)))
        builders.added(rows, CalendarFeed(**its, name="Outlook", scope=FeedScope.OWN, hash=token_hash(label)))


def _somebody(
    rows: Session,
    made: Community,
    name: str,
    told_to: dict[ProfilePart, ProfileAudience],
    days: Audience = Audience.NOBODY,
) -> str:
    """Let somebody be a new member whose parts have marks, and return its first name."""
    said = {"can": [f"can-{name}"], "learns": [f"learns-{name}"], "wonders": f"wonders-{name}"}
    told = {part.value: audience.value for part, audience in told_to.items()}
    owner, _ = joined(rows, made.hub, name, **said, told_to=told)
    seat = rows.exec(select(HubMember).where(HubMember.member_id == owner.id)).one()
    seat.joined_at = clock.now() - timedelta(days=1)
    for label in sorted(BEFORE | {"chosen"}):
        contact(rows, made.hub, owner, made.readers[label], chosen=True)
    its = {"hub_id": made.hub.id, "member_id": owner.id, "monday": next_monday(), "told_to": days}
    builders.added(rows, HubWeek(**its, plans=[next_monday() + timedelta(days=1)]))
    return name


def next_monday() -> date:
    return monday_of(clock.today()) + timedelta(weeks=1)
