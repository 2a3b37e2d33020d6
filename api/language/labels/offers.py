"""Words for what only the pages of offers tell."""

OFFERS = {
    "consenting": {"employee": "The employee", "manager": "The manager", "hr": "HR"},
}
