"""What whoever accepts the loan of a person confirms, of the rules that it follows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.presenters.loans import LoanRule, told
from competence.loans.packs import RuleEffect
from marketplace.loans.rules import CONFIRMATIONS, Confirmed, PersonLoan, asked_of, field_of
from marketplace.proposals.models import ProposalParty


@dataclass(frozen=True)
class Ticks:
    """What the reader confirms of one loan by accepting: the boxes by name, and beside them what to think of."""

    title: str
    boxes: Sequence[tuple[str, LoanRule]]
    thinking: Sequence[LoanRule]


def ticks(loans: Sequence[PersonLoan], parties: Collection[ProposalParty]) -> list[Ticks]:
    """Return what the parties that a reader answers for confirm of each loan."""
    found = asked_of(loans, parties)
    return [_ticks(each, found[each.key]) for each in loans if each.key in found]


def _ticks(loan: PersonLoan, asked: Collection[str]) -> Ticks:
    need = loan.lines[0].need
    return Ticks(
        title=need.title or label(need.family, "family"),
        boxes=[(field_of(loan.key, each.rule.code), told(each)) for each in loan.findings if each.rule.code in asked],
        thinking=[told(each) for each in loan.findings if each.rule.effect is RuleEffect.WARN],
    )


def ticked(form: Form) -> Confirmed:
    """Return what somebody has ticked of what `ticks` asked."""
    found: dict[UUID, list[str]] = {}
    for name in form.fields:
        field, _dot, rest = name.partition(".")
        key, _dot, rule = rest.partition(".")
        loan = uuid_of(key)
        if field == CONFIRMATIONS and loan is not None and form.ticked(name):
            found.setdefault(loan, []).append(rule)
    return found
