"""Every address of the API and of the pages × everybody: each role in the lender's, the borrower's and a strange
organisation, those that may be for one unit also for that of the things and for another, and nobody at all.
Nothing that is done here stays: whatever would be written is rolled back.

`make everybody` tries them all, which takes minutes; without it those are left out who seldom differ from others.
"""

import os
from collections import Counter
from typing import Any

import msgspec
import pytest
from jinja2 import Environment, Template
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api.access import ACCESS, Access
from api.openapi import example_of
from api.pages.forms import Form
from core.actor import Actor
from core.errors import BadInput
from core.roles import BY_DEPARTMENT, PERMISSIONS, Permission, Private, Role
from core.time import clock
from hubs.activities.links import declining_address
from hubs.feedback.links import survey_path
from hubs.letters.links import confirming_address, unsubscribing_address
from hubs.visits.links import visit_address
from marketplace.organisations import service
from marketplace.organisations.queries import actor_for
from tests.api.access.addresses import DOORS, KEYS, filled_in, routes
from tests.api.access.market import ALL, HOMES, NONE, OWN_UNIT, UNITS, Market, market
from tests.api.conftest import HTML, Bearer, SignIn

EVERYBODY = "EVERYBODY" in os.environ
"""Whether to leave nobody out: some 23,000 requests instead of 4,000, for which a run of all tests has no time."""

SEEN_BY: dict[str, tuple[str, ...]] = {
    "site": ("lender",),
    "hub": ("lender", "borrower", "foreign"),
    "own_hub_member": (),
    "resource": ("lender",),
    "lent": ("lender", "borrower"),
    "offer": ("lender", "borrower"),
    "request": ("borrower",),
    "proposal": ("lender", "borrower"),
    "run": ("borrower",),
    "inquiry": ("borrower",),
    "booking": ("lender", "borrower"),
    "loan": ("lender", "borrower"),
    "papers": ("lender", "borrower"),
    "paper": ("lender", "borrower"),
    "member": ("lender",),
    "token": ("lender",),
    "provisioned_user": ("lender",),
    "provisioned_group": ("lender",),
    "notice": ("lender",),
    "draft": ("lender",),
    "card": ("lender",),
    "card_offer": ("lender",),
    "session": (),
    "own_card": (),
    "card_approval": (),
    "card_link": (),
    "passkey": (),
    "upload": (),
    "stocktake": ("lender",),
    "mail": ("lender",),
    "saved_search": (),
    "wish": (),
    "scenario": (),
    "surge": ("borrower",),
    "adviser": (),
    "busy_calendar": ("lender",),
    "webhook": ("lender",),
    "calendar": (),
    "member_calendar": ("lender",),
    "question": ("lender", "borrower"),
    "own_question": (),
    "activity": HOMES,
    "own_activity": (),
    "registered_activity": (),
    "community": (),
    "hub_group": (),
    "hub_question": HOMES,
    "introduction": (),
    "hub_letter": HOMES,
    "member_hub": ("lender",),
}
"""Whose members see each thing, beside coordinators."""
PROVISIONED = {"provisioned_user", "provisioned_group"}
NOT_COORDINATORS = {"notice", "draft", "card", "card_offer", "session", "passkey", "upload", "saved_search", "scenario"}
NOT_COORDINATORS |= {"stocktake", "adviser", "calendar", "own_question", "webhook", "hub_member", "own_hub_member"}
NOT_COORDINATORS |= {"own_activity", "registered_activity", "community", "introduction", "member_hub", "hub_group"}
NOT_COORDINATORS |= PROVISIONED | {"papers", "paper", "own_card", "card_approval", "card_link", "wish"}
READERS = {"card": Private.CARD_NAME, "card_offer": Private.CARD_NAME}
ON_BEHALF = {
    Permission.REQUEST: "borrower",
    Permission.ANSWER_AS_BORROWER: "borrower",
    Permission.DECIDE: "borrower",
    Permission.PLAN: "borrower",
    Permission.ALERT: "borrower",
}
"""Where a permission about a thing is needed, if not at the lender's."""

