"""Words for matching runs: policies and what their weights mean, how far a run has come, how it ended."""

from marketplace.planning.options.policy import MEANINGS, POLICIES

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
        "explaining": "Finding the reasons",
        "done": "Done",
    },
    "run_failure": {
        "plan_rejected": "The plan was wrong, so nothing was published.",
        "problem_rejected": "What is offered and asked for could not be made into a problem.",
        "storage_full": "The disk is full. Nothing was published.",
        "out_of_memory": "There was not enough memory. Nothing was published.",
        "worker_lost": "The worker was lost several times in the middle of the run. Nothing was published.",
        "unexpected": "An unexpected error ended the run. Nothing was published.",
    },
}
