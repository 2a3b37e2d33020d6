"""What is wrong with a form, one line for each field."""

from collections.abc import Mapping, Sequence

from api.language.i18n import said
from api.language.labels import LABELS, label
from core.errors import InvalidParameter

_UNANSWERED = {"fill this in", "it is empty", "choose one"}


def in_page_order(errors: Sequence[InvalidParameter], labels: Mapping[str, str]) -> list[InvalidParameter]:
    """Return what is wrong in the order of the labels, which is that of the page; what is of no field comes last."""
    places = {name: place for place, name in enumerate(labels)}
    return sorted(errors, key=lambda error: places.get(error.property, len(places)))


def fault(error: InvalidParameter, field: str) -> str:
    """Return what is wrong with a field of that label: of a question without an answer, what to do."""
    reason = said(error.reason)
    if not field.endswith("?"):
        return f"{field}: {reason}" if field else reason
    if error.reason in _UNANSWERED and error.property in LABELS["fill_in"]:
        return label(error.property, "fill_in")
    return f"{field} {reason[:1].upper()}{reason[1:]}"
