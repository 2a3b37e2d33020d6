"""What is wrong with a form, one line for each field."""

from collections.abc import Mapping, Sequence

from api.language.i18n import gettext as _
from api.language.i18n import said
from api.language.labels import LABELS, label
from core.errors import InvalidParameter

_UNANSWERED = {"fill this in", "it is empty", "choose one"}


def in_page_order(errors: Sequence[InvalidParameter], labels: Mapping[str, str]) -> list[InvalidParameter]:
    """Return what is wrong in the order of the labels, which is that of the page; what is of no field comes last."""
    places = {name: place for place, name in enumerate(labels)}
    return sorted(errors, key=lambda error: places.get(error.property, len(places)))


def problem_text(code: str, detail: str) -> str:
    """Return what went wrong: what is put together with names and states of the code in general words, else as told."""
    in_general = {
        "not_found": _("The address is wrong, or it is something that you may not see."),
        "state_changed": _(
            "Something has happened since you loaded the page, so this can no longer be done. Nothing of "
            "yours was saved."
        ),
        "version_changed": _(
            "Somebody else has changed it since you loaded the page. Nothing of yours was saved. Look at what it says "
            "now, and do it again if you still want to."
        ),
        "capacity_exceeded": _(
            "It has been taken in that time, or there is not as much of it as was asked for. Nothing was saved."
        ),
        "method_not_allowed": _("Go back and try another way."),
    }
    return in_general.get(code) or said(detail)


def fault(error: InvalidParameter, field: str) -> str:
    """Return what is wrong with a field of that label: of a question without an answer, what to do."""
    reason = said(error.reason)
    if not field.endswith("?"):
        return f"{field}: {reason}" if field else reason
    if error.reason in _UNANSWERED and error.property in LABELS["fill_in"]:
        return label(error.property, "fill_in")
    return f"{field} {reason[:1].upper()}{reason[1:]}"
