"""What a refusal tells of a wrong value."""

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from core.errors import BadInput

KEY = "01980000-0000-7000-8000-000000000022"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "end: too late"),
        (7, "end: too late (got 7)"),
        ("nu", "end: too late (got 'nu')"),
        (date(2031, 2, 3), "end: too late (got 2031-02-03)"),
        (datetime(2031, 2, 3, 8, tzinfo=UTC), "end: too late (got 2031-02-03T08:00:00+00:00)"),
        (time(8, 30), "end: too late (got 08:30:00)"),
        (UUID(KEY), f"end: too late (got {KEY})"),
    ],
)
def test_a_value_is_told_as_it_is_written_and_not_as_python_writes_it(value: object, told: str) -> None:
    assert str(BadInput("end", value, "too late")) == told
