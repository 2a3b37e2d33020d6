"""What each operation of the API and each page asks of whoever calls it: the reference shows it, and a test tries it.

What may be done is decided where it is done, by `core.roles`; what may be seen, by the queries. This says which of the
permissions that is, for every address: a new one without a line here fails the test of all addresses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.roles import PERMISSIONS, Permission, Role


@dataclass(frozen=True)
class Access:
    """Whom something is for: everybody, everybody who is signed in, or those with one of some permissions.

    `thing` is what the address names: whoever may not see it gets 404, and whoever sees it but may not do this, 403.
    `confirmed`: it asks for a fresh confirmation by a person; a program cannot give one. `also`: a permission that is
    needed beside, such as to file the request that comes of it.
    """

    permissions: tuple[Permission, ...] = ()
    thing: str | None = None
    signed_in: bool = True
    confirmed: bool = False
    also: Permission | None = None

    @property
    def roles(self) -> list[Role]:
        """The roles that have one of the permissions; none: no role is needed."""
        return roles_for(*self.permissions)


def roles_for(*permissions: Permission) -> list[Role]:
    """Return the roles that have one of some permissions."""
    return [role for role in Role if any(role in PERMISSIONS[each].roles for each in permissions)]


def _needs(*permissions: Permission, thing: str | None = None) -> Access:
    return Access(permissions, thing)


def _confirmed(*permissions: Permission, thing: str | None = None) -> Access:
    return Access(permissions, thing, confirmed=True)


P = Permission
_ANYBODY = Access(signed_in=False)
_SIGNED_IN = Access()
_ANSWERS = (P.ANSWER_AS_LENDER, P.ANSWER_AS_BORROWER)
_LENDS, _EITHER_SIDE = (P.OFFER, P.DECIDE), (P.OFFER, P.REQUEST, P.DECIDE)

_ACTIVITIES = {
    "POST /{key}/answer": Access(thing="registered_activity"),
    "POST /{key}/cancellation": _needs(P.HOST, thing="activity"),
    "POST /{key}/documentation": _needs(P.HOST, thing="activity"),
    "POST /{key}/proposal": Access(thing="own_activity"),
    "POST /{key}/registrations": Access(thing="activity"),
    "POST /{key}/return": _needs(P.HOST, thing="activity"),
    "POST /{key}/setting": _needs(P.HOST, thing="activity"),
}
"""The host's, or theirs who have initiated it or are members of the hub; whoever sees it may register."""
_HUB_QUESTIONS = {
    "POST /{key}/answers": Access(thing="hub_question"),
    "POST /{key}/removal": _needs(P.HOST, thing="hub_question"),
    "POST /{key}/report": Access(thing="hub_question"),
}
"""Taken away by the host, or by whoever wrote it."""
_LETTERS = {
    f"POST /{{key}}/{what}": _needs(P.HOST, thing="hub_letter")
    for what in ("cancellation", "scheduling", "taking-back")
}
_HUB_GROUPS = {f"POST /{{key}}/{what}": Access(thing="hub_group") for what in ("closing", "joining", "leaving")}
_TO_HUB_MEMBERS = ("admission", "ending", "refusal", "welcome")

