"""Labels of what one chooses to get by mail."""

MAIL = {
    "mail_frequency": {"at_once": "At once", "daily": "Once a day, at seven", "never": "Never"},
    "notice_group": {
        "urgent": "Passkeys, and calls in a crisis",
        "answers": "What waits for your answer",
        "outcomes": "What became of proposals, bookings and cards",
        "searches": "What saved searches find",
        "wishes": "Your wishes to try another employer",
        "operations": "Matching runs, and who takes part",
    },
}
