"""Loans of people: every pack by a table of cases, each with its source; every kind of organisation has one."""

import itertools
from datetime import date

import pytest

from api.language.labels import LABELS
from competence.loans.packs import Loan, Party, RuleEffect, findings, forbids, pack_for, packs
from marketplace.organisations.models import OrganisationKind

STATE, REGION, MUNICIPALITY, COMPANY = OrganisationKind
MARCH = date(2027, 3, 1)
HALF_A_YEAR = date(2027, 8, 31)
GUIDE, DS, SKR = "Arbetsgivarverket", "Ds 2022:26", "SKR"


def codes(lender: str, borrower: str, loan: Loan, effect: RuleEffect) -> list[str]:
    return [each.rule.code for each in findings(pack_for(lender, borrower), loan) if each.rule.effect is effect]


@pytest.mark.parametrize(
    ("lender", "borrower", "pack"),
    [
        (STATE, STATE, "state"),
        (MUNICIPALITY, MUNICIPALITY, "local"),
        (MUNICIPALITY, REGION, "local"),
        (REGION, MUNICIPALITY, "local"),
        (REGION, REGION, "local"),
        (STATE, MUNICIPALITY, "mixed"),
        (MUNICIPALITY, STATE, "mixed"),
        (REGION, STATE, "mixed"),
        (STATE, REGION, "mixed"),
        (COMPANY, STATE, "company"),
        (STATE, COMPANY, "company"),
        (MUNICIPALITY, COMPANY, "company"),
        (COMPANY, COMPANY, "company"),
    ],
)
def test_who_lends_and_who_borrows_tell_the_pack(lender: str, borrower: str, pack: str) -> None:
    assert pack_for(lender, borrower).code == pack


def test_every_two_kinds_of_organisations_have_a_pack() -> None:
    for lender, borrower in itertools.product(OrganisationKind, repeat=2):
        assert pack_for(lender, borrower)
    with pytest.raises(LookupError, match="from church to municipality"):
        pack_for("church", MUNICIPALITY)


# Of full time six months are the longest that a state agency lends for (Arbetsgivarverket's guide, Ds 2022:26), so of
# half time twelve: 184 days of 1 March to 31 August are as much as 368 of half time, which end on 2 March 2028.
LENGTHS = [
    (MARCH, HALF_A_YEAR, 100, False, False),
    (MARCH, date(2027, 9, 1), 100, True, True),
    (MARCH, date(2027, 9, 1), 50, False, True),
    (MARCH, date(2028, 3, 2), 50, False, True),
    (MARCH, date(2028, 3, 3), 50, True, True),
    (MARCH, MARCH, 100, False, False),
    (date(2026, 8, 31), date(2027, 2, 28), 100, False, False),  # a month without a 31st
    (date(2026, 8, 31), date(2027, 3, 1), 100, True, True),
    (date(2027, 10, 15), date(2028, 4, 14), 100, False, False),
    (date(2027, 10, 15), date(2028, 4, 15), 100, True, True),
]


@pytest.mark.parametrize(("lender", "borrower"), [(STATE, STATE), (STATE, MUNICIPALITY), (REGION, STATE)])
@pytest.mark.parametrize(("first", "last", "percent", "forbidden", "long"), LENGTHS)
def test_the_state_lends_for_six_months_of_full_time(
    lender: str, borrower: str, first: date, last: date, percent: int, forbidden: bool, long: bool
) -> None:
    loan = Loan(first, last, percent)
    assert forbids(pack_for(lender, borrower), loan) is forbidden
    assert codes(lender, borrower, loan, RuleEffect.FORBID) == ["longest"] * forbidden
    assert ("long" in codes(lender, borrower, loan, RuleEffect.WARN)) is long


# Through 31 January 2028 are 337 days, and half a year 184. Each Monday is 49 days, as 68.6 with the weekends that
# belong to them; four days a week are 196 as 274.4, half of that 137.2; five days a week are all 337.
@pytest.mark.parametrize(
    ("days", "percent", "forbidden"),
    [(49, 100, False), (131, 100, False), (132, 100, True), (196, 100, True), (196, 50, False), (241, 100, True)],
)
def test_a_loan_on_some_days_of_the_week_takes_as_much_of_full_time(days: int, percent: int, forbidden: bool) -> None:
    loan = Loan(MARCH, date(2028, 1, 31), percent, days=days)
    assert forbids(pack_for(STATE, STATE), loan) is forbidden