_API = {
    "activities": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.HOST, thing="hub"),
        "GET /{key}": Access(thing="activity"),
        "PUT /{key}": _needs(P.HOST, thing="activity"),
        "GET /{key}/facilitator": Access(thing="activity"),
        "POST /{key}/facilitator": Access((P.HOST,), "activity", also=P.REQUEST),
        "GET /{key}/registrations": _needs(P.HOST, thing="activity"),
        "POST /{key}/registration": Access(thing="registered_activity"),
        **_ACTIVITIES,
    },
    "advisers": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "GET /{key}": Access(thing="adviser"),
        "DELETE /{key}": Access(thing="adviser"),
        "POST /{key}/pause": Access(thing="adviser"),
        "POST /{key}/resumption": Access(thing="adviser"),
    },
    "access-tokens": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "POST /{key}/revocation": _needs(P.ADMINISTER, thing="token"),
    },
    "api-info": {"GET": _ANYBODY},
    "audit-entries": {"GET": _needs(P.READ_AUDIT)},
    "bookings": {
        "GET": _SIGNED_IN,
        "GET /{key}/history": Access(thing="booking"),
        "GET /{key}": Access(thing="booking"),
        "GET /{key}/invitations": Access(thing="booking"),
        "POST /{key}/cancellation": _needs(*_EITHER_SIDE, thing="booking"),
        "POST /{key}/closing": _needs(*_LENDS, thing="booking"),
        "POST /{key}/dispute": _needs(*_EITHER_SIDE, thing="booking"),
        "POST /{key}/early-end": _needs(*_EITHER_SIDE, thing="loan"),
        "POST /{key}/extension": _needs(P.REQUEST, thing="loan"),
        "POST /{key}/hand-over": _needs(*_LENDS, thing="booking"),
        "GET /{key}/later-ends": Access(thing="booking"),
        "POST /{key}/later-ends": _needs(P.REQUEST, thing="booking"),
        "POST /{key}/later-ends/{asked}/acceptance": _needs(*_LENDS, thing="booking"),
        "POST /{key}/later-ends/{asked}/refusal": _needs(*_LENDS, thing="booking"),
        "GET /{key}/shortfalls": Access(thing="booking"),
        "POST /{key}/shortfalls/decision": _needs(P.REQUEST, P.DECIDE, thing="booking"),
        "GET /{key}/movements": Access(thing="booking"),
        "POST /{key}/movements": _needs(*_LENDS, thing="booking"),
        "POST /{key}/movements/{movement}/photos": _needs(*_LENDS, thing="papers"),
        "GET /{key}/movements/{movement}/photos/{number}": Access(thing="papers"),
        "GET /{key}/papers": Access(thing="papers"),
        "POST /{key}/papers": _needs(P.OFFER, P.REQUEST, thing="papers"),
        "POST /{key}/return": _needs(*_LENDS, thing="booking"),
        "POST /{key}/thanks": _needs(P.REQUEST, thing="loan"),
        "DELETE /{key}/thanks": _needs(P.REQUEST, thing="loan"),
        "POST /{key}/withdrawal-decision": _needs(P.NOTE_APPROVAL, P.DECIDE, thing="booking"),
        **{
            f"POST /{{key}}/invitations/{{invitation}}/{answer}": _needs(P.REQUEST, P.DECIDE, thing="booking")
            for answer in ("acceptance", "refusal")
        },
    },
    "busy-calendars": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER, thing="resource"),
        "GET /{key}": Access(thing="busy_calendar"),
        "DELETE /{key}": _needs(P.OFFER, thing="busy_calendar"),
        "POST /{key}/reading": _needs(P.OFFER, thing="busy_calendar"),
    },
    "calendar-feeds": {
        "GET": _SIGNED_IN,
        "POST": _confirmed(),
        "GET /{key}": Access(thing="calendar"),
        "POST /{key}/renewal": _confirmed(thing="calendar"),
        "POST /{key}/revocation": _needs(P.ADMINISTER, thing="member_calendar"),
    },
    "checklists": {"GET": _SIGNED_IN, "POST": _needs(P.OFFER, P.ADMINISTER, thing="site")},
    "card-approvals": {
        "GET /{key}": Access(thing="card_approval"),
        "POST /{key}/answer": Access(thing="card_approval"),
    },
    "hub-groups": {
        "GET /{key}": Access(thing="hub_group"),
        "PUT /{key}": Access(thing="hub_group"),
        **_HUB_GROUPS,
    },
    "hub-members": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "GET /{key}": Access(thing="hub_member"),
        "POST /{key}/leaving": Access(thing="own_hub_member"),
        "POST /{key}/first-name": Access(thing="own_hub_member"),
        "POST /{key}/signature": Access(thing="own_hub_member"),
        **{f"POST /{{key}}/{what}": _needs(P.HOST, thing="hub_member") for what in _TO_HUB_MEMBERS},
    },
    "hub-memberships": {
        "GET": _needs(P.ADMINISTER),
        "POST": _needs(P.ADMINISTER),
        "GET /{key}": Access(thing="hub_membership"),
        "POST /{key}/agreement": _needs(P.HOST, thing="hub_membership"),
        "POST /{key}/coverage": _needs(P.HOST, thing="hub_membership"),
        "POST /{key}/ending": _needs(P.ADMINISTER, P.HOST, thing="hub_membership"),
        "POST /{key}/refusal": _needs(P.HOST, thing="hub_membership"),
        "POST /{key}/withdrawal": _needs(P.ADMINISTER, thing="hub_membership"),
    },
    "hub-letters": {
        "GET /{key}": Access(thing="hub_letter"),
        "PUT /{key}": _needs(P.HOST, thing="hub_letter"),
        **_LETTERS,
    },
    "hub-people": {"GET": _SIGNED_IN},
    "hub-questions": {
        "GET": _SIGNED_IN,
        "POST": Access(thing="community"),
        "GET /{key}": Access(thing="hub_question"),
        **_HUB_QUESTIONS,
    },
    "hubs": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.HOST, thing="site"),
        "GET /{key}": Access(thing="hub"),
        "PUT /{key}": _needs(P.HOST, thing="hub"),
        "GET /{key}/manifestos": Access(thing="hub"),
        "POST /{key}/manifestos": _needs(P.HOST, thing="hub"),
        "GET /{key}/letters": Access(thing="hub"),
        "POST /{key}/letters": _needs(P.HOST, thing="hub"),
        "POST /{key}/letter-wish": Access(thing="member_hub"),
        "GET /{key}/members": _needs(P.HOST, thing="hub"),
        "GET /{key}/memberships": _needs(P.HOST, thing="hub"),
        "GET /{key}/figures": Access(thing="community"),
        "GET /{key}/groups": Access(thing="community"),
        "POST /{key}/groups": Access(thing="community"),
        "GET /{key}/feedback": _needs(P.HOST, thing="hub"),
        "GET /{key}/initiatives": Access(thing="community"),
        "POST /{key}/initiatives": Access(thing="community"),
        "PUT /{key}/initiatives/{initiative}": Access(thing="community"),
        "GET /{key}/invitations": Access(thing="community"),
        "POST /{key}/invitations": Access(thing="community"),
        "GET /{key}/visits": _needs(P.HOST, thing="hub"),
        "GET /{key}/coffee": Access(thing="community"),
        "POST /{key}/coffee": Access(thing="community"),
        "GET /{key}/coffee-rounds": _needs(P.HOST, thing="hub"),
        "POST /{key}/coffee-rounds": _needs(P.HOST, thing="hub"),
        "POST /{key}/coffee-schedule": _needs(P.HOST, thing="hub"),
        "GET /{key}/desk": _needs(P.HOST, thing="hub"),
        "GET /{key}/introductions": _needs(P.HOST, thing="hub"),
        "POST /{key}/introductions": _needs(P.HOST, thing="hub"),
        "GET /{key}/people": Access(thing="community"),
        "POST /{key}/people/{person}": Access(thing="community"),
        "GET /{key}/profile": Access(thing="community"),
        "PUT /{key}/profile": Access(thing="community"),
        "GET /{key}/week": Access(thing="community"),
        "PUT /{key}/week": Access(thing="community"),
    },
    "introductions": {
        "GET": _SIGNED_IN,
        "GET /{key}": Access(thing="introduction"),
        "POST /{key}/answer": Access(thing="introduction"),
        "POST /{key}/withdrawal": Access(thing="introduction"),
    },
    "inquiries": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.DECIDE),
        "GET /{key}": Access(thing="inquiry"),
        "POST /{key}/acceptance": _needs(P.REQUEST, thing="inquiry"),
        "POST /{key}/refusal": _needs(P.REQUEST, thing="inquiry"),
    },
    "matching-policies": {"GET": _SIGNED_IN},
    "matching-runs": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.PLAN),
        "GET /{key}": Access(thing="run"),
        "POST /{key}/cancellation": _needs(P.PLAN, thing="run"),
        "GET /{key}/outcomes": Access(thing="run"),
        "GET /{key}/outcomes/{need}": Access(thing="run"),
        "POST /{key}/outcomes/{need}/reasons": _needs(P.REQUEST, P.DECIDE, thing="run"),
        "POST /{key}/repetition": _needs(P.PLAN, thing="run"),
    },
    "members": {
        "GET /{key}": Access(thing="member"),
        "PUT /{key}": _confirmed(P.ADMINISTER, thing="member"),
        "GET /{key}/access-tokens": _needs(P.ADMINISTER, thing="member"),
        "GET /{key}/calendar-feeds": _needs(P.ADMINISTER, thing="member"),
        "POST /{key}/activation": _confirmed(P.ADMINISTER, thing="member"),
        "POST /{key}/deactivation": _needs(P.ADMINISTER, thing="member"),
        "POST /{key}/grants": _confirmed(P.ADMINISTER, thing="member"),
        "POST /{key}/grants/{role}/withdrawal": _confirmed(P.ADMINISTER, thing="member"),
    },
    "mobility-wishes": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "GET /{key}": Access(thing="wish"),
        "PUT /{key}": Access(thing="wish"),
        "GET /{key}/fits": Access(thing="wish"),
        "POST /{key}/dismissals/removal": Access(thing="wish"),
        **{
            f"POST /{{key}}/{what}": Access(thing="wish")
            for what in ("dismissals", "ending", "interests", "opening", "pause", "withdrawals")
        },
    },
    "municipalities": {"GET": _SIGNED_IN, "GET /{code}": _SIGNED_IN},
    "networks": {"GET": _SIGNED_IN},
    "my-cards": {
        "GET": _SIGNED_IN,
        **{
            f"POST /{{key}}/{what}": Access(thing="own_card")
            for what in ("agreement", "call-answer", "pause", "resumption", "withdrawal")
        },
    },
    "notices": {
        "GET": _SIGNED_IN,
        "GET /mail-choices": _SIGNED_IN,
        "POST /mail-choices": _SIGNED_IN,
        "GET /{key}": Access(thing="notice"),
        "POST /{key}/reading": Access(thing="notice"),
    },
    "offers": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER, thing="resource"),
        "GET /{key}/history": _needs(P.OFFER, P.DECIDE, P.READ_AUDIT, thing="offer"),
        "GET /facets": _SIGNED_IN,
        "GET /{key}": Access(thing="offer"),
        "PUT /{key}": _needs(P.OFFER, thing="offer"),
        "POST /{key}/closing": _needs(P.OFFER, thing="offer"),
        "POST /{key}/opening": _needs(P.OFFER, thing="offer"),
        "POST /{key}/pause": _needs(P.OFFER, thing="offer"),
        "POST /{key}/reopening": _needs(P.OFFER, thing="offer"),
        "GET /{key}/photos": Access(thing="offer"),
        "GET /{key}/photos/{photo}": Access(thing="offer"),
    },
    "organisations": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.REGISTER),
        "GET /{key}": _SIGNED_IN,
        "PUT /{key}": _needs(P.ADMINISTER),
        "GET /{key}/machine-clients": _needs(P.PROVISION),
        "POST /{key}/machine-clients": _confirmed(P.PROVISION),
        "GET /{key}/paper-series": _needs(P.ADMINISTER),
        "POST /{key}/paper-series": _needs(P.ADMINISTER),
        "GET /{key}/members": _SIGNED_IN,
        "POST /{key}/members": _confirmed(P.ADMINISTER),
        "GET /{key}/partners": _SIGNED_IN,
        "POST /{key}/leaving": _confirmed(P.LEAVE, P.REGISTER),
        "POST /{key}/partners": _needs(P.REGISTER),
        "POST /{key}/return": _confirmed(P.REGISTER),
    },
    "papers": {
        "GET /{key}": Access(thing="paper"),
        "GET /{key}/file": Access(thing="paper"),
        "POST /{key}/signed-file": _needs(P.OFFER, P.REQUEST, thing="paper"),
    },
    "proposals": {
        "GET": _SIGNED_IN,
        "GET /{key}": Access(thing="proposal"),
        "GET /{key}/history": _needs(P.DECIDE, thing="proposal"),
        "POST /{key}/acceptance": _needs(*_ANSWERS, thing="proposal"),
        "POST /{key}/approval": _needs(P.DECIDE, thing="proposal"),
        "POST /{key}/lock": _needs(P.DECIDE, thing="proposal"),
        "DELETE /{key}/lock": _needs(P.DECIDE, thing="proposal"),
        "POST /{key}/refusal": _needs(*_ANSWERS, P.DECIDE, thing="proposal"),
        "POST /{key}/reopening": _needs(P.DECIDE, thing="proposal"),
        "POST /{key}/swap": _needs(P.DECIDE, thing="proposal"),
    },
    "questions": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "GET /{key}": Access(thing="question"),
        "POST /{key}/answers": Access(thing="question"),
        "POST /{key}/ending": Access(thing="own_question"),
        "POST /{key}/passing": _needs(P.NOTE_APPROVAL, thing="card_question"),
        "POST /{key}/refusal": Access(thing="card_question"),
        "POST /{key}/removal": _needs(P.DECIDE, thing="question"),
        "POST /{key}/report": Access(thing="question"),
    },
    "requests": {
        "GET": _SIGNED_IN,
        "GET /{key}/case": _confirmed(thing="request"),
        "GET /{key}/history": Access(thing="request"),
        "POST": _needs(P.REQUEST),
        "GET /{key}": Access(thing="request"),
        "PUT /{key}": _needs(P.REQUEST, thing="request"),
        "POST /{key}/bundle-decision": _confirmed(P.REQUEST, P.DECIDE, thing="request"),
        "POST /{key}/matching-runs": _needs(P.REQUEST, P.DECIDE, thing="request"),
        "POST /{key}/opening": _needs(P.REQUEST, thing="request"),
        "POST /{key}/reopening": _needs(P.REQUEST, thing="request"),
        "POST /{key}/withdrawal": _needs(P.REQUEST, thing="request"),
    },
    "resources": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER, thing="site"),
        "GET /{resource}": Access(thing="resource"),
        "PUT /{resource}": _needs(P.OFFER, thing="resource"),
        "PUT /{resource}/capacity": _needs(P.OFFER, thing="resource"),
        "GET /{resource}/closed-periods": Access(thing="resource"),
        "POST /{resource}/closed-periods": _needs(P.OFFER, thing="resource"),
        "DELETE /{resource}/closed-periods/{period}": _needs(P.OFFER, thing="resource"),
        "POST /{resource}/approval-requests": _needs(P.NOTE_APPROVAL, thing="card"),
        "POST /{resource}/person": _needs(P.NOTE_APPROVAL, thing="card"),
        "POST /{resource}/consent-withdrawals": _needs(P.WITHDRAW_APPROVAL, thing="card"),
        "POST /{resource}/consents": _needs(P.NOTE_APPROVAL, P.APPROVE_CARD, thing="card"),
        "GET /{resource}/free-periods": Access(thing="resource"),
        "GET /{resource}/photos": Access(thing="resource"),
        "POST /{resource}/photos": _needs(P.OFFER, thing="resource"),
        "DELETE /{resource}/photos/{photo}": _needs(P.OFFER, thing="resource"),
        "POST /{resource}/photos/{photo}/changes": _needs(P.OFFER, thing="resource"),
    },
    "rosters": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.KEEP_ROSTERS),
        "GET /{key}": Access(thing="roster"),
        "PUT /{key}": _needs(P.KEEP_ROSTERS, thing="roster"),
        "POST /{key}/ending": _needs(P.KEEP_ROSTERS, thing="roster"),
    },
    "saved-searches": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "GET /{key}": Access(thing="saved_search"),
        "DELETE /{key}": Access(thing="saved_search"),
    },
    "scenarios": {
        "GET": _needs(P.PLAN),
        "POST": _needs(P.PLAN, thing="run"),
        "GET /{key}": Access(thing="scenario"),
        "POST /{key}/changes": _needs(P.PLAN, thing="scenario"),
        "POST /{key}/changes/removal": _needs(P.PLAN, thing="scenario"),
        "GET /{key}/differences": Access(thing="scenario"),
        "POST /{key}/cancellation": _needs(P.PLAN, thing="scenario"),
        "POST /{key}/discarding": _needs(P.PLAN, thing="scenario"),
        "POST /{key}/solving": _needs(P.PLAN, thing="scenario"),
    },
    "sites": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER),
        "GET /{key}": Access(thing="site"),
        "PUT /{key}": _needs(P.OFFER, thing="site"),
        "POST /{key}/emptying": _needs(P.OFFER, thing="site"),
        "POST /{key}/emptying/undoing": _needs(P.OFFER, thing="site"),
    },
    "skills": {"GET": _SIGNED_IN, "GET /{code}": _SIGNED_IN, "GET /{code}/capacity": _SIGNED_IN},
    "stocktakes": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER, thing="site"),
        "GET /{key}": Access(thing="stocktake"),
        "GET /{key}/things": Access(thing="stocktake"),
        "POST /{key}/closing": Access(thing="stocktake"),
        "POST /{key}/counts": Access(thing="stocktake"),
    },
    "surges": {
        "GET": _SIGNED_IN,
        "POST": _confirmed(P.ALERT),
        "GET /{key}": Access(thing="surge"),
        "GET /{key}/calls": Access(thing="surge"),
        "GET /{key}/report": Access(thing="surge"),
        "POST /{key}/answers": _needs(P.ANSWER_CALLS, thing="surge"),
        "POST /{key}/stand-down": _confirmed(P.ALERT, thing="surge"),
    },
    "webhooks": {
        "GET": _needs(P.ADMINISTER),
        "POST": _confirmed(P.ADMINISTER),
        "DELETE /{key}": _needs(P.ADMINISTER, thing="webhook"),
        "GET /{key}/deliveries": _needs(P.ADMINISTER, thing="webhook"),
        "GET /{key}": _needs(P.ADMINISTER, thing="webhook"),
        "POST /{key}/enabling": _needs(P.ADMINISTER, thing="webhook"),
        "POST /{key}/deliveries/{delivery}/repetition": _needs(P.ADMINISTER, thing="webhook"),
    },
    "uploads": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.UPLOAD),
        "GET /exports/{kind}": _confirmed(P.UPLOAD),
        "GET /{key}": Access(thing="upload"),
        "POST /{key}/discarding": _needs(P.UPLOAD, thing="upload"),
        "POST /{key}/writing": _needs(P.UPLOAD, thing="upload"),
    },
}