UNIT = UNITS[OWN_UNIT]
SEEN_WITH: dict[str, list[tuple[Permission, str | None]]] = {
    "card_question": [(Permission.NOTE_APPROVAL, UNIT)],
    "hub_member": [(Permission.HOST, None)],
    "hub_membership": [(Permission.ADMINISTER, None), (Permission.HOST, None)],
    "stocktake": [(Permission.OFFER, None)],
    "roster": [(Permission.KEEP_ROSTERS, None)],
}
"""Things of the lender that are seen with a permission there, for the whole organisation or the unit."""
OF_THE_UNIT = {
    "resource",
    "lent",
    "offer",
    "card",
    "card_offer",
    "booking",
    "busy_calendar",
    "loan",
    "papers",
    "paper",
    "proposal",
    "request",
    "run",
    "inquiry",
    "surge",
    "card_question",
}
"""Things that belong to a unit; a site is the whole organisation's."""
OF_THE_WHOLE = {"/checklists", "/api/v1/hub-memberships", "/api/v1/rosters", "/hubs/{key}/membership", "/rosters/new"}
"""What is for one's whole organisation, and not for who has the role in a unit."""
LISTED_FOR_ONES_OWN = {
    "/api/v1/resources",
    "/api/v1/sites/{key}/emptying",
    "/api/v1/sites/{key}/emptying/undoing",
    "/emptying/{key}",
    "/emptying/{key}/undoing",
}
"""At a site of the organisation, whoever lists for a unit lists for that."""

ROLE_FIRST = {"/api/v1/checklists", "/api/v1/stocktakes", "/api/v1/hubs", "/api/v1/resources"}
"""Where something is made at a site: whoever may make nothing such is told that, be there such a site or not."""

CODES = {"municipalities": "2380", "skills": "procurement"}
QUERIES = {"/competence": "?skill=procurement", "/questions/new": "?skill=procurement"}
"""Of pages that show more when something is looked for."""

FORMS: dict[str, dict[str, str]] = {
    "/offers/{key}/resource": {"name": "Nytt namn", "version": "1", "seats": "8", "kind": "meeting_room"},
    "/offers/{key}/consents": {"given": "yes", "who": "manager", "evidence": "Blankett"},
    "/proposals/{key}/refusal": {"code": "too_far"},
    "/bookings/{key}/cancellation": {"code": "no_longer_needed"},
    "/bookings/{key}/dispute": {"code": "damaged"},
    "/bookings/{key}/movements": {"kind": "out"},
    "/bookings/{key}/withdrawal-decision": {"to": "notice"},
    "/bookings/{key}/early-end": {"lastDay": "2099-01-01", "ending": "no_longer_needed"},
    "/bookings/{key}/extension": {"through": "2099-01-01"},
    "/bookings/{key}/shortfalls/decision": {"missingTo": "fewer"},
    "/bookings/{key}/later-ends": {"untilDay": "2099-01-01"},
    "/bookings/{key}/later-ends/{asked}/refusal": {"whyNotLonger": "no_longer_available"},
    "/bookings/{key}/thanks": {"thanks": "Tack!"},
    "/questions/{key}/ending": {"to": "answered"},
    "/requests/{key}/bundle-decision": {"choice": "kept"},
    "/activities/{key}/registrations": {"seats": "1"},
    "/activities/{key}/registration": {"fewer": "1"},
    "/activities/{key}/answer": {"answer": "decline"},
    "/hubs/{key}/groups/new": {"kind": "network", "name": "Nyanställda"},
    "/hub-groups/{key}/change": {"kind": "network", "name": "Nyanställda", "version": "1"},
    "/hubs/{key}/initiatives": {"title": "Ett nytt", "bornOn": "2026-01-01", "state": "idea"},
    "/hubs/{key}/initiatives/{initiative}": {"became": "tried"},
    "/feedback/{secret}": {"first": "5", "second": "4"},
    "/visits/{secret}": {"answer": "yes"},
    "/activities/{key}/documentation": {"documents": "https://example.se"},
    "/introductions/{key}/answer": {"answer": "yes"},
    "/scenarios/{key}/changes": {"need": "{need}"},
}
"""What is typed into them, things by their kinds."""


def test_every_address_has_a_line_and_every_line_an_address(app: Litestar) -> None:
    found = Counter(f"{method} {path}" for method, path, _handler in routes(app))
    assert set(found) == set(ACCESS), set(found) ^ set(ACCESS)


