"""Which years a date may have: what can be planned, and what can be read again."""

from datetime import date

from core.errors import InvalidParameter
from core.time import clock

FIRST_YEAR = 2000
YEARS_AHEAD = 10
"""How far from now anything may be planned, so that a run over everything never has to look farther."""
READABLE_YEARS = range(1900, 3000)
"""What is stored may have any of these, so that there is a day after every date. All others are refused by whoever
reads them, who names what may be planned: no wider range, of which half would be refused again."""


def last_year() -> int:
    """Return the last year in which anything may be planned."""
    return clock.today().year + YEARS_AHEAD


def year_fault(field: str, day: date, last: int | None = None) -> InvalidParameter:
    """Return what is told of a date before the first year or after the last, that of planning unless it is named."""
    return InvalidParameter(
        field, day.isoformat(), f"the year has to be from {FIRST_YEAR} through {last or last_year()}"
    )
