"""What is hidden × the state that it is in × whoever reads × every channel: told to those whom the table names alone.

Every address of the API and the pages, from the routes themselves, so that a new one is read without a line here; what
is searched for, errors, mails, the audit and the log. What is personal is written down for whoever was shown it.
Where only what is hidden is another, the same bytes are answered.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from api.mail.message import message
from core import geo
from core.actor import Actor
from core.database.audit import READ, AuditEntry
from core.jobs import SWEEPS
from core.jobs import app as celery
from core.roles import Private
from core.settings import settings
from core.time import clock
from marketplace.mail.models import Mail, MailItem
from marketplace.mail.queries import letter
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from retention.person import export
from tests import builders
from tests.api.access.addresses import DOORS, addresses_about
from tests.api.access.cards import BEFORE, PLACES, READERS, TEXTS, WISH, Cards, State, cards, mark, swap
from tests.api.access.test_hidden_rows import first_difference, plain
from tests.api.conftest import HTML, Bearer, SignIn

Told = dict[tuple[str, str], str]
Noted = Counter[tuple[str, UUID, str]]
AFTER = frozenset(State) - BEFORE
AGREED = frozenset({State.AGREED})
DECIDED_ON = AFTER | {State.PROPOSED, State.WITHDRAWN}
BORROWERS = ("borrower", "borrower's colleague")
COORDINATOR, ALL_OF_IT = "borrower's coordinator", "coordinator"


@dataclass(frozen=True)
class Hidden:
    """Who reads a field: at the employer whom a table of roles names, all of it where none does; and who outside."""

    privates: tuple[Private, ...] = ()
    outside: Mapping[str, frozenset[State]] = field(default_factory=dict)


_LENT = {"borrower": AGREED}
FIELDS = {
    "name": Hidden((Private.CARD_NAME, Private.LENT_NAME), _LENT),
    "words": Hidden((Private.CARD_NAME, Private.LENT_NAME), _LENT),
    "person": Hidden((Private.APPROVAL_NOTE,), _LENT),
    "approver": Hidden((Private.APPROVAL_NOTE,)),
    "noted": Hidden((Private.APPROVAL_NOTE,)),
    "evidence": Hidden((Private.APPROVAL_NOTE,)),
    "away": Hidden((Private.CLOSED_CARD_NOTE,)),
    "unit": Hidden(),
    "roster": Hidden(outside={ALL_OF_IT: frozenset(State)}),
    "contact": Hidden(outside=dict.fromkeys(BORROWERS, AFTER) | dict.fromkeys((COORDINATOR, ALL_OF_IT), DECIDED_ON)),
    "employer": Hidden(
        outside=dict.fromkeys(BORROWERS, AFTER) | {COORDINATOR: DECIDED_ON, ALL_OF_IT: frozenset(State)}
    ),
}
"""Of a card that could be about four. By its employer the person would be known, and so would it by its places, which
have no marks of their own: `swap` moves them."""
OTHERS = {
    Private.APPROVAL: r'"consents":\["',
    Private.CLOSED_NOTE: r"Rummet renoveras",
    Private.RUN_FIGURES: r"987.?654.?321",
}
"""What is private besides, and how it is known in what is told."""
PERSONAL = "|".join(rf"{name.title()}-\w-" for name in ("name", "words", "evidence", "noted", "away"))
CONTACT, PERSON = r"contact-\w-\w+@", r"person-\w-\w+@"
WRITTEN = {CONTACT: {("member", "member")}, PERSON: {("resource", "card_person"), ("question_answer", "member")}}
"""Whose address is told, and by what that is written down; of a contact where the reader is no colleague."""
ON_PAGES = {"stranger", "borrower", "hr"}
"""Who reads pages, too: they are made from what the API tells."""
INSIDE = {label for label, (home, _roles) in READERS.items() if home is State.AGREED}
TELLS_NOTHING = re.compile(
    r"/(scim|members|sessions|access-tokens|passkeys|sites|organisations|matching-policies|surges/new|"
    r"scenarios|uploads|saved-searches|card-approvals)|text=|near=|/photos"
)
"""Registers of all organisations and members, which say nothing of a card; what is one's own alone, of which
`test_two_alike` reads all; and photos, of which there are none of people."""
NOTICES = {
    *("accepted", "agreed", "withdrawn", "card_answered", "card_runs_out", "card_yours_runs_out"),
    *("thanked", "thanked_you", "question_asked", "question_passed", "question_answered"),
    *("loan_withdrawn", "loan_withdrawal_decided", "wish_asked"),
    *("called", "you_are_called", "person_answered", "stood_down"),
}
"""About people, that somebody of the market is told by mail."""
SOUGHT = tuple(f"/api/v1/offers?text={each.title()}" for each in (*TEXTS, "employer"))
SHOWN_TO = ("stranger", "borrower", ALL_OF_IT)
"""Who reads before and after what is hidden is swapped."""


def test_every_private_field_is_in_the_table() -> None:
    assert {each for hidden in FIELDS.values() for each in hidden.privates} | set(OTHERS) == set(Private)
    assert {*TEXTS, "employer"} == set(FIELDS)


def test_what_is_hidden_is_told_to_whom_the_table_names_and_changes_nothing_for_others(
    app: Litestar,
    client: TestClient[Litestar],
    rows: Session,
    bearer: Bearer,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = cards(rows)
    rows.commit()
    made.cards[State.OPEN].things |= looked_for_in_vain(rows, made)
    assert set(rows.exec(select(Notice.code)).all()) >= NOTICES
    readers = {label: reader(client, made, label, bearer, signed_in) for label in READERS}
    asked = [(label, each) for label in READERS for each in (*addresses(app, made, label), *SOUGHT)]
    people = {card.people[name].id for card in made.cards.values() for name in ("person", "approver")}
    told: Told = {}
    wrong: list[str] = []
    with monkeypatch.context() as patched, capture_logs() as logged:
        noted = note_instead_of_keeping(patched)
        for label, address in asked:
            noted.clear()
            told[label, address] = text = readers[label](address)
            wrong += unwritten(label, address, text, noted, people)
    told |= {(label, "mail"): mail_to(rows, member) for label, member in made.members.items()}
    told["nobody", "log"] = "\n".join(map(str, logged))
    told["nobody", "audit"] = "\n".join(map(str, rows.exec(select(AuditEntry.words, AuditEntry.details)).all()))
    assert "/api/v1/offers/{key}" in told["nobody", "log"]
    assert told["borrower", "mail"]
    actors = {label: actor_for(rows, member.id) for label, member in made.members.items()}
    for name, hidden in FIELDS.items():
        wrong += strays(made, name, hidden, told, actors)
    for private in Private:
        wrong += private_strays(made, private, told, actors)
    wrong += [f"a wish: {label} {address}" for (label, address), text in told.items() if f"{WISH.title()}-" in text]
    kept = str(export(rows, str(made.lender.resource.id)))
    assert all(re.search(mark(each, State.AGREED), kept) for each in ("name", "evidence", "away"))
    assert "'calls': [{" in kept
    assert not wrong, "\n".join(wrong)

    swap(made)
    rows.commit()
    with monkeypatch.context() as patched:
        note_instead_of_keeping(patched)
        again = {(label, each): readers[label](each) for label, each in asked if label in SHOWN_TO}
    wrong += differing({asked: told[asked] for asked in again}, again)
    last = {("stranger", "error"): refused(client, made, bearer), ("nobody", "log of workers"): worked(monkeypatch)}
    for name, hidden in FIELDS.items():
        wrong += strays(made, name, hidden, last, actors)
    assert not wrong, "\n".join(wrong)


def looked_for_in_vain(rows: Session, made: Cards) -> dict[str, UUID]:
    """A run with a need that every card falls short of: its reasons tell how many were left, and what would help."""
    asked = builders.request(rows, made.members["borrower"])
    wanted = {"skillsMust": {"procurement": 5}}
    need = builders.need(rows, asked, family="staff", amount=100, requirements=wanted)
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    rows.expire_all()
    return {"request": asked.id, "need": need.id, "run": run_id}


def unwritten(label: str, address: str, text: str, noted: Noted, people: set[UUID]) -> Iterator[str]:
    """Yield what was told and is not written down, and who is named there beside a card."""
    by = {(entity, what) for entity, _key, what in noted}
    if re.search(PERSONAL, text) and "resource" not in {entity for entity, _what in by}:
        yield f"{label} {address}: the card is not written down"
    for pattern in (PERSON,) if label in INSIDE else (CONTACT, PERSON):
        if re.search(pattern, text) and not by & WRITTEN[pattern]:
            yield f"{label} {address}: {pattern} is not written down"
    for key in {key for _entity, key, _what in noted} & people:
        yield f"{label} {address}: the audit names {key}, whose card it is, or who is asked"


def note_instead_of_keeping(patched: pytest.MonkeyPatch) -> Noted:
    """Let nothing stay of what is done, or reading would change what is read next; count what reads it would note."""
    noted: Noted = Counter()
    what = col(AuditEntry.details)["what"].astext
    read = select(AuditEntry.entity, AuditEntry.entity_id, what).where(col(AuditEntry.reason_code) == READ)

    def commit(session: Session) -> None:
        noted.update((entity, key, what) for entity, key, what in session.exec(read))
        session.rollback()

    patched.setattr(Session, "commit", commit)
    return noted


def reader(client: TestClient[Litestar], made: Cards, label: str, bearer: Bearer, signed_in: SignIn) -> Any:
    """Return what reads an address as somebody."""
    client.cookies.clear()
    signed_in(client, made.members[label])
    client.get("/accessibility", headers=HTML)
    token, cookies = bearer(made.members[label]), dict(client.cookies.items())
    client.get("/api/v1/skills", headers=token)  # or pages would tell later that it was used

    def read(address: str) -> str:
        client.cookies.clear()
        if not address.startswith(DOORS):
            client.cookies.update(cookies)
        return plain(client.get(address, headers=token if address.startswith(DOORS) else HTML))

    return read


def addresses(app: Litestar, made: Cards, label: str) -> list[str]:
    """Return what somebody reads: of a card inside its employer, of all outside."""
    named = [made.things | made.lender.things] if label in INSIDE else made.all_things()
    found = dict.fromkeys(each for things in named for each in addresses_about(app, things, made.lender.home.id))
    return [each for each in found if not TELLS_NOTHING.search(each) and (label in ON_PAGES or each.startswith(DOORS))]


def refused(client: TestClient[Litestar], made: Cards, bearer: Bearer) -> str:
    """Return what somebody is told who says yes to what has been agreed with another."""
    headers = bearer(made.members["stranger"])
    answer = client.post(f"/api/v1/proposals/{made.taken}/acceptance", headers=headers, json={})
    assert answer.status_code == 409
    return answer.text


def worked(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what is logged by all that workers do again and again, with a mail server that is away, and by a run."""
    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setenv("PLATSVERKET_MAIL_URL", "smtp+plain://127.0.0.1:1")
        patched.setenv("PLATSVERKET_MAIL_FROM", "platsverket@example.se")
        settings.cache_clear()
        celery.loader.import_default_modules()
        for sweep in SWEEPS.values():
            celery.tasks[sweep]()
        attempts.run_now(RunDraft(time_limit_s=600))
    settings.cache_clear()
    told = "\n".join(map(str, logged))
    assert all(each in told for each in ("mail_not_sent", "retention", "run_published"))
    return told


