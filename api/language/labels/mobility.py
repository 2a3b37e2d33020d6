"""Labels of wishes to try another employer, and of what becomes of needs that HR was asked about."""

MOBILITY = {
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
