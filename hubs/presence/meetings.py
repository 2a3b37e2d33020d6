"""What meetings are worth to members of a hub, and why one would meet another, by what each may read of the other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hubs.days.problem import Bools, Floats
from hubs.profiles.models import HubContact, HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.queries import Person
from hubs.profiles.rules import topic_key

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MeetingWorth:
    """Points of a meeting, for each of the two.

    Parameters
    ----------
    wanted
        One wants to meet the other.
    answer, most_answers
        The other can what one wants to learn: for each topic, for so many at most.
    shared
        Both want to learn the same.
    """

    wanted: float = 3.0
    answer: float = 3.0
    most_answers: int = 2
    shared: float = 1.0


MEETING_WORTH_DEFAULTS = MeetingWorth()


class Why(StrEnum):
    """Why one would meet somebody."""

    WANTED = "wanted"
    CAN = "can"
    """The other can what one wants to learn."""
    LEARNS = "learns"
    """The other wants to learn what one can."""
    SHARED = "shared"
    """Both want to learn it."""


@dataclass(frozen=True)
class Reason:
    """Why one would meet somebody, and by which topic."""

    why: Why
    topic: str = ""


def worth_of_meetings(
    members: Sequence[UUID],
    profiles: Mapping[UUID, HubProfile],
    contacts: Collection[HubContact],
    params: MeetingWorth = MEETING_WORTH_DEFAULTS,
) -> Floats:
    """Return the points of each pair's meeting for both together, shape (members, members)."""
    own = [profiles.get(each) or HubProfile(member_id=each) for each in members]
    at = {member: number for number, member in enumerate(members)}
    chosen, wanted = _contacts(at, contacts)
    named = _told([each.audience(ProfilePart.NAME) for each in own], chosen)
    topics = sorted({topic_key(topic) for each in own for topic in (*each.can, *each.learns)})
    can, learns = _knows(topics, [each.can for each in own]), _knows(topics, [each.learns for each in own])
    reads_can = named & _told([each.audience(ProfilePart.CAN) for each in own], chosen)
    reads_learns = named & _told([each.audience(ProfilePart.LEARNS) for each in own], chosen)
    answers = np.minimum(learns @ can.T, params.most_answers) * reads_can
    shared = ((learns @ learns.T) > 0) & reads_learns & reads_learns.T
    gained: Floats = params.wanted * (wanted & named) + params.answer * answers + params.shared * shared
    np.fill_diagonal(gained, 0)
    both: Floats = gained + gained.T
    return both


def reasons(own: HubProfile, other: Person) -> list[Reason]:
    """Return why one would meet somebody, by what one may read of it."""
    found = [Reason(Why.WANTED)] if other.wanted else []
    can, learns = {topic_key(each) for each in own.can}, {topic_key(each) for each in own.learns}
    found += [Reason(Why.CAN, each) for each in other.can if topic_key(each) in learns]
    found += [Reason(Why.LEARNS, each) for each in other.learns if topic_key(each) in can]
    return found + [Reason(Why.SHARED, each) for each in other.learns if topic_key(each) in learns]


def _contacts(at: Mapping[UUID, int], contacts: Collection[HubContact]) -> tuple[Bools, Bools]:
    """Return who is chosen by whom, and who wants whom: rows are those who read or want, columns the others."""
    chosen, wanted = (np.zeros((len(at), len(at)), dtype=np.bool_) for _ in range(2))
    for each in contacts:
        if each.member_id in at and each.other_id in at:
            one, other = at[each.member_id], at[each.other_id]
            chosen[other, one], wanted[one, other] = each.chosen, each.wanted
    return chosen, wanted


def _told(audiences: Sequence[ProfileAudience], chosen: Bools) -> Bools:
    """Return whom the columns tell something: the rows."""
    all_ = np.array([each.is_all_members for each in audiences], dtype=np.bool_)
    some = np.array([each is ProfileAudience.CHOSEN for each in audiences], dtype=np.bool_)
    told: Bools = all_[None, :] | (some[None, :] & chosen)
    return told


def _knows(topics: Sequence[str], written: Sequence[Sequence[str]]) -> Counts:
    column = {topic: number for number, topic in enumerate(topics)}
    known = np.zeros((len(written), len(topics)), dtype=np.int64)
    for row, each in enumerate(written):
        known[row, [column[topic_key(topic)] for topic in each]] = 1
    return known
