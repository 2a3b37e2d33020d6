"""Labels of what may be answered about a hub: each choice by its number, the best highest."""

FEEDBACK = {
    "survey_kind": {"visit": "How it was", "worth": "What it is worth"},
    "visit_first": {"1": "Very bad", "2": "Bad", "3": "Neither good nor bad", "4": "Good", "5": "Very good"},
    "visit_second": {"1": "No", "2": "Probably not", "3": "Perhaps", "4": "Probably", "5": "Yes, certainly"},
    "worth_first": {"1": "No", "2": "I don't know", "3": "Yes"},
    "worth_second": {"1": "Less than now", "2": "As much as now", "3": "More than now"},
}
