"""How long loans are, of one or of many at once: all that counts months and full time.

Arrays have the shape (loans,); a number or a day stands for all.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64] | np.datetime64
Counts = NDArray[np.int64] | int
FULL_TIME = 100
DAYS_OF_WORK, DAYS_OF_A_WEEK = 5, 7


def last_day(first: Days, months: Counts) -> Any:
    """Return the last of some months from a first day on: of six from 1 March on 31 August.

    Where the last month is too short, as of six from 31 August on, they end with it.
    """
    month = first.astype("datetime64[M]")
    begin = month + np.asarray(months).astype("timedelta64[M]")
    longest = ((begin + 1).astype("datetime64[D]") - begin.astype("datetime64[D]")).astype(np.int64)
    day = (first - month.astype("datetime64[D]")).astype(np.int64)
    return begin.astype("datetime64[D]") + np.minimum(day, longest) - 1


def too_long(months: Counts, first: Days, last: Days, percent: Counts, days: Counts) -> Any:
    """Tell which loans take more of full time than some months have; 0 months are no limit.

    `days` are on how many of them somebody is lent. Weekends belong to them: five days of work are a week.
    """
    through = (last - first).astype(np.int64) + 1
    fifths = np.minimum(DAYS_OF_WORK * through, DAYS_OF_A_WEEK * np.asarray(days))
    allowed = (last_day(first, months) - first).astype(np.int64) + 1
    return (np.asarray(months) > 0) & (np.asarray(percent) * fifths > FULL_TIME * DAYS_OF_WORK * allowed)
