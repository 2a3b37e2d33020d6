"""Packs of rules for loans of people, as `data/packs.toml` has them, and what they say of a loan."""

import calendar
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

FULL_TIME = 100


class Effect(StrEnum):
    """What a rule does, least first."""

    INFORM = "inform"
    WARN = "warn"
    REQUIRE = "require"
    FORBID = "forbid"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of a pack; ``months`` where it counts time."""

    code: str
    effect: Effect
    sources: tuple[str, ...]
    months: int | None = None


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules for loans between some kinds of organisations."""

    code: str
    lenders: frozenset[str]
    borrowers: frozenset[str]
    rules: tuple[Rule, ...]


class Packs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All packs of one version, and the titles of what they rest on, by the keys that rules name."""

    version: str
    sources: dict[str, str]
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as it is planned, with how much of full time it takes and whether it goes on from another.

    `days` are on how many of them somebody is lent, as each Monday; nothing: on all.
    """

    first: date
    last: date
    percent: int
    extends: bool = False
    days: int | None = None


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
    order = list(Effect)
    return sorted(found, key=lambda finding: -order.index(finding.rule.effect))


def forbids(pack: Pack, loan: Loan) -> bool:
    """Tell whether a pack forbids a loan."""
    return any(rule.effect is Effect.FORBID for rule in _holding(pack, loan))


def _holding(pack: Pack, loan: Loan) -> Iterator[Rule]:
    for rule in pack.rules:
        match rule.code:
            case "longest":
                longest = _days(loan.first, _last_day(loan.first, rule.months or 0))
                if loan.percent * _days_taken(loan) > FULL_TIME * longest:
                    yield rule
            case "long":
                if loan.last > _last_day(loan.first, rule.months or 0):
                    yield rule
            case "extension":
                if loan.extends:
                    yield rule
            case _:
                yield rule


def _days_taken(loan: Loan) -> float:
    """Return how many days a loan takes, weekends among them: five days of work are a week."""
    through = _days(loan.first, loan.last)
    return through if loan.days is None else min(through, loan.days * 7 / 5)


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _last_day(first: date, months: int) -> date:
    """Return the last of some months from a first day on: of six from 1 March on 31 August."""
    year, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + year, month + 1
    longest = calendar.monthrange(year, month)[1]
    if first.day > longest:  # as of six months from 31 August on, which end with February
        return date(year, month, longest)
    return date(year, month, first.day) - timedelta(days=1)
