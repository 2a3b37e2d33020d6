"""Labels of what people say about capacity cards: who says yes, how it stands, by which way it was said."""

PEOPLE = {
    "approver": {"employee": "The employee", "manager": "The manager", "hr": "HR"},
    "approver_says": {"employee": "Agrees", "manager": "Approves", "hr": "Has decided"},
    "approval_state": {
        "asked": "Is asked",
        "given": "Says yes",
        "declined": "Has declined",
        "withdrawn": "Taken back",
        "expired": "Has run out",
        "overtaken": "The card says something else now",
        "replaced": "Somebody else is asked",
    },
    "withdrawal_state": {
        "waiting": "Waits for HR",
        "kept": "Goes on as agreed",
        "notice": "Goes on until the notice has run",
        "ended": "Ends on a day",
        "cancelled": "Cancelled now",
    },
    "channel": {"signed_in": "Signed in", "link": "By the link", "noted": "Noted by HR"},
}
