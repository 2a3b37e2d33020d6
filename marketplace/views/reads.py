"""What of what is shown is personal data, and whose: written down by whoever shows it, for each reader once an hour.

Whose a card is, who is asked about it and who has answered a question is written by the card, the yes and the answer,
never by the member: two entries of one instant, of the card and of the member, would tell auditors whose it is. The
person finds them by what is its own, see `retention.person`.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from competence.approvals.models import CardApproval
from competence.approvals.rules import APPROVAL
from core.actor import Actor
from core.database.audit import record_reads
from marketplace.bookings.queries import BookingView
from marketplace.offers.excerpts import Lent, OfferExcerpt, ResourceInShort
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member
from marketplace.proposals.queries import ProposalView
from marketplace.questions.queries import QuestionView
from marketplace.questions.rules import ANSWER
from marketplace.views.proposals import ProposalExcerpt
from resources.models import Resource
from resources.queries import Described


def cards_read(session: Session, actor: Actor, shown: Iterable[Described | Lent]) -> None:
    """Write that somebody was shown capacity cards with their names, and who has said yes to them."""
    names_read(session, actor, [each.resource for each in shown if each.family.anonymous])


def names_read(session: Session, actor: Actor, people: Iterable[Resource | ResourceInShort]) -> None:
    """Write that somebody was shown what capacity cards are called."""
    record_reads(session, actor, "resource", [each.id for each in people], "capacity_card")


def offers_read(session: Session, actor: Actor, shown: Iterable[OfferView | OfferExcerpt]) -> None:
    """Write which capacity cards somebody was shown by name among offers."""
    cards_read(session, actor, [each.lent for each in shown if each.named])


def bookings_read(session: Session, actor: Actor, shown: Iterable[BookingView]) -> None:
    """Write which persons of another organisation somebody was told to call, and who and which people are lent."""
    views = list(shown)
    persons_read(session, actor, [view.offered.lent.resource.id for view in views if view.identity is not None])
    contacts = [each for view in views for each in (view.lending, view.borrowing) if each is not None]
    members_read(session, actor, [each for each in contacts if each.organisation_id != actor.organisation_id])
    lent_read(session, actor, views)


def lent_read(session: Session, actor: Actor, shown: Iterable[BookingView]) -> None:
    """Write which people somebody was shown by name among what is lent."""
    cards_read(session, actor, [view.offered.lent for view in shown if view.named])


def proposals_read(session: Session, actor: Actor, shown: Iterable[ProposalView | ProposalExcerpt]) -> None:
    """Write which people somebody was shown by name among what is proposed."""
    cards_read(session, actor, [line.offered.lent for view in shown for line in view.named])


def answerers_read(session: Session, actor: Actor, shown: Iterable[QuestionView]) -> None:
    """Write who was shown as having answered questions."""
    answers = [each for view in shown for each in view.answers]
    named = [each.answer.id for each in answers if each.member is not None and not each.by_reader]
    record_reads(session, actor, ANSWER.entity, named, "member")


def persons_read(session: Session, actor: Actor, cards: Iterable[UUID]) -> None:
    """Write that somebody was shown whose capacity cards are, also where one is the reader's own."""
    record_reads(session, actor, "resource", list(cards), "card_person")


def asked_read(session: Session, actor: Actor, asked: Iterable[CardApproval]) -> None:
    """Write that somebody was shown who is asked for a yes to a capacity card."""
    record_reads(session, actor, APPROVAL.entity, [each.id for each in asked], "member")


def members_read(session: Session, actor: Actor, shown: Iterable[Member]) -> None:
    """Write which members somebody was shown, with name and address."""
    record_reads(session, actor, "member", [each.id for each in shown], "member")
