"""Who should meet whom, and why: by what members tell the hosts, and nothing else."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from uuid import UUID

from hubs.pairing.people import Guest, Pair
from hubs.pairing.worth import worth
from hubs.profiles.queries import Person
from hubs.profiles.rules import topic_key

MOST_SHOWN = 12
MOST_EACH = 2
"""Suggestions with the same person: the page is for all, not for whoever can the most."""


class MeetingGround(StrEnum):
    """What two could talk about."""

    ANSWERS = "answers"
    """The first can what the other wants to learn, or wonders about."""
    SHARED = "shared"
    """Both want to learn it."""
    THIN_TIE = "thin_tie"
    """Nobody of their organisations has been introduced to the other's yet."""


@dataclass(frozen=True)
class Ground:
    """One of the reasons: who can tell of what, where somebody can."""

    ground: MeetingGround
    topic: str = ""
    knows: UUID | None = None
    """The profile of who can tell of it."""


@dataclass(frozen=True)
class Suggestion:
    """Two who should meet, and why."""

    one: Person
    other: Person
    grounds: tuple[Ground, ...]


def suggestions(
    people: Sequence[Person], homes: dict[UUID, UUID], met: Collection[Pair], known: Collection[Pair]
) -> list[Suggestion]:
    """Return who should meet whom, those with most to give each other first.

    Colleagues are suggested to nobody: they meet at work.

    Parameters
    ----------
    people
        As they tell the hosts.
    homes
        The organisation of each, by the member's id.
    met, known
        Pairs of members who are introduced to each other, by which ties of their organisations are counted; and those
        who are not to be asked again.
    """
    questions = {each.member_id: _words(each.wonders) for each in people}
    topics = {topic_key(topic) for each in people for topic in each.can}
    guests = {each.member_id: _guest(each, homes, topics, questions[each.member_id]) for each in people}
    ties = Counter(frozenset(homes[each] for each in pair if each in homes) for pair in met)
    by_id = {each.member_id: each for each in people}
    found = []
    for pair in _with_something(guests.values()) - set(known):
        one, other = (guests[each] for each in sorted(pair))
        if one.organisation_id != other.organisation_id:
            coffees = ties[frozenset({one.organisation_id, other.organisation_id})]
            found.append((-worth(one, other, coffees), sorted(pair), coffees))
    return [
        Suggestion(by_id[one], by_id[other], tuple(_grounds(guests[one], guests[other], by_id, coffees)))
        for _worth, (one, other), coffees in _few_of_each(sorted(found))
    ]


def _guest(person: Person, homes: dict[UUID, UUID], topics: set[str], question: str) -> Guest:
    learns = frozenset(map(topic_key, person.learns))
    asked = frozenset(each for each in topics if _words(each) in question)
    return Guest(
        id=person.member_id,
        organisation_id=homes[person.member_id],
        knows=frozenset(map(topic_key, person.can)),
        wonders=learns | asked,
        likes=learns,
    )


def _words(text: str) -> str:
    """Return a text in which a topic is found by its words, blanks around each."""
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "


def _with_something(guests: Collection[Guest]) -> set[Pair]:
    """Return the pairs of whom one knows what the other wonders, or who like the same."""
    knows, wonders, likes = (defaultdict[str, list[UUID]](list) for _ in range(3))
    for guest in guests:
        for topics, of in ((guest.knows, knows), (guest.wonders, wonders), (guest.likes, likes)):
            for topic in topics:
                of[topic].append(guest.id)
    answered = (pair for topic in knows for pair in product(knows[topic], wonders[topic]))
    shared = (pair for each in likes.values() for pair in combinations(each, 2))
    return {frozenset(pair) for many in (answered, shared) for pair in many if pair[0] != pair[1]}


def _few_of_each(found: Sequence[tuple[int, list[UUID], int]]) -> Iterator[tuple[int, list[UUID], int]]:
    """Yield the first of them, no more than so many with the same person."""
    times: Counter[UUID] = Counter()
    shown = 0
    for each in found:
        if shown < MOST_SHOWN and all(times[person] < MOST_EACH for person in each[1]):
            times.update(each[1])
            shown += 1
            yield each


def _grounds(one: Guest, other: Guest, by_id: dict[UUID, Person], coffees: int) -> Iterator[Ground]:
    for knows, wonders in ((one, other), (other, one)):
        teller = by_id[knows.id]
        for topic in teller.can:
            if topic_key(topic) in wonders.wonders:
                yield Ground(MeetingGround.ANSWERS, topic, teller.id)
    for topic in by_id[one.id].learns:
        if topic_key(topic) in other.likes:
            yield Ground(MeetingGround.SHARED, topic)
    if not coffees:
        yield Ground(MeetingGround.THIN_TIE)
