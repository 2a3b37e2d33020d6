"""Confirming what the rules for loans of people require, when a side agrees."""

from collections.abc import Sequence

from sqlmodel import Session

from competence.loans.packs import packs
from core.actor import Actor
from core.errors import BadInput
from core.time import clock
from marketplace.loans.models import LoanConfirmation
from marketplace.loans.rules import Confirmed, PersonLoan, confirmation_faults, required
from marketplace.proposals.models import ProposalParty


def confirm(
    session: Session,
    actor: Actor,
    loans: Sequence[PersonLoan],
    parties: Sequence[ProposalParty],
    confirmed: Confirmed,
) -> None:
    """Keep what the actor confirms for the parties that it says yes for, each of the loans that are theirs.

    Raises
    ------
    BadInput
        Something that is required is not confirmed, or is not for the actor to confirm: all of it at once, as
        ``confirmations.<line>.<rule>``.
    """
    asked = [(party, *each) for party in parties for each in required(loans, party.organisation_id, party.side)]
    faults = list(confirmation_faults([(loan.key, rule.code) for _, loan, rule in asked], confirmed))
    if faults:
        raise BadInput.of(faults)
    session.add_all(
        LoanConfirmation(
            proposal_id=party.proposal_id,
            need_id=loan.lines[0].need.id,
            offer_id=loan.lines[0].offered.offer.id,
            side=party.side,
            rule=rule.code,
            pack=loan.pack.code,
            version=packs().version,
            member_id=actor.member_id,
            confirmed_at=clock.now(),
        )
        for party, loan, rule in asked
    )
