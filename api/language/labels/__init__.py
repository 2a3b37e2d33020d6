"""Labels of codes: states, kinds, equipment, reasons. ``label("open", "offer_state")`` or ``label(OfferState.OPEN)``.

The English stands in the tables of this package, by kind and code; the Swedish in the catalogues, where the kind is
the message's context (``msgctxt``), because the same English has different Swedish for different things. The kind of
an enum is its class name in snake_case. A test holds that every value of every enum in ``*/models.py`` and
``*/vocabulary.py`` has a label in both languages.
"""

import re
from enum import StrEnum
from functools import cache

from api.language import i18n
from api.language.labels.families import FAMILIES
from api.language.labels.hubs.activities import ACTIVITIES
from api.language.labels.hubs.feedback import FEEDBACK
from api.language.labels.hubs.introductions import INTRODUCTIONS
from api.language.labels.hubs.letters import LETTERS
from api.language.labels.hubs.membership import HUBS
from api.language.labels.hubs.presence import PRESENCE
from api.language.labels.hubs.questions import HUB_QUESTIONS
from api.language.labels.loans import LOANS
from api.language.labels.mail import MAIL
from api.language.labels.marketplace import MARKETPLACE
from api.language.labels.people import PEOPLE
from api.language.labels.proposals import PROPOSALS
from api.language.labels.questions import QUESTIONS
from api.language.labels.resources import RESOURCES
from api.language.labels.runs import RUNS
from api.language.labels.surges import SURGES

LABELS: dict[str, dict[str, str]] = {
    **ACTIVITIES,
    **FAMILIES,
    **FEEDBACK,
    **HUBS,
    **HUB_QUESTIONS,
    **INTRODUCTIONS,
    **LETTERS,
    **LOANS,
    **MAIL,
    **MARKETPLACE,
    **QUESTIONS,
    **RESOURCES,
    **PEOPLE,
    **PRESENCE,
    **PROPOSALS,
    **RUNS,
    **SURGES,
}


def label(code: str, kind: str | None = None) -> str:
    """Return a code's label in the reader's language; a code that has none is shown as it is, without underscores."""
    group = kind or (kind_of(type(code)) if isinstance(code, StrEnum) else "")
    english = LABELS.get(group, {}).get(str(code))
    return i18n.pgettext(group, english) if english else str(code).replace("_", " ")


@cache
def kind_of(enum: type) -> str:
    """Return the name under which an enum's labels are kept."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", enum.__name__).lower()


def reason_label(code: str) -> str:
    """Return why something was refused, cancelled or ended."""
    kinds = ("refusal_code", "cancellation_code", "dispute_code", "ending")
    return label(code, next((kind for kind in kinds if code in LABELS[kind]), None))
