"""Labels of what members of a hub say of themselves and their days, whom they tell it, and why two would meet."""

PRESENCE = {
    "audience": {
        "nobody": "Nobody",
        "chosen": "Those I have chosen",
        "members": "All members of the hub",
        "hosts": "All members, and the hosts of the hub",
    },
    "profile_audience": {
        "nobody": "Nobody",
        "chosen": "Those I have chosen",
        "members": "Members of my hubs",
        "hosts": "Members and hosts of my hubs",
        "all_hubs": "Members of all hubs, hosts of mine",
    },
    "profile_part": {
        "name": "First name",
        "organisation": "Organisation",
        "can": "What I can",
        "learns": "What I want to learn",
        "wonders": "My question",
    },
    "coming": {"plans": "Comes", "could": "Could come"},
    "why": {
        "wanted": "You want to meet",
        "can": "Can",
        "learns": "Wants to learn",
        "shared": "Wants, as you do, to learn",
    },
}