def address_of(path: str, access: Access, made: Market) -> str:
    """Return an address with its parameters, about the things of a market."""
    known: dict[str, object] = {
        "resource": made.things["card" if access.thing == "card" else "resource"],
        "need": made.things["need"],
        "period": made.things["period"],
        "photo": made.things["photo"],
        "report": made.things["report"],
        "movement": made.things["movement"],
        "person": made.things["person"],
        "initiative": made.things["initiative"],
        "invitation": made.things["invitation"],
        "asked": made.things["later_end"],
        "delivery": made.things["delivery"],
        "number": 1,
        "size": "small",
        "secret": _secret(path, made),
        "role": "lister",
        "family": "space",
        "kind": "weekly" if "/letters/" in path else "spaces",
        "code": CODES.get(path.removeprefix("/api/v1").split("/")[1], "sv"),
        "key": made.things[access.thing] if access.thing else KEYS.get(path, made.homes["lender"]),
    }
    query = f"?first={clock.today()}&last={clock.today()}" if path.endswith("/free-periods") else ""
    return filled_in(path, known) + (query or QUERIES.get(path, ""))


def _secret(path: str, made: Market) -> str:
    """Return the last part of an address that is signed, or any word where it is none such."""
    signs = {"declining": (declining_address, "registration"), "feedback": (survey_path, "survey")}
    signs["visits"] = (visit_address, "visit")
    signs |= {"letter-stops": (unsubscribing_address, "subscriber")}
    signs |= {"newsletter-confirmations": (confirming_address, "subscriber")}
    sign, thing = signs.get(path.split("/")[1], (None, ""))
    return "link" if sign is None else sign(made.things[thing]).rpartition("/")[2]


def _body(path: str, handler: Any, made: Market) -> dict[str, Any] | None:
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is None:
        return None
    body: dict[str, Any] = msgspec.to_builtins(example_of(data.annotation))
    if "siteId" in body:
        body["siteId"] = str(made.things["site"])
    return body | {
        "/api/v1/activities": {"hubId": str(made.things["hub"])},
        "/api/v1/hub-questions": {"hubId": str(made.things["community"])},
        "/api/v1/hub-members": {"hubId": str(made.things["hub"])},
        "/api/v1/hub-memberships": {"hubIds": [str(made.things["hub"])]},
        "/api/v1/hub-memberships/{key}/coverage": {"hubId": str(made.things["hub"])},
        "/api/v1/inquiries": {"needId": str(made.things["need"])},
        "/api/v1/busy-calendars": {"resourceId": str(made.things["resource"])},
        "/api/v1/offers": {"resourceId": str(made.things["resource"]), "resource": None},
        "/api/v1/proposals/{key}/acceptance": {"side": None},
        "/api/v1/organisations/{key}": {"kind": "state_agency", "number": None, "municipalityCode": "2380"},
        "/api/v1/organisations/{key}/partners": {"partnerId": str(made.homes["foreign"])},
        "/api/v1/members/{key}/grants": {"role": "lister", "countyCodes": []},
        "/api/v1/scenarios": {"runId": str(made.things["run"])},
        "/api/v1/surges": {"organisationId": str(made.homes["borrower"])},
        "/api/v1/resources/{resource}/consents": {"who": "manager"},
    }.get(path, {})


def _sees(actor: Actor, home: str, path: str, access: Access, made: Market) -> bool:
    thing = access.thing
    if thing is None or (actor.coordinates and thing not in NOT_COORDINATORS):
        return True
    if (thing in PROVISIONED or path in ROLE_FIRST) and not any(actor.may(each) for each in access.permissions):
        return True  # it is not looked for
    if thing in SEEN_WITH:
        return any(actor.may(each, made.homes["lender"], unit) for each, unit in SEEN_WITH[thing])
    if thing == "scenario":
        return home == "lender" and actor.coordinates
    if thing == "surge" and actor.may(Permission.ANSWER_CALLS, made.homes["lender"], UNIT):
        return True
    if thing == "draft":
        return home == "lender" and actor.may(Permission.OFFER)
    at_home = home in SEEN_BY[thing]
    return at_home and (thing not in READERS or actor.reads(READERS[thing], made.homes["lender"], UNIT))


def _expected(actor: Actor | None, home: str, path: str, access: Access, made: Market) -> str:
    if actor is None:
        return "signed out" if access.signed_in else "allowed"
    if not _sees(actor, home, path, access, made):
        return "403" if access.thing == "card_link" else "404"  # whoever has the link knows that there is one
    if not access.permissions:
        return "allowed"
    named = access.thing or "/organisations/" in path
    wanted = [(each, made.homes[ON_BEHALF.get(each, "lender")] if named else None) for each in access.permissions]
    if path in LISTED_FOR_ONES_OWN:
        wanted = [(each, None if home == "lender" else where) for each, where in wanted]
    if path in OF_THE_WHOLE:
        wanted = [(each, made.homes[home]) for each, _where in wanted]
    unit = UNIT if access.thing in OF_THE_UNIT else None
    if access.also is not None and not actor.may(access.also, actor.organisation_id):
        return "403"
    return "allowed" if any(actor.may(permission, where, unit) for permission, where in wanted) else "403"


