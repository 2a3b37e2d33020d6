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
    "roster_state": {"in_force": "In force", "ended": "Ended"},
}
