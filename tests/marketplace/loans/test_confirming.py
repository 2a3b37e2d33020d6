"""What the rules for loans of people require is confirmed when each side agrees; what they forbid cannot be agreed."""

from typing import Any

import pytest
from msgspec.structs import replace as changed
from sqlmodel import Session, select

from competence.loans import packs as rules
from competence.loans.packs import RuleEffect, packs
from core.errors import BadInput, Conflict
from marketplace.loans.models import LoanConfirmation
from marketplace.proposals import service
from marketplace.proposals.models import ProposalState, Side
from marketplace.proposals.queries import lines
from tests import builders
from tests.marketplace.loans.agreeing import agreed, lent
from tests.marketplace.proposals.deals import accept, confirming, deal
from tests.marketplace.proposals.test_swapping import alternative


def rules_of(confirmed: dict[Any, list[str]]) -> set[str]:
    return {code for codes in confirmed.values() for code in codes}


# Who confirms what: the home employer that the person agrees (SKR, Arbetsgivarverket's guide) and that the work is
# within the employment (Ds 2022:26); both that insurances are gone through (SKR) and that they have an agreement
# (kommunallagen 9:37).
@pytest.mark.parametrize(
    ("kinds", "lender", "borrower"),
    [
        (("state_agency", "state_agency"), {"voluntary", "duties"}, set()),
        (("municipality", "region"), {"voluntary", "insurance", "agreement"}, {"insurance", "agreement"}),
        (("state_agency", "municipality"), {"voluntary", "insurance"}, {"insurance"}),
        (("region", "state_agency"), {"voluntary", "insurance"}, {"insurance"}),
        (("public_company", "municipality"), {"voluntary", "insurance"}, {"insurance"}),
    ],
)
def test_each_side_confirms_what_concerns_it(
    session: Session, kinds: tuple[str, str], lender: set[str], borrower: set[str]
) -> None:
    found = lent(session, kinds=kinds)
    assert rules_of(confirming(session, found.lister, found.proposal)) == lender
    assert rules_of(confirming(session, found.requester, found.proposal)) == borrower
    for actor, asked in ((found.lister, lender), (found.requester, borrower)):
        if asked:
            with pytest.raises(BadInput) as error:
                service.accept(session, actor, found.proposal.id)
            assert {each.property.rpartition(".")[2] for each in error.value.parameters} == asked, "all at once"
            session.expire_all()
    agreed(session, found)
    kept = session.exec(select(LoanConfirmation)).all()
    assert {(each.side, each.rule) for each in kept} == {
        *((Side.LISTER, rule) for rule in lender),
        *((Side.REQUESTER, rule) for rule in borrower),
    }
    assert {each.member_id for each in kept} <= {found.lister.member_id, found.requester.member_id}
    assert {each.version for each in kept} == {packs().version}


def test_nobody_confirms_for_another_or_what_is_no_loan(session: Session) -> None:
    found = lent(session)
    with pytest.raises(BadInput, match="not for you"):
        service.accept(
            session, found.requester, found.proposal.id, confirmed=confirming(session, found.lister, found.proposal)
        )
    room = deal(session)
    assert confirming(session, room.lister, room.proposal) == {}
    assert accept(session, room.lister, room.proposal) == service.Acceptance()
    own = lent(session)
    own.offers[0].organisation_id = builders.resource_of(session, own.offers[0]).organisation_id = (
        own.request.organisation_id
    )
    session.flush()
    assert confirming(session, own.requester, own.proposal) == {}, "whoever stays at home is lent to nobody"


# Half a year of full time has 184 days at most: 190 are forbidden where the state lends or borrows.
@pytest.mark.parametrize("who", ["coordinator", "lister"])
def test_what_a_pack_forbids_is_neither_approved_nor_accepted(session: Session, who: str) -> None:
    found = lent(session, days=190, kinds=("state_agency", "municipality"), approved=who == "lister")
    act = service.approve if who == "coordinator" else service.accept
    with pytest.raises(Conflict, match="at most 6 months of full time") as error:
        act(session, getattr(found, who), found.proposal.id)
    assert error.value.code == "loan_forbidden"
    told = error.value.details
    assert (told["rule"], told["pack"], told["version"]) == ("longest", "mixed", packs().version)
    assert "Ds 2022:26" in told["sources"]
    assert told["latestEnd"] in str(error.value)
    if who == "coordinator":
        with pytest.raises(Conflict, match="at most 6 months"):
            service.lock(session, found.coordinator, found.proposal.id)
    half = lent(session, days=190, amount=50)
    assert agreed(session, half).amount == 50


def test_a_pack_that_has_changed_since_it_was_proposed_holds(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    found = lent(session, days=120)
    accept(session, found.lister, found.proposal)
    shorter = [
        changed(
            pack,
            rules=tuple(changed(rule, months=3) if rule.effect is RuleEffect.FORBID else rule for rule in pack.rules),
        )
        for pack in packs().packs
    ]
    later = changed(packs(), version="2099-1", packs=tuple(shorter))
    monkeypatch.setattr(rules, "packs", lambda: later)
    with pytest.raises(Conflict, match="at most 3 months"):
        accept(session, found.requester, found.proposal)
    assert found.proposal.state is ProposalState.APPROVED


def test_nothing_is_swapped_to_what_is_forbidden(session: Session) -> None:
    """The person of a state agency may not be lent for 190 days; the one of a municipality may, to a region."""
    town = builders.staff(session, builders.organisation(session, kind="municipality"))
    state = builders.offer(session, builders.staff(session), builders.days(0, 900))
    long = builders.days(14, 204)
    told = alternative(session, state)
    assert long.end
    told["amount"] = 100
    told["claims"][0] |= {"amount": 100, "from": long.start.isoformat(), "until": long.end.isoformat()}
    found = lent(
        session,
        days=190,
        kinds=("municipality", "region"),
        person=builders.offer(session, town, builders.days(0, 900)),
        approved=False,
        reasons={"alternatives": [told]},
    )
    [line] = lines(session, [found.proposal.id])
    with pytest.raises(Conflict) as error:
        service.swap(session, found.coordinator, found.proposal.id, line.line.id, "other")
    assert error.value.code == "loan_forbidden"


def test_a_loan_that_goes_on_from_another_has_been_assessed_anew(session: Session) -> None:
    """It begins 20 days after the first has ended; 40 days are too many to go on from it."""
    first = lent(session, days=30)
    agreed(session, first)
    for begin, goes_on in ((64, True), (84, False)):
        other = lent(session, begin, 10, after=first)
        for actor in (other.lister, other.requester):
            assert ("extension" in rules_of(confirming(session, actor, other.proposal))) is goes_on
    elsewhere = lent(session, 64, 10, person=first.offers[0])
    assert "extension" not in rules_of(confirming(session, elsewhere.lister, elsewhere.proposal))


# Of full time 60 percent are lent already: 40 are left, for another 60 and for 100; nobody is lent twice.
@pytest.mark.parametrize(("held", "told"), [(60, "40 percent of full time is left"), (100, "no longer free")])
def test_percent_over_what_is_left_and_a_person_lent_twice_are_told_at_every_door(
    session: Session, held: int, told: str
) -> None:
    first = lent(session, amount=held)
    others = [lent(session, 20, person=first.offers[0], amount=60, approved=approved) for approved in (True, False)]
    agreed(session, first)
    accept(session, others[0].lister, others[0].proposal)
    taken = accept(session, others[0].requester, others[0].proposal).taken
    assert told in str(taken)
    for act in (service.approve, service.lock):
        with pytest.raises(Conflict, match=told):
            act(session, others[1].coordinator, others[1].proposal.id)
