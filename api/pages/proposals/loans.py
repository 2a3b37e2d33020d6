"""The rules that a loan of a person follows, as a proposal's page tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from api.language.format import in_sweden
from api.language.labels import label
from competence.loans.packs import Effect, Finding, Loan, findings, pack_for, packs
from core.time.interval import Interval
from marketplace.proposals.queries import LineView, ProposalView


@dataclass(frozen=True)
class LoanRule:
    """A rule in words, and what it rests on."""

    text: str
    sources: str


@dataclass(frozen=True)
class LoanRules:
    """The rules of a loan: those that ask something of the two, by what they do, and those that are good to know."""

    title: str
    version: str
    asking: Sequence[tuple[str, Sequence[LoanRule]]]
    informing: Sequence[LoanRule]


def loan_rules(view: ProposalView, group: Sequence[LineView]) -> LoanRules | None:
    """Return the rules that the loan of a person follows, of the lines that serve one need.

    Nothing of other things, and of whoever stays with the same employer.
    """
    first = group[0]
    lent = [_days(interval) for line in group for interval in line.during if interval.end is not None]
    home, borrower = first.offered.organisation, view.requester
    if first.offered.card is None or home.id == borrower.id or not lent:
        return None
    loan = Loan(
        first=min(day for day, _ in lent),
        last=max(day for _, day in lent),
        percent=first.line.amount,
        days=sum((last - day).days + 1 for day, last in lent),
    )
    pack = pack_for(home.kind, borrower.kind)
    found = {effect: list(map(_told, some)) for effect, some in groupby(findings(pack, loan), _effect_of)}
    return LoanRules(
        title=label(pack.code, "loan_pack"),
        version=packs().version,
        asking=[
            (label(effect, "loan_effect"), rules) for effect, rules in found.items() if effect is not Effect.INFORM
        ],
        informing=found.get(Effect.INFORM, ()),
    )


def _days(interval: Interval) -> tuple[date, date]:
    """Return the first and last day of a time that ends."""
    ending = interval.end or interval.start
    return in_sweden(interval.start).date(), in_sweden(ending - timedelta(microseconds=1)).date()


def _effect_of(finding: Finding) -> Effect:
    return finding.rule.effect


def _told(finding: Finding) -> LoanRule:
    return LoanRule(label(finding.rule.code, "loan_rule"), "; ".join(finding.sources))
