"""One call to an address that a user has given: with an end, whatever the other side does."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx2

from core.outward.addresses import ForbiddenAddress, Target, target_of
from core.version import __version__

AGENT = f"Platsverket/{__version__}"
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class CallFault(StrEnum):
    """Why a call had no answer."""

    FORBIDDEN = "forbidden"  # it leads to an inner network, or is no address
    UNREACHABLE = "unreachable"  # no such name, nobody listens, no certificate that holds
    SLOW = "slow"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"  # it leads elsewhere, again and again, or where no redirect is followed


class CallFailed(Exception):
    """A call had no answer."""

    def __init__(self, fault: CallFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@dataclass(frozen=True)
class Call:
    """What is asked, and how long and large an answer may be; `largest` None: its body is not read.

    `authorization` goes to the address's own server only.
    """

    method: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    authorization: str | None = None
    patience_s: float = 20
    largest: int | None = 1_000_000
    redirects: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def call(asked: Call) -> Answer:
    """Ask, and return the answer, whatever its status.

    Raises
    ------
    CallFailed
        There was none, or none that may be taken.
    """
    try:
        return asyncio.run(_in_time(asked))
    except ForbiddenAddress as error:
        raise CallFailed(CallFault.FORBIDDEN) from error
    except TimeoutError as error:
        raise CallFailed(CallFault.SLOW) from error
    except httpx2.TimeoutException as error:
        raise CallFailed(CallFault.SLOW) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as error:
        raise CallFailed(CallFault.UNREACHABLE) from error


async def _in_time(asked: Call) -> Answer:
    async with asyncio.timeout(asked.patience_s):
        return await _followed(asked)


async def _followed(asked: Call) -> Answer:
    target = await target_of(asked.address)
    own = target.origin
    for _step in range(asked.redirects + 1):
        answer = await _answered(asked, target)
        if answer.status not in _REDIRECTS:
            return answer
        asked = replace(asked, address=urljoin(asked.address, answer.headers.get("location", "")))
        target = await target_of(asked.address)
        if target.origin != own:
            asked = replace(asked, authorization=None)
    raise CallFailed(CallFault.REDIRECTS)


async def _answered(asked: Call, target: Target) -> Answer:
    """Ask the number that was looked at, by the name that its certificate has to have."""
    number = f"[{target.number}]" if target.number.version == 6 else str(target.number)
    parts = urlsplit(asked.address)
    address = urlunsplit((target.scheme, f"{number}:{target.port}", parts.path or "/", parts.query, ""))
    headers = {"user-agent": AGENT, "accept-encoding": "identity", **asked.headers, "host": target.named}
    if asked.authorization is not None:
        headers["authorization"] = asked.authorization
    # No environment: a proxy would look up the name by itself, and reach what may not be reached.
    async with httpx2.AsyncClient(timeout=asked.patience_s, follow_redirects=False, trust_env=False) as client:
        request = client.build_request(
            asked.method, address, headers=headers, content=asked.body, extensions={"sni_hostname": target.host}
        )
        answer = await client.send(request, stream=True)
        try:
            return Answer(answer.status_code, dict(answer.headers), await _body(answer, asked.largest))
        finally:
            await answer.aclose()


async def _body(answer: httpx2.Response, largest: int | None) -> bytes:
    """Return the body as it came: nothing is unpacked, which a few bytes might make large."""
    if largest is None:
        return b""
    parts, size = [], 0
    async for part in answer.aiter_raw():
        size += len(part)
        if size > largest:
            raise CallFailed(CallFault.TOO_LARGE)
        parts.append(part)
    return b"".join(parts)
