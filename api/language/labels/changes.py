"""The smallest change that would have served a need, in words: "12 km farther away", "Wednesday instead of Tuesday"."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import language, ngettext
from api.language.labels import label
from api.language.labels.timing import capital, length_text
from competence import queries
from resources.models import Family

Facts = Mapping[str, Any]


def skill_labels(session: Session) -> dict[str, str]:
    """Return the labels of the skills by code, in the reader's language."""
    swedish = language() == "sv"
    return {each.code: each.label_sv if swedish else each.label_en for each in queries.skills(session)}


def told_changes(family: Family, reasons: Facts, skills: Mapping[str, str]) -> list[str]:
    """Return the changes in an outcome's reasons as sentences."""
    return [change_text(change, family, skills) for change in reasons.get("changes", ())]


def change_text(change: Facts, family: Family, skills: Mapping[str, str]) -> str:
    """Return one change as a short sentence; ``skills`` are labels by code. One of an unknown kind is told by its code.

    The facts are those that `planning.smallest_change` writes.
    """
    if change["code"] in _BY_FAMILY:
        return capital(_BY_FAMILY[change["code"]](change, family))
    if change["code"] == "requirement":
        return _without(str(change["subject"]), skills)
    told = _TOLD.get(change["code"])
    return capital(told(change) if told else label(change["code"], "change"))


def _distance(facts: Facts) -> str:
    return _("%(farther)s farther away, %(distance)s in all") % {
        "farther": written.kilometres(facts["fartherKm"]),
        "distance": written.kilometres(facts["distanceKm"]),
    }


def _time(facts: Facts) -> str:
    minutes = facts["shiftMin"]
    start = facts.get("fromTime") or written.moment(datetime.fromisoformat(facts["start"]))
    text = _("%(shift)s later: %(start)s") if minutes > 0 else _("%(shift)s earlier: %(start)s")
    return text % {"shift": length_text(abs(minutes)), "start": start}


def _weekday(facts: Facts) -> str:
    new, old = label(facts["to"], "weekday"), label(facts["from"], "weekday")
    return _("%(new)s instead of %(old)s") % {"new": new, "old": old}


def _several_places(_facts: Facts) -> str:
    return _("not the same one on every date")


def _period(facts: Facts) -> str:
    days = facts["shiftDays"]
    text = _("%(shift)s later, from %(first)s") if days > 0 else _("%(shift)s earlier, from %(first)s")
    return text % {"shift": _weeks(abs(days)), "first": facts["first"]}


def _shorter(facts: Facts) -> str:
    if "last" in facts:
        return _("%(shift)s shorter: until %(day)s") % {"shift": _weeks(facts["days"]), "day": facts["last"]}
    return _("%(shift)s shorter: from %(day)s") % {"shift": _weeks(facts["days"]), "day": facts["first"]}


def _parts(facts: Facts) -> str:
    return _("from up to %(parts)s different lots") % {"parts": facts["parts"]}


def _weeks(days: int) -> str:
    if days % 7:
        return length_text(days * 24 * 60)
    return ngettext("%(weeks)s week", "%(weeks)s weeks", days // 7) % {"weeks": days // 7}


_TOLD: Mapping[str, Callable[[Facts], str]] = {
    "distance": _distance,
    "time": _time,
    "weekday": _weekday,
    "several_places": _several_places,
    "period": _period,
    "shorter": _shorter,
    "parts": _parts,
}


def _amount(facts: Facts, family: Family) -> str:
    fewer, amount = facts["fewer"], facts["amount"]
    match family:
        case Family.SPACE:
            text = ngettext("%(n)s person fewer: %(amount)s", "%(n)s people fewer: %(amount)s", fewer)
        case Family.VEHICLE:
            text = ngettext("%(n)s seat fewer: %(amount)s", "%(n)s seats fewer: %(amount)s", fewer)
        case Family.STAFF:
            return _("%(amount)s of a full-time post") % {"amount": written.percent(amount)}
        case Family.FURNITURE:
            text = ngettext("%(n)s thing fewer: %(amount)s", "%(n)s things fewer: %(amount)s", fewer)
    return text % {"n": fewer, "amount": amount}


def _kind(facts: Facts, family: Family) -> str:
    return _("another kind: %(kind)s") % {"kind": label(facts["kind"], f"{family}_kind").lower()}


_BY_FAMILY: Mapping[str, Callable[[Facts, Family], str]] = {"amount": _amount, "kind": _kind}


def _without(subject: str, skills: Mapping[str, str]) -> str:
    """Tell the must-have that alone stands in the way, as in ``equipment_must.projector`` or ``min_condition``."""
    name, _dot, code = subject.partition(".")
    match name:
        case "equipment_must" | "access_must":
            what = label(code, name.removesuffix("_must"))
        case "skills_must":
            what = skills.get(code, code)
        case "languages":
            what = _("language %(code)s") % {"code": code}
        case _:
            what = label(name, "must")
    return _("Without: %(what)s") % {"what": what}
