"""What a run was solved from and came to, read from its documents: what every scenario of it sets out from."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from sqlmodel import Session

from core.errors import Conflict, NotFound
from marketplace.planning.encoding import documents
from marketplace.planning.options.policy import Policy
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun
from matching.arrays.arrays import Arrays
from matching.formats import codec, packed
from matching.problem.plan import Plan


class OfferTerms(Struct):
    """What an offer is to a need: its points by criterion."""

    terms: dict[str, int]


class NeedContext(Struct, rename="camel"):
    """Whose a need is, and its offers."""

    request_id: UUID
    organisation_id: UUID
    offers: dict[str, OfferTerms]


class _Context(Struct):
    needs: dict[str, Raw]


@dataclass(frozen=True, eq=False)
class Base:
    """The problem of a run, its plan, its policy, and what each need's offers are to it: read when it is asked for."""

    arrays: Arrays
    plan: Plan
    policy: Policy
    contexts: dict[str, Raw]

    def need(self, need_id: UUID | str) -> NeedContext | None:
        """Return what is known of a need; None where the run did not look at it."""
        found = self.contexts.get(str(need_id))
        return None if found is None else _NEED.decode(found)

    @cached_property
    def demands_of(self) -> dict[str, list[int]]:
        """Of each need, by id, where its demands stand in the arrays: one, or one for each date."""
        found: dict[str, list[int]] = {}
        for position, key in enumerate(self.arrays.need_ids):
            found.setdefault(key.partition("@")[0], []).append(position)
        return found

    @cached_property
    def offer_of(self) -> list[str]:
        """The offer of each option, by id."""
        return [key.partition("@")[0] for key in self.arrays.option_ids]

    def options_of(self, need_id: UUID, offer_id: UUID) -> list[int]:
        """Return where the options of an offer for a need stand in the arrays."""
        arrays, wanted = self.arrays, str(offer_id)
        return [
            option
            for demand in self.demands_of.get(str(need_id), ())
            for option in range(int(arrays.option_from[demand]), int(arrays.option_from[demand + 1]))
            if arrays.option_ids[option].partition("@")[0] == wanted
        ]


_NEED = msgspec.json.Decoder(NeedContext)
_CONTEXT = msgspec.json.Decoder(_Context)


def read_base(session: Session, run: MatchingRun) -> Base:
    """Return what a run was solved from; its problem is kept packed then, so that it is read at once the next time.

    Raises
    ------
    Conflict
        ``input_gone``: it is no longer kept; ``damaged``.
    """
    try:
        plan = documents.read_plan(session, run.id)
        context = queries.document(session, run.id, "context")
        arrays = _unpacked(session, run.id) or _pack(session, run.id)
    except NotFound as error:
        raise Conflict("input_gone", "What the run looked at is no longer kept, so nothing can be tried.") from error
    return Base(arrays, plan, Policy.from_json(run.policy), _CONTEXT.decode(gzip.decompress(context)).needs)


def _unpacked(session: Session, run_id: UUID) -> Arrays | None:
    try:
        return packed.unpack(gzip.decompress(queries.document(session, run_id, PACKED)))
    except (NotFound, ValueError):  # not yet, or by another version
        return None


def _pack(session: Session, run_id: UUID) -> Arrays:
    arrays = codec.arrays_from_json(gzip.decompress(queries.document(session, run_id, "problem")))
    queries.keep_document(session, run_id, PACKED, gzip.compress(packed.pack(arrays), documents.FAST))
    return arrays


PACKED = "packed"
