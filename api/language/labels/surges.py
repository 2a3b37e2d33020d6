"""Labels of what helps in a crisis: what happens, and how rosters stand."""

SURGES = {
    "occasion": {
        "reception": "Many people seek protection",
        "nature": "Storm, flood or fire",
        "accident": "A serious accident",
        "disease": "A disease that spreads",
        "cyber": "IT attacks or failures",
        "readiness": "Heightened preparedness",
    },
    "surge_state": {"open": "Goes on", "ended": "Stood down"},
    "call_state": {
        "asked": "Called",
        "accepted": "Comes",
        "declined": "Does not come",
        "expired": "No answer in time",
        "withdrawn": "Took the yes back",
        "released": "Released",
    },
    "call_answer": {"accepted": "They come", "declined": "They do not come", "withdrawn": "Take the yes back"},
    "roster_state": {"in_force": "In force", "ended": "Ended"},
}
