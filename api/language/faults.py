"""What is wrong with a form, one line for each field."""

from api.language.i18n import said
from api.language.labels import LABELS, label
from core.errors import InvalidParameter

_UNANSWERED = {"fill this in", "it is empty", "choose one"}


def fault(error: InvalidParameter, field: str) -> str:
    """Return what is wrong with a field of that label: of a question without an answer, what to do."""
    reason = said(error.reason)
    if not field.endswith("?"):
        return f"{field}: {reason}" if field else reason
    if error.reason in _UNANSWERED and error.property in LABELS["fill_in"]:
        return label(error.property, "fill_in")
    return f"{field} {reason[:1].upper()}{reason[1:]}"
