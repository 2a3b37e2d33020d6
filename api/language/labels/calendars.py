"""Labels of what a calendar shows."""

CALENDARS = {
    "feed_scope": {
        "own": "What I have asked for, lend or am lent for",
        "department": "The unit",
        "site": "The site",
        "organisation": "All of the organisation",
    },
}
