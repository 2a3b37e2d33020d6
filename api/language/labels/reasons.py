"""Codes of a run's reasons: what happened to a need, the filters, and dates that are missing."""

REASONS = {
    "need_outcome": {
        "served": "A match was found.",
        "partly_served": "A match was found for some of the dates.",
        "no_option": "No offer passed every step.",
        "lost_to_others": "There were offers, but other needs got them: there was not enough for all.",
        "bundle_broken": "Its needs belong together, and another of them could not be served.",
        "alternative_served": "Its alternative was served instead.",
        "taken_meanwhile": "What was found was taken by somebody else before it could be proposed.",
    },
    "filter": {
        "kind": "Of the right kind",
        "place": "Near enough",
        "time": "Free at the time",
        "size": "Large enough",
        "requirements": "With everything you must have",
        "visibility": "Shown to your organisation",
        "refused": "Not refused before",
    },
    "emptied_by": {
        "kind": "Nobody has put up anything of this kind.",
        "place": "Nothing of the kind is near enough.",
        "time": "What is near enough is not free at the time.",
        "size": "There is not enough of what is free.",
        "requirements": "Nothing that is free and enough has everything that you must have.",
        "visibility": "What would suit is not shown to your organisation.",
        "refused": "What would suit has been refused before.",
    },
    "date_outcome": {
        "served": "Can be had",
        "taken": "Taken",
        "closed": "Closed",
        "past": "Has passed",
    },
    "must": {
        "min_condition": "a least condition",
        "max_width_cm": "a greatest width",
        "max_depth_cm": "a greatest depth",
        "max_height_cm": "a greatest height",
        "min_range_km": "a least range",
        "towing_kg": "towing",
    },
}
