"""Which action needs which role: the one table that services check, pages show by, and the reference is made from.

A role is held in one organisation, or in some of its units. What it allows there, or in the organisations that
somebody coordinates, is a permission; the role itself is asked for nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member may do, beside reading what the organisation may see."""

    LISTER = "lister"
    REQUESTER = "requester"
    APPROVER = "approver"
    HR = "hr"
    MANAGER = "manager"
    HUB_HOST = "hub_host"
    COORDINATOR = "coordinator"
    ADMIN = "admin"
    AUDITOR = "auditor"


BY_DEPARTMENT = frozenset({Role.LISTER, Role.REQUESTER, Role.APPROVER, Role.HR, Role.MANAGER})
"""Roles that may be granted for some units of the organisation alone: what they are about belongs to a unit."""


class Permission(StrEnum):
    """What somebody may do."""

    OFFER = "offer"
    REQUEST = "request"
    ANSWER_AS_LENDER = "answer_as_lender"
    ANSWER_AS_BORROWER = "answer_as_borrower"
    NOTE_APPROVAL = "note_approval"
    APPROVE_CARD = "approve_card"
    WITHDRAW_APPROVAL = "withdraw_approval"
    READ_CARD = "read_card"
    KEEP_ROSTERS = "keep_rosters"
    ANSWER_CALLS = "answer_calls"
    ALERT = "alert"
    UPLOAD = "upload"
    HOST = "host"
    DECIDE = "decide"
    PLAN = "plan"
    ADMINISTER = "administer"
    REGISTER = "register"
    LEAVE = "leave"
    READ_AUDIT = "read_audit"
    PROVISION = "provision"


class Reach(StrEnum):
    """Where a permission holds."""

    OWN = "own"
    """In one's own organisation, or the units of it that the role is granted for."""
    SITE = "site"
    """At the sites that one is host of: all of one's own organisation, or some by name."""
    AREA = "area"
    """For the organisations that one coordinates: all, or those of some counties, or some by name."""
    MARKET = "market"
    """For everybody: only who coordinates all organisations has it."""


@dataclass(frozen=True)
class Rule:
    """Who has a permission and where; what it is for, and the code and the reason that all others are told."""

    roles: frozenset[Role]
    reach: Reach
    what: str
    code: str
    reason: str


def _rule(roles: set[Role], reach: Reach, what: str, code: str, reason: str) -> Rule:
    return Rule(frozenset(roles), reach, what, code, reason)


_ANSWERING = "Only a lister or an approver answers for who lends, and only a requester or an approver for who borrows."

