"""Packs of rules for loans of people, as `data/packs.toml` has them, and what they say of a loan."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from competence.loans.length import last_day, too_long


class RuleEffect(StrEnum):
    """What a rule does, least first."""

    INFORM = "inform"
    WARN = "warn"
    REQUIRE = "require"
    FORBID = "forbid"


class Party(StrEnum):
    """Who confirms what a rule requires."""

    LENDER = "lender"
    BORROWER = "borrower"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of a pack; ``months`` where it counts time, and ``by`` whom what it requires is confirmed."""

    code: str
    effect: RuleEffect
    sources: tuple[str, ...]
    months: int | None = None
    by: frozenset[Party] = frozenset()


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules for loans between some kinds of organisations."""

    code: str
    lenders: frozenset[str]
    borrowers: frozenset[str]
    rules: tuple[Rule, ...]


class Packs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All packs of one version, and the titles of what they rest on, by the keys that rules name.

    A loan that begins at most `goes_on_within_days` after another of the same person to the same borrower has ended
    goes on from that one.
    """

    version: str
    goes_on_within_days: int
    sources: dict[str, str]
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as it is planned, with how much of full time it takes.

    `days` are on how many of them somebody is lent, as each Monday; nothing: on all. `since` is the first day of the
    earlier loans that it goes on from, if it does; `until` the last of later ones that were agreed on before it.
    """

    first: date
    last: date
    percent: int
    days: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a loan, with the titles of what it rests on."""

    rule: Rule
    sources: tuple[str, ...]


@cache
def packs() -> Packs:
    """Return all packs."""
    text = files("competence.loans").joinpath("data", "packs.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Packs)


def pack_for(lender: str, borrower: str) -> Pack:
    """Return the pack that holds between an organisation of one kind that lends and one of another that borrows.

    Raises
    ------
    LookupError
        There is none, which a test rules out for all kinds that there are.
    """
    for pack in packs().packs:
        if lender in pack.lenders and borrower in pack.borrowers:
            return pack
    raise LookupError(f"no pack of rules is for loans from {lender} to {borrower}")


def findings(pack: Pack, loan: Loan) -> list[Finding]:
    """Return what a pack says of a loan, what forbids it first."""
    titles = packs().sources
    found = [Finding(rule, tuple(titles[key] for key in rule.sources)) for rule in _holding(pack, loan)]
    order = list(RuleEffect)
    return sorted(found, key=lambda finding: -order.index(finding.rule.effect))


def forbids(pack: Pack, loan: Loan) -> bool:
    """Tell whether a pack forbids a loan."""
    return any(rule.effect is RuleEffect.FORBID for rule in _holding(pack, loan))


def longest_months(pack: Pack) -> int:
    """Return how many months of full time a loan may last; 0 where a pack sets no limit."""
    return next((rule.months or 0 for rule in pack.rules if rule.code == "longest"), 0)


def latest_end(pack: Pack, loan: Loan) -> date:
    """Return the latest day on which a loan may end, that begins when this one does and takes as much of each week."""
    last, day = loan.last, timedelta(days=1)
    through = (loan.last - loan.first).days + 1
    while last > loan.first:
        days = None if loan.days is None else loan.days * ((last - loan.first).days + 1) // through
        if not _is_too_long(longest_months(pack), Loan(loan.first, last, loan.percent, days)):
            break
        last -= day
    return last


def _holding(pack: Pack, loan: Loan) -> Iterator[Rule]:
    for rule in pack.rules:
        match rule.code:
            case "longest":
                if _is_too_long(rule.months or 0, loan):
                    yield rule
            case "long":
                if np.datetime64(loan.until or loan.last, "D") > last_day(
                    np.datetime64(loan.since or loan.first, "D"), rule.months or 0
                ):
                    yield rule
            case "extension":
                if loan.since or loan.until:
                    yield rule
            case _:
                yield rule


def _is_too_long(months: int, loan: Loan) -> bool:
    first, last = np.datetime64(loan.first, "D"), np.datetime64(loan.last, "D")
    through = (loan.last - loan.first).days + 1
    return bool(too_long(months, first, last, loan.percent, through if loan.days is None else loan.days))
