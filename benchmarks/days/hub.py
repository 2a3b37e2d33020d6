"""A made-up hub: who knows and wonders what, whom one wants to meet, and when one could come, all from a seed."""

from dataclasses import dataclass

import numpy as np

from hubs.days.problem import Bools, DayProblem, Floats, Ints

WEEKDAYS = (0.6, 0.9, 1.5, 1.1, 0.6)
"""How popular Monday to Friday are: breakfast is on Wednesday, Monday is for meetings on a screen."""
ORGANISATIONS, ACTIVITIES = 12, 6
TOPIC_SKEW = 0.7
"""The n-th topic is as common as n to the power of minus this (Zipf)."""
KNOWN, WONDERED, LIKED = 3, 2, 2
"""Topics that each knows, wonders about, and likes to talk of."""
ALONE = 0.05
"""How many of the members share no topic with anybody and want to meet nobody."""
MOST_WANTED = 3
ANSWER, SHARED, WANTED, ACTIVITY = 2.0, 1.0, 5.0, 3.0
"""Points: one knows what the other wonders; both like it; one wants to meet the other; one likes what is on."""
COLLEAGUES = 0.25
"""What a meeting of two of the same organisation is worth, of what it is else: they meet anyway."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A problem, with how much each likes each day, shape (members, days): what habit goes by."""

    problem: DayProblem
    liking: Floats


def hub(seed: int, members: int, *, topics: int = 150, weeks: int = 2, seats: int = 50) -> Hub:
    """Return a hub: each could come on 3 to 6 of ten days, as many a week, and wants to come once or twice in all.

    The fewer topics, the more everybody has to do with everybody. `seats` is for 300 members; with fewer it is as much
    less.
    """
    random = np.random.default_rng(seed)
    days = 5 * weeks
    popularity = np.tile(WEEKDAYS, weeks)
    liking = popularity * random.gamma(2.0, 1.0, (members, days))
    could = random.integers(3, 7, members) * weeks // 2
    possible = np.zeros((members, days), dtype=np.bool_)
    for member, first in enumerate(np.argsort(-liking, axis=1)):
        possible[member, first[: could[member]]] = True
    worth, activities = _worth(random, possible.shape, topics)
    nothing = np.zeros_like(possible)
    problem = DayProblem(
        possible=possible,
        visits=random.integers(1, 3, members),
        worth=worth,
        activities=activities,
        capacity=np.full(days, max(2, round(seats * members / 300)), dtype=np.int64),
        planned=nothing,
        fixed=nothing,
    )
    return Hub(problem, np.where(possible, liking, 0.0))


def _worth(random: np.random.Generator, shape: tuple[int, int], topics: int) -> tuple[Floats, Floats]:
    members, days = shape
    common: Floats = np.arange(1, topics + 1, dtype=np.float64) ** -TOPIC_SKEW
    common /= common.sum()
    alone = random.random(members) < ALONE
    known, wondered, liked = (_topics(random, common, count, alone) for count in (KNOWN, WONDERED, LIKED))
    answers = wondered @ known.T
    worth = ANSWER * (answers + answers.T) + SHARED * (liked @ liked.T)
    home = random.choice(ORGANISATIONS, members, p=random.dirichlet(np.full(ORGANISATIONS, 1.5)))
    worth *= np.where(home[:, None] == home[None, :], COLLEAGUES, 1.0)
    for member in np.flatnonzero(~alone):
        others: Ints = random.choice(np.flatnonzero(~alone), random.integers(0, MOST_WANTED + 1))
        for other in set(others.tolist()) - {int(member)}:
            worth[member, other] += WANTED
            worth[other, member] += WANTED
    np.fill_diagonal(worth, 0.0)
    activities = np.zeros((members, days))
    for day in random.choice(days, ACTIVITIES, replace=days < ACTIVITIES):
        activities[:, day] += ACTIVITY * liked[:, random.choice(topics, p=common)]
    return worth, activities


def _topics(random: np.random.Generator, common: Floats, count: int, alone: Bools) -> Floats:
    """Return 1 where a member has a topic, shape (members, topics)."""
    has = np.zeros((len(alone), len(common)))
    for member in np.flatnonzero(~alone):
        has[member, random.choice(len(common), count, replace=False, p=common)] = 1
    return has
