"""Labels of introductions at hubs: how they stand, and what one answers."""

INTRODUCTIONS = {
    "introduction_state": {
        "asked": "Waits for answers",
        "made": "Introduced",
        "lapsed": "Did not come about",
        "ended": "Over",
    },
    "introduction_answer": {"yes": "Yes", "no": "No"},
}
