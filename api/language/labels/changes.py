"""The smallest change that would have served a need, in words: "12 km farther away", "Wednesday instead of Tuesday"."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import language, ngettext
from api.language.labels import LABELS, label
from api.language.labels.timing import capital, length_text
from api.language.languages import language_name
from competence import queries
from core.serialization import words
from marketplace.runs.changes import (
    AnyChange,
    Farther,
    Fewer,
    MoreLots,
    OtherKind,
    OtherPeriod,
    OtherTime,
    OtherWeekday,
    SeveralPlaces,
    Shorter,
    UnknownChange,
    WithoutRequirement,
)
from marketplace.runs.reasons import OutcomeReasons
from resources.families import family_of
from resources.families.family import Measure


def skill_labels(session: Session) -> dict[str, str]:
    """Return the labels of the skills by code, in the reader's language, and of which vocabularies have no more."""
    gone = _("%(skill)s (no longer in the vocabulary)")
    return queries.skill_labels(session, swedish=language() == "sv", gone=gone)


def told_changes(family: str, reasons: OutcomeReasons, skills: Mapping[str, str]) -> list[str]:
    """Return the changes in an outcome's reasons as sentences."""
    advised = [change_text(change, family, skills) for change in reasons.advised]
    return [*advised, *(only_missing_text(subject, family, skills) for subject in told_lacking(family, reasons))]


def told_lacking(family: str, reasons: OutcomeReasons) -> list[str]:
    """Return the must-haves that alone stand in the way and are not what the need is for."""
    droppable = family_of(family).droppable
    return [subject for subject in reasons.lacking if subject.partition(".")[0] in droppable]


def only_missing_text(subject: str, family: str, skills: Mapping[str, str]) -> str:
    """Return that a must-have is all that something free lacks."""
    what = _must(subject, family, skills)
    return _("The only thing that something free lacks: %(what)s") % {"what": what}


def change_text(change: AnyChange, family: str, skills: Mapping[str, str]) -> str:
    """Return one change as a short sentence; ``skills`` are labels by code. An unknown one is told by its code."""
    text = _alone(change, family, skills)
    if isinstance(change, UnknownChange) or not change.contested:
        return text
    return _("%(change)s (also advised for another need: it may not be enough for both)") % {"change": text}


def _alone(change: AnyChange, family: str, skills: Mapping[str, str]) -> str:
    match change:
        case Fewer():
            return capital(_fewer(change, family))
        case OtherKind():
            return capital(_("another kind: %(kind)s") % {"kind": label(change.kind, f"{family}_kind").lower()})
        case WithoutRequirement():
            return _("Without: %(what)s") % {"what": _must(change.subject, family, skills)}
        case MoreLots():
            return capital(_("from up to %(parts)s different lots") % {"parts": change.parts})
        case Farther():
            return capital(_farther(change))
        case UnknownChange():
            return capital(label(change.code, "change"))
    return capital(_other_time(change))


def _farther(change: Farther) -> str:
    return _("%(farther)s farther away, %(distance)s in all") % {
        "farther": written.kilometres(change.farther_km),
        "distance": written.kilometres(change.distance_km),
    }


def _other_time(change: OtherTime | OtherWeekday | SeveralPlaces | OtherPeriod | Shorter) -> str:
    match change:
        case OtherTime():
            return _time(change)
        case OtherWeekday():
            new, old = label(change.new, "weekday"), label(change.old, "weekday")
            return _("%(new)s instead of %(old)s") % {"new": new, "old": old}
        case SeveralPlaces():
            return _("not the same one on every date")
        case OtherPeriod():
            days = change.shift_days
            text = _("%(shift)s later, from %(first)s") if days > 0 else _("%(shift)s earlier, from %(first)s")
            return text % {"shift": _weeks(abs(days)), "first": change.first}
        case Shorter():
            text = _("%(shift)s shorter: through %(day)s") if change.last else _("%(shift)s shorter: from %(day)s")
            return text % {"shift": _weeks(change.days), "day": change.last or change.first}


def _time(change: OtherTime) -> str:
    start = change.from_time or (written.moment(datetime.fromisoformat(change.start)) if change.start else "")
    text = _("%(shift)s later: %(start)s") if change.shift_min > 0 else _("%(shift)s earlier: %(start)s")
    return text % {"shift": length_text(abs(change.shift_min)), "start": start}


def _weeks(days: int) -> str:
    if days % 7:
        return length_text(days * 24 * 60)
    return ngettext("%(weeks)s week", "%(weeks)s weeks", days // 7) % {"weeks": days // 7}


def _fewer(change: Fewer, family: str) -> str:
    fewer, amount = change.fewer, change.amount
    known = family_of(family)
    match known.sized.measure if known.sized else known.counted.measure if known.counted else None:
        case Measure.PEOPLE:
            text = ngettext("%(n)s person fewer: %(amount)s", "%(n)s people fewer: %(amount)s", fewer)
        case Measure.SEATS:
            text = ngettext("%(n)s seat fewer: %(amount)s", "%(n)s seats fewer: %(amount)s", fewer)
        case Measure.PERCENT:
            return _("%(amount)s of a full-time post") % {"amount": written.percent(amount)}
        case _:
            text = ngettext("%(n)s thing fewer: %(amount)s", "%(n)s things fewer: %(amount)s", fewer)
    return text % {"n": fewer, "amount": amount}


def _must(subject: str, family: str, skills: Mapping[str, str]) -> str:
    """Tell a must-have, as in ``equipment_must.projector`` or ``min_condition``."""
    name, _dot, code = subject.partition(".")
    if not code:
        return label(name, "must") if name in LABELS["must"] else label(name, f"{family}_asked").lower()
    if code in skills:
        return skills[code]
    if name == "languages":
        return _("language %(name)s") % {"name": language_name(code)}
    asked = {each.name: each.type for each in fields(family_of(family).requirements)}
    return next((label(word) for word in words(asked.get(name)) if word == code), code)
