"""What a notice can be about."""

from enum import StrEnum


class NoticeCode(StrEnum):
    """What happened, as the words at the edge are chosen by."""

    APPROVED = "approved"  # a proposal waits for your answer
    CARD_YOURS = "card_yours"  # to an employee: a capacity card is yours, do you say yes to it?
    CARD_TO_APPROVE = "card_to_approve"  # to a manager, or the deputy: do you approve that a person is lent?
    CARD_ANSWERED = "card_answered"  # to HR: yes, no, taken back, or no answer in time
    CARD_RUNS_OUT = "card_runs_out"  # to HR, and managers for theirs: a yes ends before what rests on it
    CARD_YOURS_RUNS_OUT = "card_yours_runs_out"  # to the employee: so does yours
    LOAN_WITHDRAWN = "loan_withdrawn"  # a yes to a person's loan was taken back after it was agreed: HR decides
    LOAN_WITHDRAWAL_DECIDED = "loan_withdrawal_decided"
    PERSON_ASKED_FOR = "person_asked_for"  # to the managers of a person whom such a proposal would lend
    TAKEN_BACK = "taken_back"  # the coordinator has undone the approval: nothing is asked any more
    ACCEPTED = "accepted"  # another party said yes
    REFUSED = "refused"
    AGREED = "agreed"
    TAKEN = "taken"  # everybody said yes, but something no longer fits
    REMINDER = "reminder"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the request is no longer there
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    DAMAGE_REPORTED = "damage_reported"  # to listers: whoever scanned a label says that something is wrong
    OVERDUE = "overdue"  # to the borrower: its time is over, and not all is back
    NOT_BACK = "not_back"  # to the lender: the same
    NOT_TICKED = "not_ticked"  # to both sides: something on the checklist was not in order as it moved
    ENDED_EARLY = "ended_early"  # a loan of a person ends before its time
    EXTENSION_ASKED = "extension_asked"  # to coordinators: a borrower asks for a loan to go on
    LATER_END_ASKED = "later_end_asked"  # to the lender: a borrower asks to keep what is lent for longer
    LATER_END_DECIDED = "later_end_decided"
    SHORTFALL = "shortfall"  # to both sides: not as many are there as were agreed on; the borrower decides
    SHORTFALL_DECIDED = "shortfall_decided"
    BUNDLE_BROKEN = "bundle_broken"  # one of needs that belong together lost its booking: what of the rest?
    BUNDLE_DECIDED = "bundle_decided"
    INQUIRED = "inquired"  # a coordinator asks whether a change of what is asked for would do
    INQUIRY_ENDED = "inquiry_ended"  # to whoever asked: yes, no, or no answer in time
    RUN_FAILED = "run_failed"  # to coordinators, and to whoever asked for it
    SET_ASIDE = "set_aside"  # a run could not use a request or an offer; to coordinators: how many
    PASSKEY_REGISTERED = "passkey_registered"  # to its member and to admins: somebody may be where it does not belong
    PASSKEYS_REMOVED = "passkeys_removed"  # by an admin, or the operator
    ORGANISATION_LEFT = "organisation_left"  # one that you have bookings or proposals with, or coordinate
    ORGANISATION_RETURNED = "organisation_returned"
    SEARCH_FOUND = "search_found"  # to whoever saved a search: so many offers newly fit
    THANKED = "thanked"  # to a lender of a person: the borrower says thank you
    THANKED_YOU = "thanked_you"  # to whom was lent: the same, in the borrower's words
    CALLED = "called"  # to HR and listers: cards of theirs are called in a crisis
    YOU_ARE_CALLED = "you_are_called"  # to the one whose card it is: can you come?
    PERSON_ANSWERED = "person_answered"  # to the same: somebody who is called can come, or does not
    STOOD_DOWN = "stood_down"  # to the same, and to whom was in need: the alert has ended
    WISH_FITS = "wish_fits"  # to an employee alone: needs fit a wish to try another employer
    WISH_EXPIRES = "wish_expires"  # to the same: a wish is over, or soon
    WISH_ENDED = "wish_ended"  # to the same: what became of a need that HR was asked about
    WISH_ASKED = "wish_asked"  # to HR: an employee asks to try another employer, here is the card
    QUESTION_ASKED = "question_asked"  # to the panel of a skill, or to HR about a card of theirs
    QUESTION_PASSED = "question_passed"  # to the one whose card it is: HR passes a question on
    QUESTION_RETURNED = "question_returned"  # to HR: that one does not answer
    QUESTION_ANSWERED = "question_answered"  # to who asked
    QUESTION_ENDED = "question_ended"  # to who asked or answered: declined, out of time, or taken away
    QUESTION_REPORTED = "question_reported"  # to coordinators: somebody says that it has no place here
    ROOM_DECLINED = "room_declined"  # a room's own calendar says no to a date of a booking
    ROOM_PROPOSED = "room_proposed"  # it proposes another time, on which the borrower decides
    ROOM_DECIDED = "room_decided"
    BUSY_CONFLICT = "busy_conflict"  # to listers: a calendar of theirs is busy while something is booked
    WEBHOOK_DISABLED = "webhook_disabled"  # to admins: an endpoint of theirs has taken nothing for days
    HUB_DAYS = "hub_days"  # to a member of a hub alone: which day to come, or that none is better than others
    ACTIVITY_PROPOSED = "activity_proposed"  # to the host of a hub: a member proposes something
    ACTIVITY_DECIDED = "activity_decided"  # to who initiated it: set, sent back with words, or cancelled
    ACTIVITY_CHANGED = "activity_changed"  # to who has registered: another time or place, or cancelled
    ACTIVITY_DOCUMENTED = "activity_documented"  # to the same, also the absent: what was written down is there
    ACTIVITY_TAKEN_OVER = "activity_taken_over"  # to the host: who initiated it has left
    REGISTRATION = "registration"  # to who has registered: has seats, waits, or has none any more
    SEATS_OFFERED = "seats_offered"  # to the same: seats are held, answer in time
    HUB_MEMBERSHIP_ASKED = "hub_membership_asked"  # to hosts of a hub: an organisation wants to join
    HUB_MEMBERSHIP_ENDED = "hub_membership_ended"  # to the same: its membership is over
    HUB_MEMBERSHIP_MOVED = "hub_membership_moved"  # to admins: what has become of the organisation's membership
    HUB_LETTER_DRAFTED = "hub_letter_drafted"  # to hosts: a letter is drafted, which goes when they say so
    HUB_APPLIED = "hub_applied"  # to hosts: somebody applies
    HUB_MEMBER_MOVED = "hub_member_moved"  # to a person alone: let in, refused, or over
    HUB_MANIFESTO = "hub_manifesto"  # to a member of a hub alone: there is a new version to sign
    HUB_FEEDBACK = "hub_feedback"  # to a person alone: how was it, or what is the hub worth? two taps
    INTRODUCTION_ASKED = "introduction_asked"  # to a member of a hub alone: would you like to meet somebody?
    INTRODUCTION = "introduction"  # to each of the two alone: it is made, did not come about, or is over
    COFFEE = "coffee"  # to who takes part in rounds of coffee alone: whom to meet, to rest, or that it fell through
    PUBLISHED = "published"  # a run has made proposals for the coordinators to look at


OF_HUB_PEOPLE = (
    NoticeCode.HUB_DAYS,
    NoticeCode.HUB_FEEDBACK,
    NoticeCode.INTRODUCTION_ASKED,
    NoticeCode.INTRODUCTION,
    NoticeCode.COFFEE,
)
"""To a member of a hub alone, about its being there and meeting others."""
OF_WISHES = (NoticeCode.WISH_FITS, NoticeCode.WISH_EXPIRES, NoticeCode.WISH_ENDED)
"""To the owner of a wish to try another employer alone."""
