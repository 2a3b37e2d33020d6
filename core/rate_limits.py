"""How often somebody may do something: so many a minute, all of which may come at once (GCRA, a leaky bucket).

What was done is remembered in memory that processes share which one has forked, as those of `serve --workers`: they
count together. Several `serve` count each for itself, and a new start forgets. That keeps guessing and flooding slow,
which is what it is for; it is no quota: of two processes that count the same one at the very same moment, one may not
be heard.

The library `limits` is not used: it shares what it counts between processes only through a Redis, Memcached or MongoDB,
which not every installation has, its exact strategy keeps every hit, and it would replace the lines below alone.
"""

import math
import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from mmap import mmap
from threading import Lock

from core.settings import settings

WINDOW_S = 60.0
MOST_KEPT = 20_000
"""Of those who are counted, each in one of `NEIGHBOURS` places; there the one whose wait is over first is forgotten."""
NEIGHBOURS = 8
_BYTES = 8
_SECRET = secrets.token_bytes(16)  # nobody chooses next to whom they are


class RateLimit:
    """So many a minute of each: an address, or a member."""

    def __init__(self, per_minute: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute, self.clock = per_minute, clock
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Count anew from now on, in this process."""
        memory = memoryview(mmap(-1, 2 * _BYTES * MOST_KEPT))
        self._whose, self._free_at = memory[: _BYTES * MOST_KEPT].cast("Q"), memory[_BYTES * MOST_KEPT :].cast("d")

    def wait_s(self, key: str) -> int:
        """Return the whole seconds until there may be one more; 0 where there may be now."""
        with self._lock:
            place, digest = self._place(key)
            return self._wait(place) if self._whose[place] == digest else 0

    def spend(self, key: str) -> int:
        """Count one, and return 0; count none where there may be none now, and return the seconds to wait."""
        with self._lock:
            place, digest = self._place(key)
            if self._whose[place] != digest:
                self._free_at[place], self._whose[place] = 0.0, digest
            wait = self._wait(place)
            if wait == 0:
                self._free_at[place] = max(self._free_at[place], self.clock()) + WINDOW_S / self.per_minute()
            return wait

    def _place(self, key: str) -> tuple[int, int]:
        """Return where a key is counted, or is to be counted from now on, and what it is known by there."""
        digest = int.from_bytes(blake2b(key.encode(), digest_size=_BYTES, key=_SECRET).digest())
        first = digest % (MOST_KEPT // NEIGHBOURS) * NEIGHBOURS
        near = range(first, first + NEIGHBOURS)
        return min(near, key=lambda place: (self._whose[place] != digest, self._free_at[place])), digest

    def _wait(self, place: int) -> int:
        ahead = self._free_at[place] - self.clock()
        return max(0, math.ceil(ahead - WINDOW_S + WINDOW_S / self.per_minute()))


SIGN_INS = RateLimit(lambda: settings().sign_in_attempts_per_minute)
"""By address: tokens that are none, sign-ins that come to nothing."""
CALENDARS_GUESSED = RateLimit(lambda: settings().sign_in_attempts_per_minute)
"""By address: calendars that there have never been."""
REFUSALS_KEPT = RateLimit(lambda: 5 * settings().sign_in_attempts_per_minute)
"""Of all together: refused sign-ins that are written into the audit, which only grows."""
SIGN_INS_BEGUN = RateLimit(lambda: 10 * settings().sign_in_attempts_per_minute)
"""By address: ways to a provider. An agency's people may all come from one address."""
DAMAGES_REPORTED = RateLimit(lambda: 10)
"""By address: what whoever scans a label says is wrong."""
VISITS_ANNOUNCED = RateLimit(lambda: 5)
"""By address: who says that it comes to a hub."""
NEWSLETTERS_ASKED = RateLimit(lambda: 10)
"""By address: mails that ask whether a newsletter is wanted."""
SEARCHES = RateLimit(lambda: settings().searches_per_minute)
"""By member, and by calendar that is fetched."""
POSTS = RateLimit(lambda: settings().posts_per_minute)
"""By member: whatever changes something."""


def of_address(host: str | None) -> str:
    """Return what an address is counted as: itself, or in IPv6 the network that one customer gets (/64)."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or ""
    return address.exploded[:19] if isinstance(address, IPv6Address) and not address.ipv4_mapped else str(address)