@pytest.mark.parametrize(
    ("lender", "borrower"), [(MUNICIPALITY, MUNICIPALITY), (REGION, MUNICIPALITY), (COMPANY, STATE)]
)
def test_elsewhere_a_long_loan_is_warned_of_and_none_is_forbidden(lender: str, borrower: str) -> None:
    for last, warned in ((HALF_A_YEAR, False), (date(2027, 9, 1), True), (date(2030, 1, 1), True)):
        loan = Loan(MARCH, last, 100)
        assert not forbids(pack_for(lender, borrower), loan)
        assert ("long" in codes(lender, borrower, loan, RuleEffect.WARN)) is warned


@pytest.mark.parametrize(("lender", "borrower"), list(itertools.product(OrganisationKind, repeat=2)))
def test_what_every_loan_needs(lender: str, borrower: str) -> None:
    """Voluntary, extended only after a new assessment, a month's notice, who pays and leads, and the unions."""
    loan, longer = Loan(MARCH, HALF_A_YEAR, 50), Loan(MARCH, HALF_A_YEAR, 50, since=date(2026, 12, 1))
    required = codes(lender, borrower, loan, RuleEffect.REQUIRE)
    assert "voluntary" in required
    assert "extension" not in required
    assert set(codes(lender, borrower, longer, RuleEffect.REQUIRE)) == {*required, "extension"}
    before = Loan(MARCH, HALF_A_YEAR, 50, until=date(2027, 10, 1))
    assert set(codes(lender, borrower, before, RuleEffect.REQUIRE)) == {*required, "extension"}
    assert "long" in codes(lender, borrower, before, RuleEffect.WARN)
    assert {"notice", "payment", "lead"} <= set(codes(lender, borrower, loan, RuleEffect.INFORM))
    assert "union" in codes(lender, borrower, loan, RuleEffect.WARN)
    assert [each.months for each in pack_for(lender, borrower).rules if each.code == "notice"] == [1]


@pytest.mark.parametrize(
    ("lender", "borrower", "effect", "code", "source"),
    [
        (STATE, STATE, RuleEffect.INFORM, "cooperation", "Myndighetsförordning (2007:515), 6 §"),
        (STATE, STATE, RuleEffect.INFORM, "cooperation", "Förordning (2022:524)"),
        (STATE, STATE, RuleEffect.REQUIRE, "duties", GUIDE),
        (STATE, STATE, RuleEffect.INFORM, "lead", "Rörlighet i staten"),
        (STATE, STATE, RuleEffect.INFORM, "payment", "Rörlighet i staten"),
        (MUNICIPALITY, REGION, RuleEffect.REQUIRE, "agreement", "Kommunallagen (2017:725) 9 kap. 37 §"),
        (MUNICIPALITY, REGION, RuleEffect.REQUIRE, "voluntary", SKR),
        (MUNICIPALITY, REGION, RuleEffect.REQUIRE, "insurance", SKR),
        (STATE, MUNICIPALITY, RuleEffect.WARN, "mixed", DS),
        (STATE, MUNICIPALITY, RuleEffect.INFORM, "alternative", SKR),
        (STATE, MUNICIPALITY, RuleEffect.REQUIRE, "insurance", SKR),
        (COMPANY, STATE, RuleEffect.WARN, "hire", "Lagen (2016:1145) om offentlig upphandling"),
        (STATE, STATE, RuleEffect.WARN, "union", "Lagen (1976:580)"),
    ],
)
def test_a_rule_names_its_source(lender: str, borrower: str, effect: RuleEffect, code: str, source: str) -> None:
    found = {each.rule.code: each for each in findings(pack_for(lender, borrower), Loan(MARCH, HALF_A_YEAR, 100))}
    assert found[code].rule.effect is effect
    assert any(title.startswith(source) for title in found[code].sources)


