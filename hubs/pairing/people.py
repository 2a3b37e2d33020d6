"""Who takes part in a round of coffees, and what came of the rounds before."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from uuid import UUID

Pair = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who would like to have coffee with somebody.

    Parameters
    ----------
    id, organisation_id
        Who it is, and where one works.
    knows, wonders, likes
        Topics that one can tell of, wonders about, and likes to talk of.
    """

    id: UUID
    organisation_id: UUID
    knows: frozenset[str] = frozenset()
    wonders: frozenset[str] = frozenset()
    likes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Round:
    """Who had coffee with whom, and who rested since the number was odd."""

    pairs: tuple[Pair, ...]
    resting: UUID | None = None

    @property
    def people(self) -> frozenset[UUID]:
        """All who took part, the one who rested among them."""
        resting = frozenset() if self.resting is None else frozenset({self.resting})
        return resting.union(*self.pairs)


def times_met(past: Iterable[Round]) -> Counter[Pair]:
    """Return how often each pair has had coffee."""
    return Counter(pair for each in past for pair in each.pairs)


def last_met(past: Sequence[Round]) -> dict[Pair, int]:
    """Return in which round each pair had coffee last, counted from 1."""
    return {pair: number for number, each in enumerate(past, 1) for pair in each.pairs}


def times_rested(guests: Iterable[Guest], past: Sequence[Round]) -> Counter[UUID]:
    """Return how often each is taken to have rested.

    Who comes, or comes again, counts as having rested as often as any of the others: one's first round is no rest.
    """
    rested: Counter[UUID] = Counter()
    now = Round((), None), *past, Round(tuple(frozenset({guest.id}) for guest in guests))
    for before, after in pairwise(now):
        stayed = before.people & after.people
        most = max((rested[each] for each in stayed), default=0)
        rested |= Counter(dict.fromkeys(after.people - before.people, most))
        if after.resting is not None:
            rested[after.resting] += 1
    return rested


def ties(guests: Sequence[Guest], past: Iterable[Round]) -> Counter[Pair]:
    """Return how often people of two organisations have had coffee, among those who take part now."""
    home = {guest.id: guest.organisation_id for guest in guests}
    both = (pair for each in past for pair in each.pairs if pair <= home.keys())
    return Counter(frozenset(home[person] for person in pair) for pair in both)


def all_pairs(guests: Sequence[Guest]) -> list[tuple[Guest, Guest]]:
    """Return each two of those who take part."""
    return list(combinations(guests, 2))
