"""What the rules between two employers say of a loan of a person, and what each side has to confirm."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from competence.loans.packs import Finding, Loan, Pack, Party, Rule, RuleEffect, findings, latest_end, pack_for, packs
from core.errors import Conflict, InvalidParameter
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import ProposalParty, Side
from marketplace.proposals.queries import LineView

PARTIES = {Side.LISTER: Party.LENDER, Side.REQUESTER: Party.BORROWER}
CONFIRMATIONS = "confirmations"
Confirmed = Mapping[UUID, Collection[str]]
"""The rules that somebody confirms, of each loan."""


@dataclass(frozen=True)
class PersonLoan:
    """A person lent for a need: the lines of it that one offer serves, which share its rules.

    `since` is the first day of the earlier loans that it goes on from, if it does; `until` the last of later ones that
    were agreed on before it, which it makes longer, too.
    """

    lines: Sequence[LineView]
    borrower: Organisation
    since: date | None = None
    until: date | None = None

    @property
    def key(self) -> UUID:
        """What it is named by: its first line."""
        return self.lines[0].line.id

    @property
    def parts(self) -> tuple[UUID, UUID, UUID]:
        """The proposal that it is in, the need that it is for, and the offer that it is of."""
        line = self.lines[0].line
        return line.proposal_id, line.need_id, line.offer_id

    @property
    def lender(self) -> Organisation:
        """The home employer."""
        return self.lines[0].offered.owner

    @cached_property
    def pack(self) -> Pack:
        """The rules between the two."""
        return pack_for(self.lender.kind, self.borrower.kind)

    @cached_property
    def loan(self) -> Loan:
        """The loan as the rules count it."""
        lent = [days_of(interval) for line in self.lines for interval in line.during]
        return Loan(
            first=min(day for day, _ in lent),
            last=max(day for _, day in lent),
            percent=self.lines[0].line.amount,
            days=sum((last - day).days + 1 for day, last in lent),
            since=self.since,
            until=self.until,
        )

    @cached_property
    def findings(self) -> list[Finding]:
        """What the rules say of it, what forbids it first."""
        return findings(self.pack, self.loan)

    def asked_of(self, side: Side) -> list[Finding]:
        """Return what a side has to confirm before it agrees."""
        party = PARTIES[side]
        return [each for each in self.findings if each.rule.effect is RuleEffect.REQUIRE and party in each.rule.by]

    def concerns(self, organisation_id: UUID, side: Side) -> bool:
        """Tell whether an organisation lends the person, or borrows, as a party on a side does."""
        return organisation_id == (self.lender if side is Side.LISTER else self.borrower).id


def is_lent(line: LineView, borrower_id: UUID) -> bool:
    """Tell whether a line lends a person for some time, and to another employer."""
    ends = [interval.end is not None for interval in line.during]
    is_person = line.offered.lent.family.anonymous
    return is_person and line.offered.owner.id != borrower_id and bool(ends) and all(ends)


def days_of(interval: Interval) -> tuple[date, date]:
    """Return the first and last day in Sweden of a time that ends."""
    last = interval.limit - timedelta(microseconds=1)
    return interval.start.astimezone(STOCKHOLM).date(), last.astimezone(STOCKHOLM).date()


def check_allowed(loans: Sequence[PersonLoan]) -> None:
    """Refuse what a pack forbids, by the version that holds now.

    Raises
    ------
    Conflict
        ``loan_forbidden``: with the rule, what it rests on and what would be allowed.
    """
    for each in loans:
        for found in each.findings:
            if found.rule.effect is RuleEffect.FORBID:
                raise _forbidden(each, found)


def _forbidden(forbidden: PersonLoan, found: Finding) -> Conflict:
    latest, rule, sources = latest_end(forbidden.pack, forbidden.loan), found.rule, "; ".join(found.sources)
    return Conflict(
        "loan_forbidden",
        f"The rules for loans of people allow at most {rule.months} months of full time here, so at most through "
        f"{latest}. They rest on: {sources}.",
        {
            "lineId": str(forbidden.key),
            "rule": rule.code,
            "pack": forbidden.pack.code,
            "version": packs().version,
            "sources": list(found.sources),
            "latestEnd": latest.isoformat(),
        },
    )


def confirmation_faults(asked: Collection[tuple[UUID, str]], confirmed: Confirmed) -> Iterator[InvalidParameter]:
    """Yield which of the rules that are asked for, by loan, are not confirmed, and which are that are not asked for."""
    said = {(key, code) for key, codes in confirmed.items() for code in codes}
    for key, code in asked:
        if (key, code) not in said:
            yield InvalidParameter(field_of(key, code), None, "confirm it first")
    for key, code in sorted(said.difference(asked)):
        yield InvalidParameter(field_of(key, code), None, "this is not for you to confirm")


def field_of(key: UUID, rule: str) -> str:
    """Return what the confirmation of a rule for a loan is called, in forms and faults."""
    return f"{CONFIRMATIONS}.{key}.{rule}"


def asked_of(loans: Sequence[PersonLoan], parties: Collection[ProposalParty]) -> dict[UUID, list[str]]:
    """Return which rules some parties confirm, by loan."""
    found: dict[UUID, list[str]] = {}
    for party in parties:
        for loan, rule in required(loans, party.organisation_id, party.side):
            found.setdefault(loan.key, []).append(rule.code)
    return found


def required(loans: Sequence[PersonLoan], organisation_id: UUID, side: Side) -> Iterator[tuple[PersonLoan, Rule]]:
    """Yield what a party confirms, loan by loan."""
    for each in loans:
        if each.concerns(organisation_id, side):
            for found in each.asked_of(side):
                yield each, found.rule