NOTICE = "Rörlighet i staten"
KL, LENDER, BOTH, NOBODY = "Kommunallagen", {Party.LENDER}, {Party.LENDER, Party.BORROWER}, set[Party]()
SIX_MONTHS = Loan(MARCH, HALF_A_YEAR, 100)
DAY_MORE = Loan(MARCH, date(2027, 9, 1), 100)
GOES_ON = Loan(MARCH, HALF_A_YEAR, 100, since=date(2026, 12, 1))
STATE_PACK, LOCAL, MIXED, FIRM = (STATE, STATE), (REGION, MUNICIPALITY), (STATE, REGION), (MUNICIPALITY, COMPANY)
# Of each pair: a rule, a loan for which it holds, what it does, who confirms it, and the source.
CASES = [
    *((who, "longest", DAY_MORE, RuleEffect.FORBID, NOBODY, DS) for who in (STATE_PACK, MIXED)),
    *((who, "long", DAY_MORE, RuleEffect.WARN, NOBODY, GUIDE) for who in (STATE_PACK, LOCAL, MIXED, FIRM)),
    *((who, "notice", SIX_MONTHS, RuleEffect.INFORM, NOBODY, NOTICE) for who in (STATE_PACK, LOCAL, MIXED, FIRM)),
    *((who, "extension", GOES_ON, RuleEffect.REQUIRE, BOTH, GUIDE) for who in (STATE_PACK, MIXED, FIRM)),
    (LOCAL, "extension", GOES_ON, RuleEffect.REQUIRE, BOTH, SKR),
    *((who, "voluntary", SIX_MONTHS, RuleEffect.REQUIRE, LENDER, GUIDE) for who in (STATE_PACK, MIXED)),
    *((who, "voluntary", SIX_MONTHS, RuleEffect.REQUIRE, LENDER, SKR) for who in (LOCAL, MIXED, FIRM)),
    (STATE_PACK, "duties", SIX_MONTHS, RuleEffect.REQUIRE, LENDER, DS),
    *((who, "insurance", SIX_MONTHS, RuleEffect.REQUIRE, BOTH, SKR) for who in (LOCAL, MIXED, FIRM)),
    (LOCAL, "agreement", SIX_MONTHS, RuleEffect.REQUIRE, BOTH, KL),
]


@pytest.mark.parametrize(("who", "code", "loan", "effect", "by", "source"), CASES)
def test_the_table_of_packs(
    who: tuple[str, str], code: str, loan: Loan, effect: RuleEffect, by: set[Party], source: str
) -> None:
    [found] = [each for each in findings(pack_for(*who), loan) if each.rule.code == code]
    assert (found.rule.effect, found.rule.by) == (effect, by)
    assert any(title.startswith(source) for title in found.sources)


def test_the_table_has_every_rule_that_counts_time_or_is_confirmed() -> None:
    listed = {(pack_for(*who).code, code) for who, code, *_ in CASES}
    asking = {
        (pack.code, rule.code)
        for pack in packs().packs
        for rule in pack.rules
        if rule.months or rule.effect is RuleEffect.REQUIRE
    } | {(pack.code, "extension") for pack in packs().packs}
    assert listed == asking
    assert all(rule.by for pack in packs().packs for rule in pack.rules if rule.effect is RuleEffect.REQUIRE)


def test_what_forbids_comes_first() -> None:
    found = findings(pack_for(STATE, STATE), Loan(MARCH, date(2028, 3, 1), 100, since=date(2026, 9, 1)))
    order = list(RuleEffect)
    ranks = [order.index(each.rule.effect) for each in found]
    assert ranks == sorted(ranks, reverse=True)
    assert found[0].rule.code == "longest"


def test_every_rule_has_words_and_every_source_is_used() -> None:
    rules = [rule for pack in packs().packs for rule in pack.rules]
    assert {rule.code for rule in rules} == set(LABELS["loan_rule"])
    assert {key for rule in rules for key in rule.sources} == set(packs().sources)
    assert set(LABELS["loan_pack"]) == {pack.code for pack in packs().packs}
