"""What of what is shown is personal data, and whose: written down by whoever shows it, for each reader once an hour."""

from collections.abc import Iterable

from sqlmodel import Session

from core.actor import Actor
from core.database.audit import record_reads
from marketplace.bookings.queries import BookingView
from marketplace.offers.excerpts import Lent, OfferExcerpt, ResourceInShort
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member
from marketplace.proposals.queries import ProposalView
from marketplace.questions.queries import QuestionView
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
    members_read(session, actor, [view.identity for view in views if view.identity is not None])
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
    members_read(session, actor, [each.member for each in answers if each.member is not None and not each.by_reader])


def members_read(session: Session, actor: Actor, shown: Iterable[Member]) -> None:
    """Write which members somebody was shown, with name and address."""
    record_reads(session, actor, "member", [each.id for each in shown], "member")
