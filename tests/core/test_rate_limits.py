"""So many a minute of each, all of which may come at once."""

import multiprocessing

import pytest

from core import rate_limits
from core.rate_limits import RateLimit, of_address


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_s_worth_at_once_and_then_one_at_a_time():
    clock = Clock()
    limit = RateLimit(lambda: 6, clock)
    assert [limit.spend("a") for _ in range(8)] == [0] * 6 + [10, 10]
    assert limit.wait_s("a") == 10
    assert limit.spend("b") == 0, "others are not held up"
    clock.now += 9.5
    assert limit.spend("a") == 1
    clock.now += 0.5
    assert [limit.spend("a"), limit.spend("a")] == [0, 10]
    clock.now += 3600
    assert [limit.spend("a") for _ in range(7)] == [0] * 6 + [10]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(rate_limits, "MOST_KEPT", rate_limits.NEIGHBOURS)
    clock = Clock()
    limit = RateLimit(lambda: 1, clock)
    for key in "abcdefghi":
        assert limit.spend(key) == 0
        clock.now += 1
    assert [limit.wait_s(key) > 0 for key in "abcdefghi"] == [False] + [True] * 8, "the one that waits least goes first"


def test_forked_processes_count_together():
    limit = RateLimit(lambda: 2)
    for _ in range(2):
        fork = multiprocessing.get_context("fork").Process(target=limit.spend, args=("a",))
        fork.start()
        fork.join()
    assert limit.spend("a") > 0
    assert limit.spend("b") == 0


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_an_address_is_counted_as_its_customer(host, counted):
    assert of_address(host) == counted