def _is_tried(home: str, role: str, path: str, access: Access) -> bool:
    """Tell whether a role is tried by itself: where it may do something, and nobody's. Elsewhere all are, at once.

    Of the pages, which do the same as the API, on one side only, and the coordinator's and nobody's.
    """
    if EVERYBODY or not home or role == ALL:
        return True
    if not access.permissions:
        return home == "lender" and role in {NONE, Role.COORDINATOR}
    sides = [ON_BEHALF.get(each, "lender") for each in access.permissions]
    if role in UNITS:
        limited = any(PERMISSIONS[each].roles & BY_DEPARTMENT for each in access.permissions)
        return limited and path.startswith(DOORS) and home == sides[0]
    if path.startswith(DOORS):
        return home in sides and role in {NONE, Role.COORDINATOR, *access.roles}
    return home == sides[0] and role in {NONE, Role.COORDINATOR}


def _got(answer: Any) -> str:
    if answer.status_code == 401 or "/sign-in?" in answer.headers.get("location", ""):
        return "signed out"
    if answer.status_code in {403, 404}:
        return str(answer.status_code)
    return "allowed" if answer.status_code < 500 or answer.status_code == 501 else f"failed {answer.text[:200]}"


def test_what_everybody_gets_of_every_address(
    app: Litestar,
    client: TestClient[Litestar],
    rows: Session,
    bearer: Bearer,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = market(rows)
    rows.commit()
    people: list[tuple[str, str, Actor | None, dict[str, dict[str, str]], dict[str, str]]] = [
        ("", "nobody", None, {}, {})
    ]
    for (home, role), member in made.members.items():
        client.cookies.clear()
        signed_in(client, member)
        client.get("/accessibility", headers=HTML)
        tokens = {"/api/": bearer(member), "/scim/": bearer(member, "provision")}
        people.append((home, role, actor_for(rows, member.id), tokens, dict(client.cookies.items())))
    monkeypatch.setattr(Session, "commit", Session.rollback)
    monkeypatch.setattr(service, "note_use", lambda *_: None)
    page = Template("page")
    monkeypatch.setattr(Environment, "get_template", lambda *_: page)  # how pages look is for other tests
    tried = [(m, p, h) for m, p, h in routes(app) if not p.startswith("/sign-in") and f"{m} {p}" != "POST /sign-out"]
    assert all(_is_tried(*people[0][:2], path, ACCESS[f"{method} {path}"]) for method, path, _h in tried), "signed out"
    wrong = []
    for method, path, handler in tried:
        key = f"{method} {path}"
        access = ACCESS[key]
        address, body = address_of(path, access, made), _body(path, handler, made)
        fields = {name: filled_in(value, made.things) for name, value in FORMS.get(path, {}).items()}
        for home, role, actor, tokens, cookies in people:
            if not _is_tried(home, role, path, access):
                continue
            client.cookies.clear()
            door = path[: path.find("/", 1) + 1]
            if door in DOORS:
                answer = client.request(method, address, json=body, headers=tokens.get(door))
            else:
                client.cookies.update(cookies)
                form = fields | {"_csrf_token": cookies.get("platsverket_form", "")}
                answer = client.request(method, address, data=form if method == "POST" else None, headers=HTML)
            expected, got = _expected(actor, home, path, access, made), _got(answer)
            if expected != got and not (actor is None and method == "POST" and got == "403"):
                wrong.append(f"{key} {home} {role}: {got}, not {expected}")
            if method == "POST" and door not in DOORS and role == NONE and expected in {"403", "404"}:
                got = _got_for_a_wrong_form(client, address, form)
                wrong += [f"{key} {home} {role} with a wrong form: {got}, not {expected}"] * (expected != got)
    assert not wrong, "\n".join(wrong)


def _got_for_a_wrong_form(client: TestClient[Litestar], address: str, form: dict[str, str]) -> str:
    """Whoever may not do something is told that, and not what is wrong with the form that would."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Form, "check", _is_wrong)
        return _got(client.post(address, data=form, headers=HTML))


def _is_wrong(_form: Form) -> None:
    raise BadInput("field", "x", "write something else")