PERMISSIONS: Mapping[Permission, Rule] = MappingProxyType(
    {
        Permission.OFFER: _rule(
            {Role.LISTER, Role.ADMIN},
            Reach.OWN,
            "Describe sites and resources, offer them, close them for a time, read why they are closed; hand over, "
            "take back and cancel what is lent.",
            "lister_only",
            "Only a lister of the organisation may do this.",
        ),
        Permission.REQUEST: _rule(
            {Role.REQUESTER, Role.ADMIN},
            Reach.OWN,
            "File, change and withdraw requests, have something looked for now; cancel or dispute what is borrowed.",
            "role_missing",
            "Only a requester may file and change requests.",
        ),
        Permission.ANSWER_AS_LENDER: _rule(
            {Role.LISTER, Role.APPROVER, Role.ADMIN},
            Reach.OWN,
            "Accept or refuse a proposal as the one who lends.",
            "role_missing",
            _ANSWERING,
        ),
        Permission.ANSWER_AS_BORROWER: _rule(
            {Role.REQUESTER, Role.APPROVER, Role.ADMIN},
            Reach.OWN,
            "Accept or refuse a proposal as the one who borrows.",
            "role_missing",
            _ANSWERING,
        ),
        Permission.NOTE_APPROVAL: _rule(
            {Role.HR},
            Reach.OWN,
            "Read who says yes to a capacity card and how it is known, decide for HR, and note what the others say.",
            "hr_only",
            "Only HR notes what an employee, a manager or HR has said.",
        ),
        Permission.APPROVE_CARD: _rule(
            {Role.MANAGER},
            Reach.OWN,
            "Say yes, as the manager, to lending a person: after the employee and before HR.",
            "manager_only",
            "Only a manager of the unit says yes as the manager, or HR notes it.",
        ),
        Permission.WITHDRAW_APPROVAL: _rule(
            {Role.HR, Role.MANAGER, Role.LISTER, Role.ADMIN},
            Reach.OWN,
            "Note that somebody takes a yes to a capacity card back.",
            "lister_only",
            "Only a lister of the organisation may do this.",
        ),
        Permission.READ_CARD: _rule(
            {Role.LISTER, Role.HR, Role.MANAGER, Role.ADMIN},
            Reach.OWN,
            "Read a capacity card by its name, also before all three have said yes.",
            "lister_only",
            "Only a lister of the organisation may do this.",
        ),
        Permission.KEEP_ROSTERS: _rule(
            {Role.HR},
            Reach.OWN,
            "Agree beforehand which capacity cards may be called in a crisis, for what, with what notice, and how much "
            "ordinary work stays.",
            "hr_keeps_rosters",
            "Only HR for the whole organisation agrees beforehand who may be called.",
        ),
        Permission.ANSWER_CALLS: _rule(
            {Role.HR, Role.LISTER},
            Reach.OWN,
            "Answer when capacity cards of the organisation are called in a crisis, and take an answer back.",
            "calls_not_yours",
            "Only HR or a lister where the person works answers a call.",
        ),
        Permission.ALERT: _rule(
            {Role.COORDINATOR},
            Reach.AREA,
            "Raise an alert for an organisation in a crisis, by which capacity cards are called, and stand down.",
            "alert_without_authority",
            "Only a coordinator of the organisation in need raises an alert for it, or stands down.",
        ),
        Permission.UPLOAD: _rule(
            {Role.LISTER, Role.REQUESTER, Role.ADMIN},
            Reach.OWN,
            "Send a file to be read in, and have it written: each row with the rights that one has by hand.",
            "role_missing",
            "Only a lister, a requester or an admin may send files to be read in.",
        ),
        Permission.HOST: _rule(
            {Role.HUB_HOST},
            Reach.SITE,
            "See who comes when: the bookings of what stands at the sites, also those of other organisations. Describe "
            "the hub there, agree with organisations that want to join, and let in and welcome their people.",
            "host_only",
            "Only a host of the site may do this.",
        ),
        Permission.DECIDE: _rule(
            {Role.COORDINATOR},
            Reach.AREA,
            "Read requests, proposals and bookings of others; approve, lock, swap and refuse proposals; move bookings "
            "for a side that cannot.",
            "not_coordinator",
            "Only a coordinator may do this.",
        ),
        Permission.PLAN: _rule(
            {Role.COORDINATOR},
            Reach.AREA,
            "Start, repeat and cancel matching runs, and read their figures.",
            "coordinator_only",
            "Only a coordinator may start or cancel matching runs.",
        ),
        Permission.ADMINISTER: _rule(
            {Role.ADMIN, Role.COORDINATOR},
            Reach.AREA,
            "Add and change members, keep them out, grant and withdraw roles; change what is said of the organisation. "
            "A coordinator grants no role that reads what is the organisation's own, and makes admins only where there "
            "is none.",
            "admin_only",
            "Only an admin of the organisation or a coordinator may do this.",
        ),
        Permission.REGISTER: _rule(
            {Role.COORDINATOR},
            Reach.MARKET,
            "Register organisations, change their kind and number, make partners, and let organisations leave and come "
            "back.",
            "coordinator_only",
            "Only a coordinator may do this.",
        ),
        Permission.LEAVE: _rule(
            {Role.ADMIN},
            Reach.OWN,
            "Let the organisation leave; who coordinates all organisations takes it in again.",
            "own_admin_only",
            "Only an admin of the organisation may do this.",
        ),
        Permission.READ_AUDIT: _rule(
            {Role.AUDITOR},
            Reach.OWN,
            "Read the audit trail of the organisation.",
            "auditor_only",
            "Only an auditor of the organisation may read its audit trail.",
        ),
        Permission.PROVISION: _rule(
            {Role.ADMIN},
            Reach.OWN,
            "Connect the organisation's own directory (SCIM), which adds and changes members, keeps them out, and says "
            "which roles they have; see and revoke the tokens for it.",
            "own_admin_only",
            "Only an admin of the organisation may do this.",
        ),
    }
)


class Private(StrEnum):
    """What is not for everybody who may see the thing that it belongs to."""

    CARD_NAME = "card_name"
    LENT_NAME = "lent_name"
    APPROVAL = "approval"
    APPROVAL_NOTE = "approval_note"
    CLOSED_NOTE = "closed_note"
    CLOSED_CARD_NOTE = "closed_card_note"
    RUN_FIGURES = "run_figures"


@dataclass(frozen=True)
class Audience:
    """Who reads something private: whoever has one of the permissions where the thing is; everybody else reads that it
    is there at most."""

    permissions: frozenset[Permission]
    what: str


AUDIENCES: Mapping[Private, Audience] = MappingProxyType(
    {
        Private.CARD_NAME: Audience(
            frozenset({Permission.READ_CARD}),
            "What a capacity card is called, and its words, at the person's employer.",
        ),
        Private.LENT_NAME: Audience(
            frozenset({Permission.ANSWER_AS_BORROWER}),
            "The same, and who it is, for the borrower's contact of the booking alone: from the agreement until "
            "`PLATSVERKET_IDENTITY_DAYS` after the loan's last day.",
        ),
        Private.APPROVAL: Audience(frozenset({Permission.READ_CARD}), "Which of the three have said yes to a card."),
        Private.APPROVAL_NOTE: Audience(
            frozenset({Permission.NOTE_APPROVAL}), "Who said or noted a yes, when and how it is known."
        ),
        Private.CLOSED_NOTE: Audience(frozenset({Permission.OFFER}), "Why the owner keeps something for a time."),
        Private.CLOSED_CARD_NOTE: Audience(
            frozenset({Permission.READ_CARD}),
            "Why a person is not to be had for a time: it may say that somebody is ill.",
        ),
        Private.RUN_FIGURES: Audience(
            frozenset({Permission.PLAN}), "What a run is worth, how much it looked at, and who started it."
        ),
    }
)
