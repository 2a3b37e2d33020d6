"""What blocks can be of, one kind in each file `blocks_…`; whose turn it is goes by what they promise."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from matching.arrays.arrays import Ints
from matching.mip.block_mip import Answer, Block
from matching.search.selection import Turns
from matching.search.state import Search


@dataclass(frozen=True, slots=True)
class Task:
    """A block to be sent, and what to do with its answer."""

    block: Block
    done: Callable[[Answer], None]


class Blocks(ABC):
    """Blocks of one kind, cut after cut."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.turns = Turns(self._cut, search.params.selection)

    def next(self) -> Task | None:
        """The next block; None if there is nothing of which it could be."""
        members = self.turns.next()
        return None if members is None else self._task(members)

    @property
    def chances(self) -> tuple[bool, float]:
        """What speaks for its turn: whether it may have one, and what it promises."""
        return True, self.turns.promise

    @abstractmethod
    def _cut(self, turn: int) -> list[Ints]:
        """What the blocks of a turn are made of."""

    @abstractmethod
    def _task(self, members: Ints) -> Task:
        """The block of some members."""