_NO_PAGES = {
    *(
        "GET /{key}/history",
        "GET /{key}/invitations",
        "GET /{key}/later-ends",
        "GET /{key}/shortfalls",
        "GET /{key}/movements",
    ),
    *("POST /{key}/hand-over", "POST /{key}/return", "DELETE /{key}/lock", "DELETE /{key}/thanks"),
}

_PAGES = {
    "": {"GET": _ANYBODY},
    "access-tokens": {
        "GET": _SIGNED_IN,
        "POST": _confirmed(),
        "POST /{key}/revocation": _needs(P.ADMINISTER, thing="token"),
    },
    "accessibility": {"GET": _ANYBODY},
    "activities": {
        "GET": _ANYBODY,
        "GET /{key}": Access(thing="activity", signed_in=False),
        "GET /{key}/change": _needs(P.HOST, thing="activity"),
        "POST /{key}/change": _needs(P.HOST, thing="activity"),
        "GET /new/{key}": _needs(P.HOST, thing="hub"),
        "POST /new/{key}": _needs(P.HOST, thing="hub"),
        "POST /{key}/facilitator": Access((P.HOST,), "activity", also=P.REQUEST),
        "POST /{key}/registration": Access(thing="registered_activity"),
        **_ACTIVITIES,
    },
    "declining": {"GET /{secret}": _ANYBODY, "POST /{secret}": _ANYBODY},
    "visits": {"GET /{secret}": _ANYBODY, "POST /{secret}": _ANYBODY},
    "feedback": {"GET /{secret}": _ANYBODY, "POST /{secret}": _ANYBODY},
    "hub-calendars": {"GET /{key}": Access(thing="hub", signed_in=False)},
    "advising": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "POST /{key}/pause": Access(thing="adviser"),
        "POST /{key}/removal": Access(thing="adviser"),
        "POST /{key}/resumption": Access(thing="adviser"),
    },
    "bookings": {
        **{key: access for key, access in _API["bookings"].items() if key not in _NO_PAGES},
        "GET /{key}/calendar": Access(thing="booking"),
        "POST /{key}/thanks/removal": _needs(P.REQUEST, thing="loan"),
    },
    "checklists": {"GET": _SIGNED_IN, "POST": _needs(P.OFFER, P.ADMINISTER)},
    "stocktakes": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER),
        "GET /{key}": Access(thing="stocktake"),
        "POST /{key}/closing": Access(thing="stocktake"),
        "POST /{key}/counts": Access(thing="stocktake"),
    },
    "busy-calendars": {
        "GET": _SIGNED_IN,
        "POST": _needs(P.OFFER),
        "POST /{key}/reading": _needs(P.OFFER, thing="busy_calendar"),
        "POST /{key}/removal": _needs(P.OFFER, thing="busy_calendar"),
    },
    "calendars": {"GET /{secret}": _ANYBODY},
    "card-approvals": {"GET /{key}": Access(thing="card_approval"), "POST /{key}": Access(thing="card_approval")},
    "card-links": {"GET /{secret}": Access(thing="card_link"), "POST /{secret}": Access(thing="card_link")},
    "competence": {"GET": _SIGNED_IN},
    "confirmation": {"GET": _SIGNED_IN, "POST": _SIGNED_IN},
    "developers": {"GET": _ANYBODY},
    "drafts": {"POST /{key}/discarding": Access(thing="draft")},
    "hub-group-calendars": {"GET /{secret}": _ANYBODY},
    "hub-groups": {
        "GET /{key}": Access(thing="hub_group"),
        "GET /{key}/change": Access(thing="hub_group"),
        "POST /{key}/calendar": _confirmed(thing="hub_group"),
        "POST /{key}/calendar/revocation": Access(thing="hub_group"),
        "POST /{key}/change": Access(thing="hub_group"),
        **_HUB_GROUPS,
    },
    "hub-members": {f"POST /{{key}}/{what}": _needs(P.HOST, thing="hub_member") for what in _TO_HUB_MEMBERS},
    "hub-memberships": {
        key: access for key, access in _API["hub-memberships"].items() if key.startswith("POST /{key}")
    },
    "hub-letters": {
        "GET /{key}": Access(thing="hub_letter", signed_in=False),
        "GET /{key}/change": _needs(P.HOST, thing="hub_letter"),
        "POST /{key}/change": _needs(P.HOST, thing="hub_letter"),
        **_LETTERS,
    },
    "letter-stops": {f"{method} /{{secret}}{way}": _ANYBODY for method in ("GET", "POST") for way in ("", "/at-once")},
    "newsletter-confirmations": {"GET /{secret}": _ANYBODY, "POST /{secret}": _ANYBODY},
    "newsletters": {
        "GET /{key}": Access(thing="hub", signed_in=False),
        "POST /{key}": Access(thing="hub", signed_in=False),
    },
    "hub-people": {"GET": _SIGNED_IN},
    "hub-questions": {
        "GET": _ANYBODY,
        "GET /{key}": Access(thing="hub_question", signed_in=False),
        "GET /new/{key}": Access(thing="community"),
        "POST /new/{key}": Access(thing="community"),
        **_HUB_QUESTIONS,
    },
    "hubs": {
        "GET": _ANYBODY,
        "GET /new": _needs(P.HOST),
        "POST /new": _needs(P.HOST),
        "GET /{key}": Access(thing="hub", signed_in=False),
        "GET /{key}/letters": Access(thing="hub", signed_in=False),
        "POST /{key}/letters/wish": Access(thing="member_hub"),
        "POST /{key}/letters/drafts/{kind}": _needs(P.HOST, thing="hub"),
        "GET /{key}/letters/plans/{kind}": _needs(P.HOST, thing="hub"),
        "POST /{key}/letters/plans/{kind}": _needs(P.HOST, thing="hub"),
        "GET /{key}/change": _needs(P.HOST, thing="hub"),
        "POST /{key}/change": _needs(P.HOST, thing="hub"),
        "POST /{key}/manifestos": _needs(P.HOST, thing="hub"),
        "GET /{key}/membership": Access(thing="hub"),
        "POST /{key}/membership": _needs(P.ADMINISTER, thing="hub"),
        **{
            f"POST /{{key}}/{what}": Access(thing="hub")
            for what in ("application", "first-name", "leaving", "signature")
        },
        "GET /{key}/people": _needs(P.HOST, thing="hub"),
        **{f"{each} /{{key}}/visits": Access(thing="hub", signed_in=False) for each in ("GET", "POST")},
        "GET /{key}/lending": Access(thing="hub"),
        "POST /{key}/visits/invitations": Access(thing="community"),
        "GET /{key}/desk": _needs(P.HOST, thing="hub"),
        "POST /{key}/introductions": _needs(P.HOST, thing="hub"),
        "POST /{key}/coffee-rounds": _needs(P.HOST, thing="hub"),
        "POST /{key}/coffee-schedule": _needs(P.HOST, thing="hub"),
        "GET /{key}/coffee": Access(thing="community"),
        "POST /{key}/coffee": Access(thing="community"),
        "GET /{key}/community": Access(thing="community"),
        "GET /{key}/figures": Access(thing="community"),
        "GET /{key}/groups": Access(thing="community"),
        "GET /{key}/groups/new": Access(thing="community"),
        "POST /{key}/groups/new": Access(thing="community"),
        "GET /{key}/initiatives": Access(thing="community"),
        "POST /{key}/initiatives": Access(thing="community"),
        "POST /{key}/initiatives/{initiative}": Access(thing="community"),
        "POST /{key}/community/{person}": Access(thing="community"),
        "GET /{key}/days": Access(thing="community"),
        "POST /{key}/days": Access(thing="community"),
        "GET /{key}/profile": Access(thing="community"),
        "POST /{key}/profile": Access(thing="community"),
    },
    "introductions": _API["introductions"],
    "inquiries": {key: access for key, access in _API["inquiries"].items() if key.startswith("POST /{key}")},
    "labels": {"GET": _SIGNED_IN},
    "language": {"GET /{code}": _ANYBODY, "POST /{code}": _ANYBODY},
    "machine-clients": {"GET": _needs(P.PROVISION), "POST": _confirmed(P.PROVISION)},
    "members": {
        "GET": _needs(P.ADMINISTER),
        "GET /new": _needs(P.ADMINISTER),
        "POST /new": _confirmed(P.ADMINISTER),
        "GET /undelivered-mail": _needs(P.ADMINISTER),
        "POST /undelivered-mail/{key}/repetition": _needs(P.ADMINISTER, thing="mail"),
        "GET /{key}": _needs(P.ADMINISTER, thing="member"),
        "GET /{key}/access-tokens": _needs(P.ADMINISTER, thing="member"),
        "GET /{key}/calendars": _needs(P.ADMINISTER, thing="member"),
        "POST /{key}/passkeys/removal": _confirmed(P.ADMINISTER, thing="member"),
        **{key: access for key, access in _API["members"].items() if key.startswith("POST")},
    },
    "my-calendars": {key: access for key, access in _API["calendar-feeds"].items() if key != "GET /{key}"},
    "my-card": _API["my-cards"],
    "my-wishes": {
        "GET": _SIGNED_IN,
        "GET /new": _SIGNED_IN,
        "POST /new": _SIGNED_IN,
        "GET /{key}": Access(thing="wish"),
        "GET /{key}/change": Access(thing="wish"),
        "POST /{key}/change": Access(thing="wish"),
        **{key: access for key, access in _API["mobility-wishes"].items() if key.startswith("POST /{key}")},
    },
    "notices": {
        "GET": _SIGNED_IN,
        "GET /mail-choices": _SIGNED_IN,
        "POST /mail-choices": _SIGNED_IN,
        "POST /reading": _SIGNED_IN,
        "POST /{key}/reading": Access(thing="notice"),
    },
    "emptying": {
        "GET": _needs(P.OFFER),
        "GET /{key}": _needs(P.OFFER, thing="site"),
        "POST /{key}": _needs(P.OFFER, thing="site"),
        "POST /{key}/undoing": _needs(P.OFFER, thing="site"),
    },
    "give-and-take": {"GET": _SIGNED_IN},
    "networks": {"GET": _SIGNED_IN},
    "offers": {
        "GET": _SIGNED_IN,
        "GET /new": _ANYBODY,
        "GET /new/{family}": _needs(P.OFFER),
        "POST /new/{family}": _needs(P.OFFER),
        "GET /map": _SIGNED_IN,
        "GET /{key}": Access(thing="offer"),
        "GET /{key}/change": _needs(P.OFFER, thing="offer"),
        "POST /{key}/change": _needs(P.OFFER, thing="offer"),
        "POST /{key}/closing": _needs(P.OFFER, thing="offer"),
        "POST /{key}/approval-requests": _needs(P.NOTE_APPROVAL, thing="card_offer"),
        "POST /{key}/consents": _needs(P.NOTE_APPROVAL, P.APPROVE_CARD, thing="card_offer"),
        "POST /{key}/person": _needs(P.NOTE_APPROVAL, thing="card_offer"),
        "POST /{key}/opening": _needs(P.OFFER, thing="offer"),
        "POST /{key}/pause": _needs(P.OFFER, thing="offer"),
        "POST /{key}/reopening": _needs(P.OFFER, thing="offer"),
        "GET /{key}/photos": _needs(P.OFFER, thing="offer"),
        "POST /{key}/photos": _needs(P.OFFER, thing="offer"),
        "GET /{key}/photos/{photo}/{size}": Access(thing="offer"),
        "POST /{key}/photos/{photo}/change": _needs(P.OFFER, thing="offer"),
        "POST /{key}/photos/{photo}/removal": _needs(P.OFFER, thing="offer"),
        "GET /{key}/resource": _needs(P.OFFER, thing="offer"),
        "POST /{key}/resource": _needs(P.OFFER, thing="offer"),
    },
    "organisations": {
        "GET": _SIGNED_IN,
        "GET /{key}": _SIGNED_IN,
        "GET /{key}/leaving": _needs(P.LEAVE, P.REGISTER),
        "POST /{key}/leaving": _confirmed(P.LEAVE, P.REGISTER),
        "GET /{key}/paper-series": _needs(P.ADMINISTER),
        "POST /{key}/paper-series": _needs(P.ADMINISTER),
        "POST /{key}/return": _confirmed(P.REGISTER),
    },
    "papers": _API["papers"],
    "passkeys": {
        "GET": _SIGNED_IN,
        "POST": _SIGNED_IN,
        "POST /{key}/name": Access(thing="passkey"),
        "POST /{key}/removal": _confirmed(thing="passkey"),
    },
    "proposals": {
        **{
            key: access
            for key, access in _API["proposals"].items()
            if not key.startswith("DELETE") and "history" not in key
        },
        "GET /queue": _needs(P.DECIDE),
        "POST /decisions": _confirmed(P.DECIDE),
        "POST /{key}/unlock": _needs(P.DECIDE, thing="proposal"),
    },
    "provisioning": {
        "GET": _needs(P.PROVISION),
        "POST /tokens": _confirmed(P.PROVISION),
        "POST /tokens/{key}/revocation": _needs(P.PROVISION, thing="token"),
    },
    "questions": {
        **{key: access for key, access in _API["questions"].items() if key != "POST"},
        "GET /new": _SIGNED_IN,
        "POST /new": _SIGNED_IN,
    },
    "requests": {
        "GET": _SIGNED_IN,
        "GET /{key}/case": _confirmed(thing="request"),
        "GET /{key}/case-events": _confirmed(thing="request"),
        "GET /new": _needs(P.REQUEST),
        "POST /new": _needs(P.REQUEST),
        "GET /{key}": Access(thing="request"),
        "GET /{key}/change": _needs(P.REQUEST, thing="request"),
        "POST /{key}/change": _needs(P.REQUEST, thing="request"),
        "POST /{key}/inquiries": _needs(P.DECIDE, thing="request"),
        **{key: access for key, access in _API["requests"].items() if key.startswith("POST /{key}")},
    },
    "rosters": {
        "GET": _SIGNED_IN,
        "GET /new": _needs(P.KEEP_ROSTERS),
        "POST /new": _needs(P.KEEP_ROSTERS),
        "GET /{key}": Access(thing="roster"),
        "POST /{key}/change": _needs(P.KEEP_ROSTERS, thing="roster"),
        "POST /{key}/ending": _needs(P.KEEP_ROSTERS, thing="roster"),
    },
    "runs": {
        "GET": _SIGNED_IN,
        "GET /new": _needs(P.PLAN),
        "POST /new": _needs(P.PLAN),
        "GET /{key}": Access(thing="run"),
        "POST /{key}/cancellation": _needs(P.PLAN, thing="run"),
        "POST /{key}/inquiries": _needs(P.DECIDE, thing="run"),
        "GET /{key}/map": _needs(P.PLAN, thing="run"),
        "GET /{key}/overview": _needs(P.PLAN, thing="run"),
        "GET /{key}/overview-figures": _needs(P.PLAN, thing="run"),
        "POST /{key}/outcomes/{need}/reasons": _needs(P.REQUEST, P.DECIDE, thing="run"),
        "GET /{key}/progress": Access(thing="run"),
        "POST /{key}/repetition": _needs(P.PLAN, thing="run"),
    },
    "saved-searches": {
        "GET": _SIGNED_IN,
        "GET /new": _SIGNED_IN,
        "POST /new": _SIGNED_IN,
        "POST /{key}/removal": Access(thing="saved_search"),
    },
    "scenarios": {
        "GET": _needs(P.PLAN),
        "GET /comparison": _needs(P.PLAN),
        "GET /new": _needs(P.PLAN),
        "POST /new": _needs(P.PLAN),
        "GET /{key}/needs": Access(thing="scenario"),
        "GET /{key}/needs/{need}": Access(thing="scenario"),
        "GET /{key}/progress": Access(thing="scenario"),
        "GET /{key}/weights": Access(thing="scenario"),
        "POST /{key}/weights": _needs(P.PLAN, thing="scenario"),
        **{key: access for key, access in _API["scenarios"].items() if "{key}" in key and "differences" not in key},
    },
    "scan": {"GET": _SIGNED_IN},
    "sent-mail": {"GET": _SIGNED_IN},
    "sessions": {"GET": _SIGNED_IN, "POST /end": _SIGNED_IN, "POST /{key}/end": Access(thing="session")},
    "sign-in": {
        "GET": _ANYBODY,
        "POST": _ANYBODY,
        "GET /callback": _ANYBODY,
        "GET /membership": _ANYBODY,
        "POST /membership": _ANYBODY,
        "GET /providers/{key}": _ANYBODY,
        "GET /providers/{key}/ending": _ANYBODY,
        "GET /providers/{key}/logout": _ANYBODY,
        "POST /providers/{key}/logout": _ANYBODY,
    },
    "sign-out": {"POST": _ANYBODY},
    "sites": {"GET /{key}": Access(thing="site")},
    "surges": {
        "GET": _SIGNED_IN,
        "GET /new": _needs(P.ALERT),
        "POST /new": _confirmed(P.ALERT),
        "GET /{key}": Access(thing="surge"),
        "GET /{key}/fill": Access(thing="surge"),
        "GET /{key}/report": Access(thing="surge"),
        "POST /{key}/answers": _needs(P.ANSWER_CALLS, thing="surge"),
        "POST /{key}/stand-down": _confirmed(P.ALERT, thing="surge"),
    },
    "things": {
        "GET /{key}": Access(thing="lent"),
        "GET /{key}/damage": _ANYBODY,
        "POST /{key}/damage": _ANYBODY,
        "GET /{key}/damage/{report}": Access(thing="resource"),
    },
    "timeline": {"GET": _needs(P.PLAN, P.OFFER)},
    "unmet-demand": {"GET": _SIGNED_IN},
    "uploads": {
        "GET": _needs(P.UPLOAD),
        "POST": _needs(P.UPLOAD),
        "GET /exports/{kind}": _confirmed(P.UPLOAD),
        "GET /templates/{kind}": _needs(P.UPLOAD),
        "GET /{key}/progress": Access(thing="upload"),
        **{key: access for key, access in _API["uploads"].items() if "{key}" in key},
    },
    "waiting": {"GET": _needs(P.DECIDE)},
    "webhooks": {
        "GET": _needs(P.ADMINISTER),
        "POST": _confirmed(P.ADMINISTER),
        "POST /{key}/removal": _needs(P.ADMINISTER, thing="webhook"),
        "GET /{key}": _needs(P.ADMINISTER, thing="webhook"),
        "POST /{key}/enabling": _needs(P.ADMINISTER, thing="webhook"),
        "POST /{key}/deliveries/{delivery}/repetition": _needs(P.ADMINISTER, thing="webhook"),
    },
}


