"""`Idempotency-Key`: a request that is sent again changes nothing and gets the same answer.

::

    @post("/", sync_to_thread=True)
    def create(self, session, actor, data: OfferIn, idempotency: NamedDependency[Idempotency]) -> ...:
        def make() -> Response[OfferOut]:
            offer = service.create_offer(session, actor, data.draft())
            return created(offer_out(...), f"/api/v1/offers/{offer.id}", offer.version)

        return idempotency.answer(data, make)

The key is claimed in the same transaction that does the work: of two requests with one key at the same time, the
second waits for the first and then repeats its answer. What was refused is not kept, so it may be tried again. An
answer is repeated to the member it was given to, and not once the member may do less than then.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from sqlmodel import Session

from core.actor import Actor
from core.database import idempotency
from core.errors import BadInput, Conflict

T = TypeVar("T")


class Idempotency:
    """Does something at most once per member and key."""

    def __init__(self, session: Session, actor: Actor, key: str | None, errand: str) -> None:
        self.session, self.actor, self.key, self.errand = session, actor, key, errand

    def answer(self, data: object, make: Callable[[], Response[T]]) -> Response[T]:
        """Return what `make` answers, or what it answered the first time."""
        if self.key is None:
            return make()
        digest = hashlib.sha256(self.errand.encode() + msgspec.json.encode(data)).hexdigest()
        said = idempotency.claim(self.session, self.actor, self.key, digest)
        if said is not None:
            return _repeated(said, digest)
        answer = make()
        idempotency.remember(
            self.session,
            self.actor.member_id,
            self.key,
            status=answer.status_code or 201,
            body=msgspec.to_builtins(answer.content, str_keys=True),
            location=answer.headers.get("Location"),
        )
        return answer


def _repeated(said: idempotency.IdempotentAnswer, digest: str) -> Response[Any]:
    if said.request_digest != digest:
        raise Conflict(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for each new request.",
        )
    headers = {"Idempotent-Replayed": "true"} | ({"Location": said.location} if said.location else {})
    return Response(cast(Any, said.body), status_code=said.status, headers=headers)


Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Any text of your own for this errand: sent again with the same key, it is done once. "
        "/ Valfri egen text för ärendet: skickas det igen med samma nyckel utförs det en gång.",
        schema_extra={"min_length": 1, "max_length": 200, "pattern": "^[ -~]+$"},
    ),
]


def provide_idempotency(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    idempotency_key: Key = None,  # not `key`: that is what paths call a thing's id
) -> Idempotency:
    """Read the header; a key is 1 to 200 visible characters."""
    key = idempotency_key
    if key is not None and not (1 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise BadInput("Idempotency-Key", key[:200], "it has to be 1 to 200 visible ASCII characters")
    return Idempotency(session, actor, key, f"{request.method} {request.url.path} ")
