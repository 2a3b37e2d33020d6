"""When something is wanted, in words."""

from collections.abc import Sequence
from itertools import groupby

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from core.time.interval import Interval
from core.time.opening import WEEKDAYS, Hours, OpeningHours
from core.time.opening_text import hours_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly


def timing_text(timing: Timing) -> str:
    """Return a timing as one line."""
    match timing:
        case Fixed():
            return written.period(Interval(timing.start, timing.end))
        case Flexible():
            return _("%(length)s between %(earliest)s and %(latest)s") % {
                "length": length_text(timing.duration_min),
                "earliest": written.moment(timing.earliest),
                "latest": written.end_moment(timing.latest),
            }
        case Weekly():
            days = _weekdays(timing.weekdays)
            until = f"{timing.until_time:%H:%M}".replace("00:00", "24:00")
            hours = f"{timing.from_time:%H:%M}–{until}"
            return f"{days} {hours}, {timing.first.isoformat()}–{timing.last.isoformat()}"
        case Period():
            return written.period(timing.interval)


def opening_words(opening: OpeningHours) -> str:
    """Return opening hours in the reader's language: the week, the days that differ, and holidays."""
    week = [(hours, list(days)) for hours, days in groupby(range(7), key=lambda day: opening.weekly[day])]
    parts = [f"{_weekdays(days)} {_hours(hours)}" for hours, days in week if hours] or [_("closed")]
    for each in opening.exceptions:
        last = "" if each.last == each.first else f"–{each.last}"
        parts.append(f"{each.first}{last} {_hours(each.hours)}")
    return "; ".join([*parts, _("not on public holidays")] if opening.closed_on_holidays else parts)


def _hours(hours: tuple[Hours, ...]) -> str:
    return hours_text(hours, _("closed"))


def _weekdays(days: Sequence[int]) -> str:
    """Return weekdays as a list, or as a span where three or more follow each other."""
    names = [label(WEEKDAYS[day], "weekday") for day in days]
    follow = len(days) > 2 and list(days) == list(range(days[0], days[0] + len(days)))
    return f"{names[0]}–{names[-1]}" if follow else ", ".join(names)


def length_text(minutes: int) -> str:
    """Return a length of time, in days where it is whole days and else in hours and minutes."""
    if minutes and minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{written.NO_BREAK}h"] if hours else []
    return " ".join([*parts, f"{rest}{written.NO_BREAK}min"] if rest else parts or [f"0{written.NO_BREAK}min"])


def capital(sentence: str) -> str:
    """Return a sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]