def strays(made: Cards, name: str, hidden: Hidden, told: Told, actors: Mapping[str, Actor]) -> Iterator[str]:
    """Yield where a field was told to somebody who is not in its audience."""
    home = made.lender.home.id
    may = {(label, state) for label, states in hidden.outside.items() for state in states}
    at_home = [each for each in hidden.privates if each is not Private.LENT_NAME]
    may |= {
        (label, State.AGREED)
        for label in INSIDE
        if not at_home or any(actors[label].reads(each, home) for each in at_home)
    }
    for (label, address), text in told.items():
        for state in State:
            key = str(made.homes[state].id)
            by_key = name == "employer" and key in text and key not in address
            is_told = by_key or re.search(rf"{mark(name, state)}\b", text, re.IGNORECASE)
            if is_told and (label, state) not in may:
                yield f"{name} of {state}: {label} {address}"


def private_strays(made: Cards, private: Private, told: Told, actors: Mapping[str, Actor]) -> Iterator[str]:
    """Yield where something private of the lender was told to somebody without the role, and to whom it never was."""
    of_card = [mark(name, State.AGREED) for name, hidden in FIELDS.items() if private in hidden.privates]
    pattern = OTHERS.get(private) or "|".join(of_card)
    home = made.homes["borrower" if private in {Private.RUN_FIGURES, Private.LENT_NAME} else State.AGREED].id
    audience = {label for label, actor in actors.items() if actor.reads(private, home)}
    found = {label: address for (label, address), text in told.items() if re.search(pattern, text)}
    if private in OTHERS:
        yield from (f"{private}: {label} {address}" for label, address in found.items() if label not in audience)
    yield from (f"{private} is never told to {label}" for label in audience - set(found) - {COORDINATOR})


