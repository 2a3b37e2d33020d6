"""Labels of what one chooses to get by mail."""

MAIL = {
    "mail_frequency": {"at_once": "At once", "daily": "Once a day, at seven", "never": "Never"},
    "notice_group": {
        "urgent": "Passkeys, and calls in a crisis",
        "answers": "What waits for your answer",
        "outcomes": "What became of proposals, bookings and cards",
        "searches": "What saved searches find",
        "wishes": "Your wishes to try another employer",
        "hubs": "Hubs: which day to come, and what you have registered for",
        "operations": "Matching runs, and who takes part",
        "invitations": "Invitations into your calendar: what you have asked for or lend",
    },
    "calendar_answer": {
        "waiting": "Has not answered yet",
        "accepted": "Has accepted",
        "tentative": "Has accepted for now",
        "declined": "Has declined",
        "proposed": "Proposes another time",
    },
    "ignored_answer": {
        "unreadable": "An answer came that could not be understood. It does not count.",
        "other_sender": "An answer came from another address than the calendar's. It does not count.",
        "outdated": "An answer came to an invitation that has changed since. It does not count.",
        "over": "An answer came when it was too late. It does not count.",
    },
    "room_became": {
        "cancelled": "The booking is cancelled, and what was needed is open again.",
        "released": "That date is taken from the booking; the others stand.",
        "kept": "The loan is under way and stands as it is: settle it between you.",
    },
    "reply_to_confirm": {
        "yes": "Confirm that you say yes to the proposal for “%(request)s”.",
        "no": "Confirm that you say no to the proposal for “%(request)s”.",
    },
    "reply_done": {
        "yes": "You have said yes to the proposal for “%(request)s”.",
        "no": "You have said no to the proposal for “%(request)s”.",
    },
    "reply_outcome": {
        "changed": "The proposal for “%(request)s” has changed since you were asked. Nothing has been done.",
        "unclear": "We did not understand your reply about “%(request)s”. Nothing has been done.",
        "other_sender": "A reply about “%(request)s” came from another address than yours. Nothing has been done.",
        "taken": "Nothing is booked for “%(request)s”: something in it was taken meanwhile.",
        "over": "The proposal for “%(request)s” waits for no answer of yours any more. Nothing has been done.",
        "on_page": "The proposal for “%(request)s” has to be answered on its page. Nothing has been done.",
    },
}
