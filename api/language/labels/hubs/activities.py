"""Labels of what is on at hubs: in which way people meet, how it stands, for whom, and how one stands in line."""

ACTIVITIES = {
    "activity_form": {
        "breakfast": "Breakfast",
        "transparent_meeting": "Transparent meeting",
        "co_creation": "Co-creation",
        "campfire_talk": "Campfire talk",
        "how_do_you": "How do you do it?",
        "this_is_how": "This is how we do it",
        "deep_dive": "Deep dive",
        "asynchronous_workshop": "Workshop over weeks",
        "open_house": "Open house",
    },
    "activity_state": {
        "draft": "Draft",
        "proposed": "Proposed",
        "set": "In the calendar",
        "held": "Held",
        "cancelled": "Cancelled",
    },
    "activity_audience": {"members": "Members of the hub", "everybody": "Everybody"},
    "standing": {
        "waiting": "In line",
        "offered": "Seats are held, answer",
        "registered": "Registered",
        "declined": "Given back",
        "lapsed": "Not answered in time",
    },
}
