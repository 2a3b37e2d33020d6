"""Labels of questions about skills: how they stand, and whose they are."""

QUESTIONS = {
    "question_state": {
        "open": "Waits for answers",
        "passed": "Passed on to the one whose card it is",
        "answered": "Answered",
        "withdrawn": "Asked no more",
        "declined": "Declined",
        "expired": "Time is out",
        "closed": "Ended, as the person is offered no more",
        "removed": "Taken away by a coordinator",
    },
    "answer_state": {"given": "Given", "removed": "Taken away by a coordinator"},
    "adviser_state": {"active": "You are asked", "paused": "Paused"},
    "question_whose": {"mine": "Asked by me", "for_me": "Wait for my answer"},
}
