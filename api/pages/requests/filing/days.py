"""How scarce each day is: so many offers are free on it, of what a need in the form asks for and where."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.narrowing import in_words
from api.pages.requests.filing.form import families
from core import geo
from core.actor import Actor
from core.serialization import camel
from core.time import clock
from core.time.interval import Interval
from core.time.opening import WEEKDAYS
from marketplace.offers.models import OfferState
from marketplace.offers.search import Near, OfferSearch
from marketplace.searches.rules import LARGEST
from marketplace.views.search import offers_by_day
from resources.families import FAMILIES
from resources.families.family import Family

BUTTONS = ("days", "day")
"""What the buttons of a need are called, before its number and perhaps a day: to look from there, or to begin then."""
WEEKS, WEEKS_ANYWHERE = 6, 2
"""In a place, and in the whole country, where each day takes as long as there are offers."""
FEW, FEW_SHARE, FEWER_SHARE = 2, 25, 60
FARTHEST = timedelta(days=2 * 366)
_ENDS = {
    "fixed": ("start", "end"),
    "flexible": ("earliest", "latest"),
    "weekly": ("first", "last"),
    "period": ("first", "last"),
}


@dataclass(frozen=True)
class Day:
    """A day and how many offers are free on it, None where it has passed; `share` of the day with most, in percent.

    `scarcity` is a code of that in a word, and `chosen` tells whether the need's time has the day.
    """

    day: date
    count: int | None
    share: int
    chosen: bool

    @property
    def scarcity(self) -> str:
        """How scarce it is."""
        if not self.count:
            return "none"
        if self.count <= FEW or self.share <= FEW_SHARE:
            return "few"
        return "fewer" if self.share <= FEWER_SHARE else "many"


@dataclass(frozen=True)
class Calendar:
    """The days of some weeks, each from Monday on, for what a need asks for."""

    what: str
    weeks: list[list[Day]]

    @property
    def before(self) -> date | None:
        """The day from which the weeks before are looked at, None where they have passed."""
        first = self.weeks[0][0].day
        return max(first - timedelta(weeks=len(self.weeks)), clock.today()) if first > clock.today() else None

    @property
    def after(self) -> date:
        """The day from which the weeks after are looked at."""
        return self.weeks[-1][0].day + timedelta(weeks=1)


def need_asked_about(form: Form) -> int | None:
    """Return the number of the need whose days are asked for, if that is what was pressed."""
    action, number, _day = _pressed(form)
    return number if action in BUTTONS and number < len(families(form)) else None


def with_day(form: Form) -> Form:
    """Return the form with the need beginning on the day that was pressed, and lasting as long as it did."""
    action, number, day = _pressed(form)
    if action != "day" or day is None:
        return form
    at = f"needs.{number}.timing."
    kind = form.value(at + "type")
    if kind not in _ENDS:
        return form
    first, last = (f"{at}{kind}.{name}" for name in _ENDS[kind])
    before, until = Form(form.fields).day_or_none(first), Form(form.fields).day_or_none(last)
    length = until - before if before and until and until >= before else timedelta(0)
    ends = {last: [(day + length).isoformat()]} if until or kind == "fixed" else {}
    weekdays = f"{at}weekly.weekdays"
    if kind == "weekly" and not form.many(weekdays):
        ends[weekdays] = [WEEKDAYS[day.weekday()]]
    return Form(form.fields | {first: [day.isoformat()]} | ends)


def _pressed(form: Form) -> tuple[str, int, date | None]:
    """Return what a button says: what is to be done, the need's number, and the day."""
    action, number, day = [*form.value("do").split(":"), "", ""][:3]
    pressed = Form({"day": [day]}).day_or_none("day")
    return (action, int(number[:4]), pressed) if number.isdecimal() else ("", 0, None)


def calendar(session: Session, actor: Actor, form: Form, n: int) -> Calendar:
    """Return the weeks from the day on that the need begins, or from this week on; what cannot be read is left out."""
    typed, at, family = Form(form.fields), f"needs.{n}.", FAMILIES[families(form)[n]]
    search, where = _place(typed, at)
    search = replace(search, **_what(typed, at, family))
    asked_from = _pressed(form)[2] if form.value("do").startswith("days:") else None
    first = max(clock.today(), min(asked_from or _first_day(typed, at), clock.today() + FARTHEST))
    monday = first - timedelta(days=first.weekday())
    weeks = WEEKS if search.municipality_code or search.near else WEEKS_ANYWHERE
    days = [monday + timedelta(days=each) for each in range(7 * weeks)]
    left = [day for day in days if day >= clock.today()]
    counts = dict(zip(left, offers_by_day(session, actor, search, [_whole(day) for day in left]), strict=True))
    most = max(counts.values()) or 1
    chosen = _chosen(typed, at)
    shown = [Day(day, counts.get(day), round(100 * counts.get(day, 0) / most), chosen(day)) for day in days]
    said = [text for name, text in in_words(search, own=False) if name != "municipality"]
    return Calendar(", ".join([*said, where]), [shown[7 * each : 7 * each + 7] for each in range(weeks)])


def _place(typed: Form, at: str) -> tuple[OfferSearch, str]:
    """Return where is looked, also in words: as far as a run looks for it, so without a distance everywhere."""
    code, km = typed.value(at + "municipalityCode"), typed.decimal_or_none(at + "maxDistanceKm", least=0, most=2000)
    found = next((each for each in geo.municipalities() if each.code == code), None)
    if found is None or km is None:
        return OfferSearch(), _("in the whole country")
    if km == 0:
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


def _span(typed: Form, at: str) -> tuple[date | None, date | None]:
    """Return the first and last day that a need says."""
    kind = typed.value(f"{at}timing.type")
    first, last = (typed.day_or_none(f"{at}timing.{kind}.{name}") for name in _ENDS.get(kind, ("first", "last")))
    return first, last


def _first_day(typed: Form, at: str) -> date:
    return _span(typed, at)[0] or clock.today()


def _chosen(typed: Form, at: str) -> Callable[[date], bool]:
    """Return what tells whether a need's time has a day."""
    first, last = _span(typed, at)
    weekly = typed.value(f"{at}timing.type") == "weekly"
    weekdays = typed.many(f"{at}timing.weekly.weekdays") if weekly else WEEKDAYS
    return lambda day: bool(first and first <= day <= (last or first) and WEEKDAYS[day.weekday()] in weekdays)


def _whole(day: date) -> Interval:
    start, end = (datetime.combine(each, time.min, clock.STOCKHOLM) for each in (day, day + timedelta(days=1)))
    return Interval(start, end)
