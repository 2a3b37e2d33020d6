"""Labels of matching runs: policies and their weights, how far a run has come, how it ended, and its reasons."""

from marketplace.planning.options.policy import MEANINGS, POLICIES
from marketplace.runs.rules import FAILURES

RUNS = {
    "policy": {
        "balanced": "Balanced",
        "near": "Short ways",
        "thrifty": "Waste nothing",
        "climate": "Climate first",
        "steady": "Few changes",
    },
    "policy_meaning": {name: policy.meaning for name, policy in POLICIES.items()},
    "weight": {
        "fit": "Fit",
        "distance": "Distance",
        "cost": "Cost",
        "wishes": "Wishes",
        "dates": "Dates",
        "climate": "Climate",
        "give_and_take": "Give and take",
        "amount": "Amount",
        "stability": "Stability",
    },
    "weight_meaning": dict(MEANINGS),
    "run_kind": {
        "whole": "All open requests",
        "local": "One request and what stands around it",
    },
    "block_state": {
        "waiting": "Waiting",
        "leased": "Being solved",
        "answered": "Solved",
    },
    "run_status": {
        "optimal": "Proven best",
        "feasible": "The best that was found in time",
        "stopped": "Stopped early",
    },
    "run_step": {
        "building": "Looking at offers and needs",
        "solving": "Searching for the best matches",
        "publishing": "Writing down what was found",
        "explaining": "Finding the reasons",
        "done": "Done",
    },
    "whole_run": {
        "queued": "A matching of all open requests is about to begin.",
        "building": "A matching is going on: it looks at all offers and needs.",
        "solving": "A matching is going on: it searches for what is best for all together.",
        "publishing": "A matching is going on: it writes down what it has found.",
        "looking": "The latest matching is done. Its reasons are still being looked for.",
        "failed": "The latest matching failed, so nothing was changed by it. The coordinator knows.",
        "cancelled": "The latest matching was cancelled, so nothing was changed by it.",
    },
    "local_run": {
        "queued": "We look for something for this request as soon as there is a free turn.",
        "building": "We are looking now: at what is offered, and who needs the same.",
        "solving": "We are looking now: for what suits best.",
        "publishing": "We are looking now: what was found is being written down.",
        "looking": "We have looked. The reasons are still being looked for.",
        "failed": "The search for something for this request failed, so nothing was changed by it. The coordinator "
        "knows. You can try again, or wait for the next matching.",
        "cancelled": "The search for something for this request was cancelled, so nothing was changed by it.",
    },
    "reasons_state": {
        "looking": "Still being looked for",
        "found": "All that could be looked for was",
        "ended": "Not all of them were looked for in time",
    },
    "fault": {
        "timing": "When a need is wanted cannot be read, so it takes no part in matching. Change it or withdraw it.",
        "requirements": "What a need asks for cannot be read, so it takes no part in matching. Change or withdraw it.",
        "too_far": "A need is too far ahead, so it takes no part in matching yet.",
        "offer": "What is stored of an offer cannot be read, so it takes no part in matching. Change it or close it.",
        "unusable": "A need could not be matched because of an error, so it was left out. Change it or withdraw it.",
        "too_much": "Your organisation asks for so many possible times at so many places that this need was left out. "
        "Fewer possible starts, a shorter period or a shorter way make room; a longer matching gets further.",
    },
    "left_out": {"request": "A request", "offer": "An offer"},
    "run_failure": dict(FAILURES),
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
