"""What a run's course depended on besides its problem and seed, so that it can be taken again.

Blocks are made from what came of those before. So a course is given by the order in which answers came, and by where
the clock cut something short. Who solved the blocks, and how fast, is then all the same.
"""

from dataclasses import dataclass, field, replace

from matching.mip.block_mip import Answer, Block, Cut
from matching.mip.executors import Answers, Carrier


@dataclass
class Trace:
    """A course, noted while it is taken.

    `width` is how many blocks were out at a time. `passes` is how often the first prices were improved, `tried` how
    many bundles had their turn in the first plan where that was cut short. `answers` are the numbers of the blocks that
    were answered, in the order and together as they came; `given_up` those without an answer, and `cuts` says where
    answers were cut short.
    """

    width: int = 1
    passes: int = 0
    tried: int | None = None
    answers: list[list[int]] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    cuts: dict[int, Cut] = field(default_factory=dict)

    def note(self, came: Answers) -> None:
        """Note answers that came together."""
        if came:
            self.answers.append([number for number, _ in came])
        for number, answer in came:
            if answer is None:
                self.given_up.append(number)
            elif answer.cut is not None:
                self.cuts[number] = answer.cut


class Following:
    """The carrier for a course that is taken again: another solves the blocks, the answers come as they came then."""

    def __init__(self, carrier: Carrier, trace: Trace) -> None:
        self.width = trace.width
        self._carrier = carrier
        self._trace = trace
        self._to_come = list(reversed(trace.answers))
        self._sent: set[int] = set()
        self._come: dict[int, Answer | None] = dict.fromkeys(trace.given_up)

    def send(self, number: int, block: Block) -> None:
        """Have the block solved as far as it was then."""
        self._sent.add(number)
        if number not in self._come:
            self._carrier.send(number, replace(block, until=self._trace.cuts.get(number)))

    def receive(self) -> Answers | None:
        """What came together then. None after the last, and where the course turns out to be another one."""
        if not self._to_come or not self._sent.issuperset(self._to_come[-1]):
            return None
        together = self._to_come.pop()
        if not self._to_come:
            self.width = 0  # then, nothing more was made
        while not self._come.keys() >= set(together):
            self._come.update(self._carrier.receive() or [])
        return [(number, self._come.pop(number)) for number in together]

    def close(self) -> None:
        """Forget what is still out."""
        self._carrier.close()
