"""The rules that a loan of a person follows, in words, and who has confirmed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from competence.loans.packs import Finding, RuleEffect, packs
from marketplace.loans.queries import Confirmation
from marketplace.loans.rules import PersonLoan


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


def told(finding: Finding) -> LoanRule:
    """Return a rule in words."""
    return LoanRule(label(finding.rule.code, "loan_rule"), "; ".join(finding.sources))


def _effect_of(finding: Finding) -> RuleEffect:
    return finding.rule.effect
