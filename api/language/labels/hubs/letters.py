"""Labels of letters of hubs."""

LETTERS = {
    "letter_kind": {"weekly": "Weekly letter", "newsletter": "Newsletter"},
    "letter_state": {
        "draft": "Draft",
        "scheduled": "Goes at its time",
        "sent": "Sent",
        "cancelled": "Cancelled",
    },
}
