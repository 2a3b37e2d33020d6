"""What a request would find if it were filed now, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from api.language.labels.changes import change_text
from api.pages.requests.filing.steps import Step
from marketplace.planning.reasons.outlook import Changed, Outlook
from marketplace.runs.changes import (
    AnyChange,
    Farther,
    Fewer,
    MoreLots,
    OtherKind,
    UnknownChange,
    WithoutRequirement,
)


@dataclass(frozen=True)
class ToldOutlook:
    """What one need would find: how many offers fit, and how many with one thing changed, in which step."""

    family: str
    fitting: str
    changed: list[tuple[str, Step]]


def told_outlooks(found: Sequence[Outlook], skills: Mapping[str, str]) -> list[ToldOutlook]:
    """Return what is told of each need; ``skills`` are labels by code."""
    return [_told(each, skills) for each in found]


def _told(outlook: Outlook, skills: Mapping[str, str]) -> ToldOutlook:
    changed = [(_changed(outlook, each, skills), _step(each.told)) for each in outlook.changed]
    return ToldOutlook(label(outlook.family, "family"), _fitting(outlook), changed)


def _step(change: AnyChange) -> Step:
    match change:
        case Farther():
            return Step.WHERE
        case Fewer() | OtherKind() | WithoutRequirement() | MoreLots() | UnknownChange():
            return Step.WHAT
    return Step.WHEN


def _fitting(outlook: Outlook) -> str:
    if outlook.emptied_by is not None:
        return _("No offer fits now.") + " " + label(outlook.emptied_by, "emptied_by")
    count = outlook.fitting
    return ngettext("%(count)s offer fits now.", "%(count)s offers fit now.", count) % {"count": written.number(count)}


def _changed(outlook: Outlook, changed: Changed, skills: Mapping[str, str]) -> str:
    more = changed.fitting - outlook.fitting
    text = change_text(changed.told, outlook.family, skills)
    return ngettext("%(count)s offer more – %(change)s", "%(count)s offers more – %(change)s", more) % {
        "change": text,
        "count": written.number(more),
    }
