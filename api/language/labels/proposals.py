"""Labels of what is decided about proposals and bookings: criteria, reasons for a no, notices."""

_CANNOT_LEND = {
    "no_longer_available": "No longer available",
    "capacity_needed_ourselves": "Needed by the lender itself",
    "staff_declined": "The person has declined",
    "other": "Something else",
}

PROPOSALS = {
    "criterion": {
        "distance": "Near",
        "fit": "Right size",
        "wishes": "Meets the wishes",
        "dates": "All dates",
        "cost": "Cheap",
        "climate": "Spares the climate",
        "give_and_take": "Give and take",
    },
    "criterion_meaning": {
        "fit": "Points are lost for what would stay unused.",
        "distance": "Points are lost for every kilometre, up to 50.",
        "cost": "Points are lost for what it costs, up to 20,000 SEK.",
        "wishes": "Points are lost for wishes beside the requirements that are not met.",
        "dates": "Points are lost for dates that are missing in a series.",
        "climate": "Points are lost for the transport and the fuel that it takes: half of them at 1,000 kg CO2e.",
        "give_and_take": "Points are won when who has lent much is helped by who has borrowed much.",
    },
    "for_need": {
        "stability": "Stays as proposed",
        "value": "The need is served",
        "rest": "Other dates or lots",
    },
    "for_need_meaning": {
        "stability": "Points are won for what stays as it was proposed before.",
        "value": "Points for the priority, the size and who asked first.",
    },
    "refusal_code": {
        "not_suitable": "Not suitable",
        "too_far": "Too far away",
        "other_solution": "Solved in another way",
        "terms": "The terms",
        "budget": "The cost",
        **_CANNOT_LEND,
    },
    "cancellation_code": {"no_longer_needed": "No longer needed", **_CANNOT_LEND},
    "dispute_code": {
        "damaged": "Damaged",
        "missing": "Something is missing",
        "late": "Came back late",
        "not_as_agreed": "Not as agreed",
        "other": "Something else",
    },
    "ending": {
        "deadline": "Nobody answered in time",
        "no_longer_wanted": "The request was withdrawn or changed",
        "no_longer_offered": "The offer was closed",
        "approval_ended": "A yes to the person's being lent no longer stands",
        "taken": "Something in it was taken by others",
        "bundle_broken": "It belonged together with something that was cancelled",
        "bundle_kept": "The rest is kept",
        "superseded": "A later match took its place",
        "undone": "It was undone",
        "erased": "What was known of a person was erased",
    },
    "action": {
        "locked": "Locked",
        "unlocked": "Unlocked",
        "swapped": "Swapped",
        "accepted": "Accepted",
        "changed": "Changed",
        "exported": "Exported",
    },
    "move": {
        "handed_over": "Note hand-over",
        "returned": "Note return",
        "closed": "Close",
        "cancelled": "Cancel the booking",
        "disputed": "Report a problem",
    },
    # A room or a person is not handed over like a thing.
    "use_state": {
        "agreed": "Agreed",
        "handed_over": "Begun",
        "returned": "Over",
        "closed": "Done",
        "cancelled": "Cancelled",
        "disputed": "Disputed",
    },
    "use_move": {
        "handed_over": "Note that it has begun",
        "returned": "Note that it is over",
        "closed": "Mark as done",
        "cancelled": "Cancel the booking",
        "disputed": "Report a problem",
    },
    "part": {"lender": "Lender", "borrower": "Borrower", "coordinator": "Coordinator"},
}
