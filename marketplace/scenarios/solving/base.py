"""What a run was solved from and came to, read from its documents: what every scenario of it sets out from."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Raw, Struct
from sqlmodel import Session

from core.errors import Conflict, NotFound
from marketplace.planning.encoding import documents
from marketplace.planning.options.policy import Policy
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun
from matching.arrays.arrays import Arrays, Ints


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
    """The problem of a run, its plan, its policy, and what each need's offers are to it: read when it is asked for.

    `taken` are rows [option, amount] of the plan, ascending.
    """

    arrays: Arrays
    taken: Ints
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

    def offer_of(self, option: int) -> str:
        """Return the offer of an option, by id."""
        return self.arrays.option_ids[option].partition("@")[0]

    def options_of(self, offer_id: UUID, need_id: UUID | None = None) -> Ints:
        """Return where the options of an offer stand in the arrays: all, or those for a need."""
        found: Ints = np.array(self.arrays.option_ids.beginning(str(offer_id)), np.int64)
        if need_id is None:
            return found
        return found[np.isin(self.demands_at(found), self.demands_of.get(str(need_id), []))]

    def demands_at(self, options: Ints) -> Ints:
        """Return whose some options are: where their demands stand in the arrays."""
        found: Ints = np.searchsorted(self.arrays.option_from, options, side="right") - 1
        return found

    def taken_by(self, need_id: UUID) -> Ints:
        """Return what the run gave a need."""
        return self.taken[np.isin(self.demands_at(self.taken[:, 0]), self.demands_of.get(str(need_id), []))]


_NEED = msgspec.json.Decoder(NeedContext)
_CONTEXT = msgspec.json.Decoder(_Context)


def read_base(session: Session, run: MatchingRun) -> Base:
    """Return what a run was solved from.

    Raises
    ------
    Conflict
        ``input_gone``: it is no longer kept; ``damaged``.
    """
    try:
        arrays, taken = documents.read_packed(session, run.id)
        context = queries.document(session, run.id, "context")
    except NotFound as error:
        raise Conflict("input_gone", "What the run looked at is no longer kept, so nothing can be tried.") from error
    return Base(arrays, taken, Policy.from_json(run.policy), _CONTEXT.decode(gzip.decompress(context)).needs)
