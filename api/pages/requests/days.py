"""How scarce each day is: so many offers are free on it, of what a need in the form asks for and where."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.narrowing import in_words
from api.pages.requests.form import families
from core import geo
from core.actor import Actor
from core.serialization import camel
from core.time import clock
from core.time.interval import Interval
from marketplace.offers.models import OfferState
from marketplace.offers.search import Near, OfferSearch
from marketplace.searches.rules import LARGEST
from marketplace.views.search import offers_by_day
from resources.families import FAMILIES
from resources.families.family import Family

BUTTON = "days:"
"""What the button of a need is called, before the need's number."""
WEEKS, WEEKS_ANYWHERE = 6, 2
"""In a place, and in the whole country, where each day takes as long as there are offers."""
FARTHEST = timedelta(days=2 * 366)
_FIRST = {"fixed": "fixed.start", "flexible": "flexible.earliest", "weekly": "weekly.first", "period": "period.first"}


@dataclass(frozen=True)
class Day:
    """A day and how many offers are free on it, None where it has passed; `share` of the day with most, in percent."""

    day: date
    count: int | None
    share: int


@dataclass(frozen=True)
class Calendar:
    """The days of some weeks, each from Monday on, for what a need asks for."""

    need: int
    what: str
    weeks: list[list[Day]]


def need_asked_about(form: Form) -> int | None:
    """Return the number of the need whose days are asked for, if that is what was pressed."""
    number = form.value("do").removeprefix(BUTTON)
    if not form.value("do").startswith(BUTTON) or not number.isdecimal():
        return None
    n = int(number[:4])
    return n if n < len(families(form)) else None


def calendar(session: Session, actor: Actor, form: Form, n: int) -> Calendar:
    """Return the weeks from the day on that the need begins, or from this week on; what cannot be read is left out."""
    typed, at, family = Form(form.fields), f"needs.{n}.", FAMILIES[families(form)[n]]
    search, where = _place(typed, at)
    search = replace(search, **_what(typed, at, family))
    first = max(clock.today(), min(_first_day(typed, at), clock.today() + FARTHEST))
    monday = first - timedelta(days=first.weekday())
    weeks = WEEKS if search.municipality_code or search.near else WEEKS_ANYWHERE
    days = [monday + timedelta(days=each) for each in range(7 * weeks)]
    left = [day for day in days if day >= clock.today()]
    counts = dict(zip(left, offers_by_day(session, actor, search, [_whole(day) for day in left]), strict=True))
    most = max(counts.values()) or 1
    shown = [Day(day, counts.get(day), round(100 * counts.get(day, 0) / most)) for day in days]
    said = [text for name, text in in_words(search, own=False) if name != "municipality"]
    return Calendar(n, ", ".join([*said, where]), [shown[7 * each : 7 * each + 7] for each in range(weeks)])


def _place(typed: Form, at: str) -> tuple[OfferSearch, str]:
    """Return where is looked, also in words."""
    code, km = typed.value(at + "municipalityCode"), typed.decimal_or_none(at + "maxDistanceKm", least=0, most=2000)
    found = next((each for each in geo.municipalities() if each.code == code), None)
    if found is None:
        return OfferSearch(), _("in the whole country")
    if not km:
        return OfferSearch(municipality_code=code), found.name
    words = _("within %(km)s km of %(place)s") % {"km": written.number(km), "place": found.name}
    return OfferSearch(near=Near(found.position, km)), words


def _what(typed: Form, at: str, family: Family) -> dict[str, Any]:
    """Return what is looked for: the family, the kind, and how large or how much."""
    kind = typed.value(at + "kind")
    asked = f"requirements.{camel(family.sized.asked)}" if family.sized else "amount" if family.counted else ""
    return {
        "family": family.name,
        "kind": kind if kind in set(family.kinds) and family.only_kind is None else None,
        "least": typed.whole_or_none(at + asked, least=1, most=LARGEST) if asked else None,
        "state": OfferState.OPEN,
    }


def _first_day(typed: Form, at: str) -> date:
    field = _FIRST.get(typed.value(at + "timing.type"))
    return (field and typed.day_or_none(f"{at}timing.{field}")) or clock.today()


def _whole(day: date) -> Interval:
    start, end = (datetime.combine(each, time.min, clock.STOCKHOLM) for each in (day, day + timedelta(days=1)))
    return Interval(start, end)
