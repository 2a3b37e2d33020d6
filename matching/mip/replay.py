"""What a run depended on besides its problem and seed, so that it can be replayed.

Blocks are made from what came of those before. So a run is given by the order in which results came, and by where the
clock ended something. Who solved the blocks, and how fast, is then all the same.
"""

from dataclasses import replace

from msgspec import Struct

from matching.mip.block_mip import BlockMip, Interruption, MipResult
from matching.mip.executors import Executor, Results


class Trace(Struct, rename={"results": "answers", "interrupted": "cuts"}):  # the keys that stored traces have
    """A run, noted while it goes on.

    Attributes
    ----------
    width
        How many blocks were out at a time.
    passes
        Passes of the subgradient ascent.
    tried
        Bundles that were tried for the first plan, where that was ended before all were.
    results
        The numbers of the blocks that had a result, in the order and together as they came.
    given_up
        The numbers of those that never had one.
    interrupted
        Where results were interrupted, by the number of the block.
    """

    width: int = 1
    passes: int = 0
    tried: int | None = None
    results: list[list[int]] = []
    given_up: list[int] = []
    interrupted: dict[int, Interruption] = {}

    def note(self, came: Results) -> None:
        """Note results that came together."""
        if came:
            self.results.append([number for number, _ in came])
        for number, result in came:
            if result is None:
                self.given_up.append(number)
            elif result.interrupted is not None:
                self.interrupted[number] = result.interrupted


class ReplayExecutor:
    """The executor for a replay: another solves the blocks, the results come as they came then."""

    def __init__(self, executor: Executor, trace: Trace) -> None:
        self.width = trace.width
        self._executor = executor
        self._trace = trace
        self._to_come = list(reversed(trace.results))
        self._sent: set[int] = set()
        self._come: dict[int, MipResult | None] = dict.fromkeys(trace.given_up)

    def submit(self, number: int, block: BlockMip) -> None:
        """Have the block solved as far as it was then."""
        self._sent.add(number)
        if number not in self._come:
            self._executor.submit(number, replace(block, until=self._trace.interrupted.get(number)))

    def receive(self) -> Results | None:
        """What came together then. None after the last, and where the run turns out to be another one."""
        if not self._to_come or not self._sent.issuperset(self._to_come[-1]):
            return None
        together = self._to_come.pop()
        if not self._to_come:
            self.width = 0  # then, nothing more was made
        while not self._come.keys() >= set(together):
            self._come.update(self._executor.receive() or [])
        return [(number, self._come.pop(number)) for number in together]

    def close(self) -> None:
        """Forget what is still out."""
        self._executor.close()
