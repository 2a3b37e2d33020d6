"""How moments, periods, numbers, money and distances are written on screen.

Dates are always ISO (2026-11-21), the clock has 24 hours, and time is Swedish time. Numbers follow the language:
`1 250,5` in Swedish and `1,250.5` in English. A number and its unit never part at a line break.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.numbers import format_decimal

from api.language import i18n
from core.time.clock import STOCKHOLM

NO_BREAK = "\u00a0"
DECIMALS = 9
"""Of a number in a form: a tenth of a millimetre in degrees."""
_LOCALES = {"sv": "sv_SE", "en": "en_GB"}


def day(moment: date | datetime) -> str:
    """Write a date; that of an instant is the Swedish one."""
    if isinstance(moment, datetime):
        moment = in_sweden(moment).date()
    return moment.isoformat()


def clock_time(moment: datetime) -> str:
    """Write a time of day in Sweden, as in `08:30`."""
    return f"{in_sweden(moment):%H:%M}"


def number_field(value: float) -> str:
    """Write a number as somebody types it: with the language's decimal sign, without thousands apart."""
    return format_decimal(round(value, DECIMALS), format="0." + "#" * DECIMALS, locale=_locale())


def moment(instant: datetime) -> str:
    """Write date and time, as in `2026-11-21 08:30`."""
    return f"{day(instant)}{NO_BREAK}{clock_time(instant)}"


def deadline(instant: datetime) -> str:
    """Write the moment before which something has to be done: the day that ends then, or date and time within a day."""
    return day(_day_before(instant)) if _is_midnight(instant) else moment(instant)


def end_moment(instant: datetime) -> str:
    """Write the moment that something ends; the end of a day as `2026-11-21 24:00`, not as the start of the next."""
    return f"{day(_day_before(instant))}{NO_BREAK}24:00" if _is_midnight(instant) else moment(instant)


def period(span: object) -> str:
    """Write an `Interval`, a database range or a (start, end) pair as short as it can be understood.

    Whole days are written as dates with the last day included: `2027-01-11–2027-03-31`.
    """
    start, end = (each and in_sweden(each) for each in _bounds(span))  # once: all below look at it in Sweden
    if start is None:
        return f"–{NO_BREAK}{deadline(end)}" if end else i18n.gettext("always")
    if end is None:
        return i18n.gettext("from %(start)s on") % {"start": _start_alone(start)}
    if _is_midnight(start) and _is_midnight(end):
        return _days(start, end)
    last, at = end_moment(end).split(NO_BREAK)
    if day(start) == last:
        return f"{last}{NO_BREAK}{clock_time(start)}–{at}"
    return f"{moment(start)} – {end_moment(end)}"


def number(value: float, decimals: int = 1) -> str:
    """Write a number with at most so many decimals."""
    return _number(round(value, decimals), _locale())


@lru_cache(maxsize=10_000)
def _number(value: float, locale: str) -> str:
    return format_decimal(value, locale=locale).replace("\u202f", NO_BREAK)


def money(sek: float) -> str:
    """Write whole kronor, as in `1 250 kr`."""
    amount = number(sek, 0)
    return f"SEK{NO_BREAK}{amount}" if i18n.language() == "en" else f"{amount}{NO_BREAK}kr"


def kilometres(distance_km: float) -> str:
    """Write a distance: below ten kilometres with one decimal."""
    return f"{number(distance_km, 1 if distance_km < 10 else 0)}{NO_BREAK}km"


def metres(distance_m: float) -> str:
    """Write a distance given in metres, in kilometres."""
    return kilometres(distance_m / 1000)


def percent(value: float, decimals: int = 0) -> str:
    """Write a percentage given as 0 to 100."""
    return f"{number(value, decimals)}{'' if i18n.language() == 'en' else NO_BREAK}%"


def in_sweden(instant: datetime) -> datetime:
    """Return an instant in Swedish time; at the very end of the calendar, which was stored once, as it is."""
    try:
        return instant.astimezone(STOCKHOLM)
    except OverflowError:
        return instant


def _locale() -> str:
    return _LOCALES[i18n.language()]


def _bounds(span: object) -> tuple[datetime | None, datetime | None]:
    if isinstance(span, tuple):
        return span[0], span[1]
    if hasattr(span, "lower"):
        return span.lower, getattr(span, "upper", None)
    return getattr(span, "start", None), getattr(span, "end", None)


def _is_midnight(instant: datetime) -> bool:
    at = in_sweden(instant)
    return at.hour == at.minute == 0


def _day_before(end: datetime) -> date:
    """Return the last day of what ends at a midnight."""
    return in_sweden(end).date() - timedelta(days=1)


def _start_alone(start: datetime) -> str:
    return day(start) if _is_midnight(start) else moment(start)


def _days(start: datetime, end: datetime) -> str:
    last = _day_before(end)
    return day(start) if day(start) == day(last) else f"{day(start)}\u2013{day(last)}"
