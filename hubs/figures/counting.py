"""The figures of a quarter: a pure function of what was noted of it, so that who makes them again gets the same."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from hubs.activities.models import ActivityForm
from hubs.feedback.models import SurveyKind
from hubs.figures.disclosure import LEAST, shown
from marketplace.organisations.models import OrganisationKind


class FigureName(StrEnum):
    """What a figure is about."""

    MEMBERS = "members"
    VISITORS = "visitors"
    """How often somebody came without being a member."""
    LARGEST = "largest"
    """How many members are of the organisation that has the most: a large group mixes less."""
    SATISFACTION = "satisfaction"
    RECOMMENDATION = "recommendation"
    WOULD_PAY = "would_pay"
    HOW_MUCH = "how_much"
    FORMS = "forms"
    INITIATORS = "initiators"
    TOGETHER = "together"
    INITIATIVES = "initiatives"


class Cell(StrEnum):
    """A part of a figure that is called the same in each; others are called as what is counted."""

    AGAIN = "again"
    ONCE = "once"
    UNSEEN = "unseen"
    OF_LARGEST = "of_largest"
    OF_OTHERS = "of_others"
    NO = "no"
    UNSURE = "unsure"
    YES = "yes"
    LESS = "less"
    SAME = "same"
    MORE = "more"
    COUNTED = "counted"
    MEAN = "mean"


@dataclass(frozen=True, order=True)
class ActivityNote:
    """What was on: in which form, by what kind of organisation, and of how many whose people had registered."""

    activity_id: UUID
    form: ActivityForm
    initiator: OrganisationKind
    people: int
    organisations: int


class QuarterLog(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was noted of a quarter, in a fixed order.

    What has a default came later: without it the digest is what it was before.

    Parameters
    ----------
    members
        Who was a member of the hub, with its organisation.
    visits
        Who had registered for, or planned, which day; others than members too.
    answers
        About what, and which choices.
    initiatives
        How many were born.
    visitors
        How many came on which day without being members.
    answerers
        How many people said how their visits were: one may have answered about many.
    """

    members: tuple[tuple[UUID, UUID], ...]
    visits: tuple[tuple[UUID, date], ...]
    activities: tuple[ActivityNote, ...]
    answers: tuple[tuple[SurveyKind, int, int], ...]
    initiatives: int
    visitors: tuple[tuple[date, int], ...] = ()
    answerers: int = 0

    def digest(self) -> str:
        """Return what tells whether two logs are the same."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


@dataclass(frozen=True)
class Figure:
    """A figure: its parts, None where they tell of too few, and of how many they are, where that is a whole."""

    name: FigureName
    cells: dict[str, float | None]
    total: int | None = None

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept, the parts as pairs: JSON objects in the database have no order."""
        return {"name": self.name, "cells": [*self.cells.items()], "total": self.total}


def figures_of(log: QuarterLog) -> list[Figure]:
    """Return the figures of a quarter; nothing in them, nor between them, tells of fewer than five people."""
    of_visits, of_worth = (
        [(first, second) for kind, first, second in log.answers if kind is each]
        for each in (SurveyKind.VISIT, SurveyKind.WORTH)
    )
    return [
        *_people(log),
        _visitors([number for _, number in log.visitors]),
        _mean(FigureName.SATISFACTION, [first for first, _ in of_visits], log.answerers),
        _mean(FigureName.RECOMMENDATION, [second for _, second in of_visits], log.answerers),
        _chosen(FigureName.WOULD_PAY, (Cell.NO, Cell.UNSURE, Cell.YES), [first for first, _ in of_worth]),
        _chosen(FigureName.HOW_MUCH, (Cell.LESS, Cell.SAME, Cell.MORE), [second for _, second in of_worth]),
        _counted(FigureName.FORMS, (each.form for each in log.activities)),
        _counted(FigureName.INITIATORS, (each.initiator for each in log.activities)),
        _together([each for each in log.activities if each.people]),
        Figure(FigureName.INITIATIVES, {Cell.COUNTED: log.initiatives}),
    ]


def _people(log: QuarterLog) -> Iterator[Figure]:
    days = Counter(member for member, _ in log.visits)
    came = Counter(min(days[member], 2) for member, _ in log.members)
    yield _parts(FigureName.MEMBERS, {Cell.AGAIN: came[2], Cell.ONCE: came[1], Cell.UNSEEN: came[0]})
    largest = max(Counter(home for _, home in log.members).values(), default=0)
    yield _parts(FigureName.LARGEST, {Cell.OF_LARGEST: largest, Cell.OF_OTHERS: len(log.members) - largest})


def _visitors(by_day: Sequence[int]) -> Figure:
    """Return how many visits there were, where five were on one day: of several days they may all be one person's."""
    told = max(by_day, default=0) >= LEAST
    return Figure(FigureName.VISITORS, {Cell.COUNTED: sum(by_day) if told else None})


def _parts(name: FigureName, cells: dict[str, int]) -> Figure:
    told, total = shown(cells)
    return Figure(name, dict(told), total)


def _mean(name: FigureName, chosen: Sequence[int], people: int) -> Figure:
    """Return a mean and of how many numbers it is, where these are of enough people."""
    if people < LEAST:
        return Figure(name, {Cell.COUNTED: None, Cell.MEAN: None})
    return Figure(name, {Cell.COUNTED: len(chosen), Cell.MEAN: round(sum(chosen) / len(chosen), 1)})


def _chosen(name: FigureName, cells: Sequence[Cell], chosen: Sequence[int]) -> Figure:
    counts = Counter(chosen)
    return _parts(name, {cell: counts[number] for number, cell in enumerate(cells, start=1)})


def _counted(name: FigureName, things: Iterable[StrEnum]) -> Figure:
    """Return how many there are of each kind, the most first: not of people, and in the public calendar anyway."""
    counts = sorted(Counter(each.value for each in things).items(), key=lambda each: (-each[1], each[0]))
    return Figure(name, dict(counts), sum(number for _, number in counts))


def _together(registered: Sequence[ActivityNote]) -> Figure:
    """Return how many organisations met, where five had registered for one activity: for several it may be the same."""
    people = max((each.people for each in registered), default=0)
    return _mean(FigureName.TOGETHER, [each.organisations for each in registered], people)
