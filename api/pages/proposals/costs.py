"""What another choice costs, in words: points by what they are for, the needs that it touches, and the sum."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import LABELS, label
from marketplace.runs.reasons import Difference, StoredLoss
from marketplace.views.mentioned import Mentioned

Named = Mapping[UUID, Mentioned]
"""The needs that reasons name and the reader may see."""
MINUS = "\u2212"


@dataclass(frozen=True)
class Affected:
    """A need of somebody else that would get nothing, something else or something new, and its request's page."""

    what: str
    need: str
    path: str


def points_text(points: int) -> str:
    """Return points with their sign."""
    if points == 0:
        return "0"
    return f"{MINUS if points < 0 else '+'}{written.number(abs(points))}"


def parts(difference: Difference) -> Iterator[tuple[str, str]]:
    """Yield what the need itself wins and loses points for."""
    for code in LABELS["criterion"]:
        if points := difference.terms.get(code, 0):
            yield label(code, "criterion"), points_text(points)
    if difference.stability:
        yield label("stability", "for_need"), points_text(difference.stability)
    if difference.rest:
        yield label("rest", "for_need"), points_text(difference.rest)


def total_text(loss: StoredLoss, difference: Difference) -> str:
    """Return the points that all would win or lose together; a limit is told as one."""
    if difference.total is None:
        return "" if loss.kind == "impossible" else _("Not computed")
    if not difference.is_limit:
        return points_text(difference.total)
    if difference.total == 0:
        return _("no worse")
    return _("%(points)s or better") % {"points": points_text(difference.total)}


def affected(loss: StoredLoss, named: Named) -> list[Affected]:
    """Return the needs that a choice would touch, as far as the reader may see them."""
    groups = ((_("Gets nothing"), loss.fell), (_("Gets something else"), loss.moved), (_("Gets something"), loss.rose))
    return [
        affected_by(what, named[need_id])
        for what, need_ids in groups
        for need_id in need_ids
        if need_id is not None and need_id in named
    ]


def affected_by(what: str, each: Mentioned) -> Affected:
    """Return a need by the names that its reader knows it by."""
    title = f"{each.request.title}: {each.need.title}" if each.need.title else each.request.title
    return Affected(what, f"{title}, {each.organisation.name}", f"/requests/{each.request.id}")


def cost_text(loss: StoredLoss) -> str:
    """Return what choosing an alternative would cost others."""
    match loss.kind:
        case "impossible":
            return _("Cannot be had beside the rest")
        case "exact" | "at_most":
            pass
        case _:
            return _("Not computed")
    fell, moved, rose, points = len(loss.fell), len(loss.moved), len(loss.rose), loss.to_others or 0
    parts = [
        ngettext("%(n)s need would get nothing", "%(n)s needs would get nothing", fell) % {"n": fell} if fell else "",
        ngettext("%(n)s need would move", "%(n)s needs would move", moved) % {"n": moved} if moved else "",
        ngettext("%(n)s more need would be served", "%(n)s more needs would be served", rose) % {"n": rose}
        if rose
        else "",
    ]
    if points > 0:
        text = _("at most %(points)s points") if loss.kind == "at_most" else _("%(points)s points")
        parts.append(text % {"points": written.number(points)})
    elif points < 0:
        text = (
            _("others win at least %(points)s points") if loss.kind == "at_most" else _("others win %(points)s points")
        )
        parts.append(text % {"points": written.number(-points)})
    found = ", ".join(part for part in parts if part)
    return found[:1].upper() + found[1:] if found else _("Nothing")
