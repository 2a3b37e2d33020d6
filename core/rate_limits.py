"""How often somebody may do something: so many a minute, all of which may come at once (GCRA, a leaky bucket).

What was done is remembered in this process only: of several web processes each counts for itself, and a new start
forgets. That keeps guessing and flooding slow, which is what it is for; it is no quota.

The library `limits` is not used: it shares what it counts between processes only through a Redis, Memcached or MongoDB,
which not every installation has, its exact strategy keeps every hit, and it would replace the thirty lines below alone.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

from core.settings import settings

WINDOW_S = 60.0
MOST_KEPT = 20_000
"""Of those who are counted; the one longest unheard of is forgotten first."""


class RateLimit:
    """So many a minute of each: an address, or a member."""

    def __init__(self, per_minute: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute, self.clock = per_minute, clock
        self._free_at: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str) -> int:
        """Return the whole seconds until there may be one more; 0 where there may be now."""
        with self._lock:
            return self._wait(key)

    def spend(self, key: str) -> int:
        """Count one, and return 0; count none where there may be none now, and return the seconds to wait."""
        with self._lock:
            wait = self._wait(key)
            if wait == 0:
                now = self.clock()
                self._free_at[key] = max(self._free_at.get(key, now), now) + WINDOW_S / self.per_minute()
                self._free_at.move_to_end(key)
                if len(self._free_at) > MOST_KEPT:
                    self._free_at.popitem(last=False)
            return wait

    def _wait(self, key: str) -> int:
        ahead = self._free_at.get(key, 0.0) - self.clock()
        return max(0, math.ceil(ahead - WINDOW_S + WINDOW_S / self.per_minute()))


SIGN_INS = RateLimit(lambda: settings().sign_in_attempts_per_minute)
"""By address: tokens that are none, sign-ins that come to nothing."""
REFUSALS_KEPT = RateLimit(lambda: 5 * settings().sign_in_attempts_per_minute)
"""Of all together: refused sign-ins that are written into the audit, which only grows."""
SIGN_INS_BEGUN = RateLimit(lambda: 10 * settings().sign_in_attempts_per_minute)
"""By address: ways to a provider. An agency's people may all come from one address."""
SEARCHES = RateLimit(lambda: settings().searches_per_minute)
"""By member."""
POSTS = RateLimit(lambda: settings().posts_per_minute)
"""By member: whatever changes something."""


def of_address(host: str | None) -> str:
    """Return what an address is counted as: itself, or in IPv6 the network that one customer gets (/64)."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or ""
    return address.exploded[:19] if isinstance(address, IPv6Address) and not address.ipv4_mapped else str(address)