_SCIM: dict[str, dict[str, Access]] = {
    "ServiceProviderConfig": {"GET": _needs(P.PROVISION)},
    "ResourceTypes": {"GET": _needs(P.PROVISION), "GET /{key}": _needs(P.PROVISION)},
    "Schemas": {"GET": _needs(P.PROVISION), "GET /{key}": _needs(P.PROVISION)},
    ".search": {"POST": _needs(P.PROVISION)},
    **{
        name: {
            "GET": _needs(P.PROVISION),
            "POST": _needs(P.PROVISION),
            "POST /.search": _needs(P.PROVISION),
            **{f"{method} /{{key}}": _needs(P.PROVISION, thing=thing) for method in ("GET", "PUT", "PATCH", "DELETE")},
        }
        for name, thing in (("Users", "provisioned_user"), ("Groups", "provisioned_group"))
    },
}
"""With a token that provisions. Whoever may not do it is told so before it is looked whose the thing is."""


def _flat(root: str, tables: Mapping[str, Mapping[str, Access]]) -> Iterator[tuple[str, Access]]:
    for name, table in tables.items():
        for key, access in table.items():
            method, _space, rest = key.partition(" ")
            yield f"{method} {root}{name}{rest}", access


ACCESS: Mapping[str, Access] = MappingProxyType(
    dict((*_flat("/api/v1/", _API), *_flat("/", _PAGES), *_flat("/scim/v2/", _SCIM)))
)
"""By method and address, its parameters without their kinds."""
