"""Labels of what people say about capacity cards and how that stands, and of wishes to try another employer."""

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
    "wish_state": {
        "draft": "Not open yet",
        "open": "Open",
        "paused": "Paused",
        "taken": "A loan is agreed",
        "ended": "Ended",
        "expired": "Its time is over",
    },
    "interest_state": {
        "dismissed": "Not for me",
        "asked": "HR is asked",
        "offered": "All three say yes, and you may be proposed",
        "agreed": "A loan is agreed",
        "declined": "Nothing came of it: somebody said no",
        "withdrawn": "Taken back",
        "lapsed": "Nothing came of it: they need nobody any more",
    },
}
