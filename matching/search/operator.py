"""Operators: each makes blocks of one kind, neighborhoods of the incumbent or pieces of the bound, and has a score."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from matching.arrays.arrays import Ints
from matching.mip.block_mip import BlockMip, MipResult
from matching.search.selection import AdaptiveSelection
from matching.search.state import SearchState


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be sent, and what to do with its result."""

    mip: BlockMip
    done: Callable[[MipResult], None]


class Operator(ABC):
    """Makes blocks of one kind, partition after partition (Pisinger, Ropke 2010)."""

    def __init__(self, state: SearchState) -> None:
        self.state = state
        self.selection = AdaptiveSelection(self._partition, state.params.selection)

    def next(self) -> Task | None:
        """The next block; None if there is nothing of which it could be."""
        members = self.selection.next()
        return None if members is None else self._task(members)

    @property
    def priority(self) -> tuple[bool, float]:
        """What speaks for its turn: whether it may have one, and its score."""
        return True, self.selection.score

    @abstractmethod
    def _partition(self, turn: int) -> list[Ints]:
        """The members of each block of a turn, (members,)."""

    @abstractmethod
    def _task(self, members: Ints) -> Task:
        """The block of some members."""
