"""Words for what can be chosen in the form of a request."""

REQUESTS = {
    "weekday": {
        "mo": "Monday",
        "tu": "Tuesday",
        "we": "Wednesday",
        "th": "Thursday",
        "fr": "Friday",
        "sa": "Saturday",
        "su": "Sunday",
    },
    "priority_meaning": {
        "crisis": "Crisis: life, health or vital public services are at stake",
        "statutory": "Statutory duty: the law says it has to be done, and by when",
        "ordinary": "Ordinary: planned work that could be moved",
        "exploratory": "Exploratory: good to have, nothing depends on it",
    },
    "timing_type": {
        "fixed": "A fixed time",
        "flexible": "Some hours within a span of time",
        "weekly": "The same hours every week",
        "period": "Whole days from a first to a last",
    },
    "start_step": {
        "30": "Every half hour",
        "60": "Every hour",
        "1440": "At the same time of each day",
    },
    "condition": {
        "1": "1: for spare parts",
        "2": "2: worn",
        "3": "3: normal wear",
        "4": "4: good",
        "5": "5: as new",
    },
    "skill_level": {
        "1": "1: knows of it",
        "2": "2: has tried it",
        "3": "3: works independently",
        "4": "4: is experienced",
        "5": "5: leads and teaches",
    },
}
