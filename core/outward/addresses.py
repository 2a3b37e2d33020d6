"""Where an address that a user has given may lead: to the public internet, and to networks that the operator names.

An address is looked at twice: when it is given, as text, and each time that it is called, when its name has become
numbers. The call goes to the number that was looked at, so that a name that changes meanwhile leads nowhere else.
"""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from core.errors import InvalidParameter
from core.limits import is_storable
from core.settings import settings

LONGEST_ADDRESS = 1000
_PORTS = {"https": 443, "http": 80}
_UNICAST, _6TO4 = ip_network("2000::/3"), ip_network("2002::/16")
"""What is given out of IPv6 (RFC 4291), and its part that stands for addresses of IPv4, which might be inner ones."""

IpAddress = IPv4Address | IPv6Address


class ForbiddenAddress(Exception):
    """An address leads where users may not send us."""


@dataclass(frozen=True)
class Target:
    """Where a call goes: the host by name, and the number that it has now."""

    scheme: str
    host: str
    port: int
    number: IpAddress

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a password is for."""
        return self.scheme, self.host, self.port

    @property
    def named(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def address_faults(field: str, address: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with an address as a text. It is not told: it may hold a secret."""
    reason = _address_reason(address)
    if reason is not None:
        yield InvalidParameter(field, None, reason)


def _address_reason(address: str) -> str | None:
    if not 1 <= len(address) <= LONGEST_ADDRESS:
        return f"it has to have 1 to {LONGEST_ADDRESS} characters"
    if not is_storable(address) or any(letter.isspace() or not letter.isprintable() for letter in address):
        return "there may be no spaces in an address"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "that is no address: write for example https://kalender.example.se/rum.ics"
    if parts.username is not None or parts.password is not None:
        return "no name or password may stand in the address: there are fields for them"
    if parts.scheme == "http" and not settings().reachable_networks:
        return "it has to begin with https://"
    if parts.scheme not in _PORTS or not host or port == 0:
        return "it has to begin with https:// and name a server"
    number = _number(host)
    return None if number is None or is_allowed(number, parts.scheme) else "no inner network can be reached from here"


def is_allowed(number: IpAddress, scheme: str = "https") -> bool:
    """Tell whether a number may be called: unencrypted in the operator's own networks alone."""
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    if any(number in network for network in settings().networks_reached):
        return True
    is_given_out = isinstance(number, IPv4Address) or (number in _UNICAST and number not in _6TO4)
    return scheme == "https" and number.is_global and not number.is_multicast and is_given_out


async def target_of(address: str) -> Target:
    """Return where an address leads now.

    Raises
    ------
    ForbiddenAddress
        It is no address, or one of the numbers of its name may not be called.
    OSError
        There is no such name, or nobody tells.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        name = host if ":" in host else host.encode("idna").decode()
    except (ValueError, KeyError) as error:
        raise ForbiddenAddress from error
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    numbers = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not numbers or not all(is_allowed(each, parts.scheme) for each in numbers):
        raise ForbiddenAddress
    return Target(parts.scheme, name, port, min(numbers, key=lambda each: each.version))


def _number(host: str) -> IpAddress | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
