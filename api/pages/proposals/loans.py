"""The rules that a loan of a person follows, as a proposal's page tells them and asks for them to be confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from competence.loans.packs import Finding, RuleEffect, packs
from marketplace.loans.queries import Confirmation
from marketplace.loans.rules import CONFIRMATIONS, Confirmed, PersonLoan, asked_of, field_of
from marketplace.proposals.models import ProposalParty


@dataclass(frozen=True)
class LoanRule:
    """A rule in words, and what it rests on."""

    text: str
    sources: str


@dataclass(frozen=True)
class LoanRules:
    """The rules of a loan: those that ask something of the two, by what they do, and those that are good to know.

    `since` is the first day of the earlier loans that it goes on from, `until` the last of those that go on from it,
    and `confirmed` what has been confirmed so far.
    """

    title: str
    version: str
    asking: Sequence[tuple[str, Sequence[LoanRule]]]
    informing: Sequence[LoanRule]
    since: str
    until: str
    confirmed: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ticks:
    """What the reader confirms of one loan by accepting: the boxes by name, and beside them what to think of."""

    title: str
    boxes: Sequence[tuple[str, LoanRule]]
    thinking: Sequence[LoanRule]


def loan_rules(loan: PersonLoan, confirmed: Sequence[Confirmation] = ()) -> LoanRules:
    """Return the rules that a loan follows."""
    found = {effect: list(map(told, some)) for effect, some in groupby(loan.findings, _effect_of)}
    return LoanRules(
        title=label(loan.pack.code, "loan_pack"),
        version=packs().version,
        asking=[
            (label(effect, "loan_effect"), rules) for effect, rules in found.items() if effect is not RuleEffect.INFORM
        ],
        informing=found.get(RuleEffect.INFORM, ()),
        since=loan.since.isoformat() if loan.since else "",
        until=loan.until.isoformat() if loan.until else "",
        confirmed=confirmed_by(confirmed, named=False),
    )


def confirmed_by(confirmed: Sequence[Confirmation], *, named: bool) -> list[tuple[str, str]]:
    """Return what has been confirmed in words, each with who has, when, and by which version of the rules.

    Before it is agreed a side may not know who the other is: then none is named.
    """
    text = _("%(who)s, %(when)s, rules of version %(version)s")
    return [
        (
            label(each.row.rule, "loan_rule"),
            text
            % {
                "who": f"{each.organisation} ({each.member})" if named else label(each.row.side),
                "when": written.moment(each.row.confirmed_at),
                "version": each.row.version,
            },
        )
        for each in confirmed
    ]


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


def told(finding: Finding) -> LoanRule:
    """Return a rule in words."""
    return LoanRule(label(finding.rule.code, "loan_rule"), "; ".join(finding.sources))


def _effect_of(finding: Finding) -> RuleEffect:
    return finding.rule.effect
