"""In what order the three are asked, what a yes covers, and what falls when one is taken back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from competence.approvals.models import ApprovalState, Approver, CardApproval
from core.actor import Actor
from core.database.lifecycle import Lifecycle
from core.errors import Conflict
from core.text import check_text
from core.time.interval import BEGINNING, Interval, from_range, intersect, to_range

LONGEST_EVIDENCE = 500

_S = ApprovalState
APPROVAL = Lifecycle(
    "card_approval",
    CardApproval,
    {
        _S.ASKED: frozenset({_S.GIVEN, _S.DECLINED, _S.WITHDRAWN, _S.EXPIRED, _S.OVERTAKEN, _S.REPLACED}),
        _S.GIVEN: frozenset({_S.WITHDRAWN, _S.EXPIRED, _S.OVERTAKEN}),
    },
)
LIVE = frozenset({_S.ASKED, _S.GIVEN})
"""Of which each of the three has one of each at most: while a yes stands it may be asked for anew."""


def check_evidence(evidence: str) -> None:
    """Refuse a yes without a word on how it is known."""
    check_text("evidence", evidence, least=1, most=LONGEST_EVIDENCE)


def check_words(evidence: str) -> None:
    """Refuse words that are too long or may not stand here."""
    check_text("evidence", evidence, most=LONGEST_EVIDENCE)


def check_other_person(actor: Actor | None, who: Approver, given: Collection[CardApproval]) -> None:
    """Refuse the third yes to whoever said or noted the other two: three have to be asked, not one believed."""
    others = {each.member_id for each in given if each.who is not who}
    if actor is not None and len(given) == len(Approver) - 1 and others == {actor.member_id}:
        raise Conflict("same_person", "You noted the two others. Somebody else in HR has to note the third.")


def check_not_own(actor: Actor | None, who: Approver, person_id: UUID | None) -> None:
    """Refuse the manager's or HR's yes, said or noted, to whoever's card it is."""
    if actor is not None and person_id is not None and who is not Approver.EMPLOYEE and actor.member_id == person_id:
        raise Conflict("own_card", "It is your own card. Somebody else has to approve it, and to decide.")


def check_turn(who: Approver, given: Collection[Approver]) -> None:
    """Refuse a yes before those have said theirs who are asked first."""
    for earlier in list(Approver)[: list(Approver).index(who)]:
        if earlier not in given:
            raise Conflict("consent_order", f"The {earlier} is asked before the {who}.", {"missing": earlier.value})


def falling(who: Approver) -> tuple[Approver, ...]:
    """Return whose yes falls when one takes theirs back: their own, and those given because of it."""
    return tuple(list(Approver)[list(Approver).index(who) :])


def in_order(approvals: Iterable[CardApproval]) -> tuple[CardApproval, ...]:
    """Return yeses in the order in which they are asked for."""
    order = list(Approver)
    return tuple(sorted(approvals, key=lambda each: order.index(each.who)))


def approved_during(given: Collection[CardApproval]) -> Range[datetime] | None:
    """Return when all three say yes to the person's being lent; None unless all of them do at some time."""
    if {each.who for each in given} != set(Approver):
        return None
    common = [Interval(BEGINNING, None)]
    for each in given:
        common = intersect(common, [from_range(each.covers)]) if each.covers is not None else []
    return to_range(common[0]) if common else None
