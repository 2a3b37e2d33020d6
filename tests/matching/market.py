"""Synthetic markets of any size: one unit per three needs, about 24 options a need, near neighbours in a plane."""

import random

from matching.problem.problem import Claim, Interval, Need, Option, Problem, Unit

DAY = 480


def market(needs: int, *, seed: int = 1, options: int = 24, bundles: float = 0.0) -> Problem:
    """A mixed market: rooms (1), desk pools (12), people (100 percent) over twenty working days."""
    draw = random.Random(seed)
    units = max(2, needs // 3)
    capacities = [draw.choice([1, 1, 12, 100]) for _ in range(units)]
    return Problem(
        name=f"market-{needs}-{seed}",
        units=tuple(Unit(f"u{u}", capacity) for u, capacity in enumerate(capacities)),
        needs=tuple(_need(draw, n, capacities, options) for n in range(needs)),
        together=tuple((f"n{n}", f"n{n + 1}") for n in range(0, needs - 1, 2) if draw.random() < bundles),
    )


def _need(draw: random.Random, number: int, capacities: list[int], options: int) -> Need:
    units = len(capacities)
    centre = draw.randrange(units)
    start, days = DAY * draw.randrange(20), draw.randint(1, 15)
    share = draw.choice([0.3, 0.5, 0.8, 1.0])
    near = {(centre + round(draw.gauss(0, 15))) % units for _ in range(options)}
    return Need(
        id=f"n{number}",
        value=draw.randint(200, 1200),
        amount=1,
        options=tuple(
            Option(
                f"n{number}@u{u}+{shift}",
                -draw.randint(0, 150),
                (_claim(u, max(1, round(share * capacities[u])), start + DAY * shift, days),),
            )
            for u in sorted(near)
            for shift in range(2)
        )[:options],
    )


def _claim(unit: int, amount: int, start: int, days: int) -> Claim:
    return Claim(f"u{unit}", amount, (Interval(start, start + DAY * days),))