def mail_to(rows: Session, member: Member) -> str:
    """Return a mail of all notices of an organisation that a member reads: its head, as text and as HTML."""
    mail = builders.added(rows, Mail(member_id=member.id, created_at=clock.now(), due_at=clock.now()))
    for each in rows.exec(select(Notice).where(Notice.organisation_id == member.organisation_id)).all():
        said = {"notice_id": each.id, "member_id": member.id, "reminds": False, "due_at": clock.now()}
        builders.added(rows, MailItem(mail_id=mail.id, **said))
    found = letter(rows, mail)
    if found is None:
        return ""
    made = message(found)
    return "\n".join([*map(str, made.values()), *(each.get_content() for each in made.iter_parts())])


def differing(before: Told, after: Told) -> Iterator[str]:
    """Yield what was answered otherwise after what is hidden was swapped."""
    for (label, address), text in after.items():
        one, other = (as_shown(label, each) for each in (before[label, address], text))
        if one != other:
            yield f"{label} {address}: {first_difference(one, other)}"


def as_shown(label: str, text: str) -> str:
    """Return a text without whose cards and rosters are and where, for a coordinator, who may know that; nor in which
    order, as that may be by whose they are."""
    if label != ALL_OF_IT:
        return text
    places = "|".join((*PLACES.values(), *(geo.municipality(each).name for each in PLACES.values())))
    known = re.sub(rf"(?i)(employer|contact|roster)-\w-|{places}", "", text)
    return "\n".join(sorted(re.findall(r"[^{}\[\]]+", known)))
