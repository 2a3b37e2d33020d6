"""What the rules for loans of people say, on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import KEPT, Wire, each_limited, limited
from competence.loans.packs import Finding, Party, RuleEffect, packs
from core.limits import LONGEST_CODE, MOST_IN_LIST, MOST_NEEDS
from marketplace.cards.models import WithdrawalState
from marketplace.loans.queries import Confirmation
from marketplace.loans.rules import PersonLoan
from marketplace.proposals.models import Side

_RULE = {"min_length": 1, "max_length": LONGEST_CODE, "pattern": KEPT}
Confirmations = Annotated[
    dict[UUID, Annotated[list[Annotated[str, each_limited(**_RULE)]], each_limited(max_items=MOST_IN_LIST)]],
    limited(
        "Of each loan of a person, by its line, the rules that your side confirms: those that have the "
        "effect `require` and name it in `by`. All of them are needed.",
        max_properties=MOST_NEEDS,
        property_names={"format": "uuid"},
    ),
]


class WithdrawalDecision(StrEnum):
    """What becomes of a loan to which a yes was taken back after it was agreed."""

    KEPT = WithdrawalState.KEPT.value
    NOTICE = WithdrawalState.NOTICE.value
    ENDED = WithdrawalState.ENDED.value
    CANCELLED = WithdrawalState.CANCELLED.value


class WithdrawalDecisionIn(Wire):
    """What becomes of the loan; `lastDay` where it ends on a day."""

    to: WithdrawalDecision
    last_day: date | None = None

    @classmethod
    def example(cls) -> Self:
        """Return that the notice runs."""
        return cls(to=WithdrawalDecision.NOTICE)


class LoanRuleOut(Wire):
    """What a rule says: inform, warn, require (confirmed by whom it names in `by`) or forbid."""

    code: str
    effect: RuleEffect
    by: list[Party]
    months: int | None
    sources: Annotated[list[str], Meta(description="What it rests on, in Swedish.")]


class LoanConfirmationOut(Wire):
    """What somebody has confirmed, by the rules as they stood in that version."""

    rule: str
    side: Side
    version: str
    confirmed_at: datetime


class LoanOut(Wire):
    """The rules that a loan of a person follows; `since`: it goes on from earlier loans that began then.

    `until`: later ones, which were agreed on before it, go on from it and last so long.
    """

    pack: str
    version: str
    since: date | None
    until: date | None
    rules: list[LoanRuleOut]
    confirmations: list[LoanConfirmationOut]

    @classmethod
    def example(cls) -> Self:
        """Return a loan within the state, of which the lender has confirmed one thing."""
        when = datetime.fromisoformat("2026-11-21T08:30:00Z")
        rule = LoanRuleOut(
            code="voluntary",
            effect=RuleEffect.REQUIRE,
            by=[Party.LENDER],
            months=None,
            sources=["Arbetsgivarverket: vägledning om personallån"],
        )
        said = LoanConfirmationOut(rule="voluntary", side=Side.LISTER, version="2026-2", confirmed_at=when)
        return cls(pack="state", version="2026-2", since=None, until=None, rules=[rule], confirmations=[said])


def loan_out(loan: PersonLoan, confirmed: Sequence[Confirmation]) -> LoanOut:
    """Return a loan with its rules and what has been confirmed of it."""
    return LoanOut(
        pack=loan.pack.code,
        version=packs().version,
        since=loan.since,
        until=loan.until,
        rules=[_rule(each) for each in loan.findings],
        confirmations=[_confirmation(each) for each in confirmed],
    )


def _rule(found: Finding) -> LoanRuleOut:
    rule = found.rule
    return LoanRuleOut(
        code=rule.code, effect=rule.effect, by=sorted(rule.by), months=rule.months, sources=list(found.sources)
    )


def _confirmation(said: Confirmation) -> LoanConfirmationOut:
    return LoanConfirmationOut(
        rule=said.row.rule,
        side=said.row.side,
        version=said.row.version,
        confirmed_at=said.row.confirmed_at,
    )
