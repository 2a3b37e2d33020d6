"""Labels of what members of hubs ask each other."""

HUB_QUESTIONS = {
    "question_audience": {
        "members": "Members of the hub",
        "hubs": "Members of all hubs",
        "everybody": "Everybody",
        "group": "Who is in the group",
    },
    "hub_question_state": {"asked": "Asked", "removed": "Taken away"},
    "hub_answer_state": {"given": "Given", "removed": "Taken away"},
}
