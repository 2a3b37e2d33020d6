"""What is raised when a problem or a plan cannot be accepted, always naming the place."""

from typing import Self


class MatchingError(ValueError):
    """Input that cannot be accepted: `where` is a path such as `needs[3].options[0].score`, or a line and column."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(where, message)
        self.where = where
        self.message = message

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def inside(self, outer: str) -> Self:
        """The same error seen from the thing that holds the faulty one."""
        return type(self)(joined(outer, self.where), self.message)


class ProblemError(MatchingError):
    """A problem that does not say something that can be solved."""


class PlanError(MatchingError):
    """A plan that cannot be read."""


class SolverError(RuntimeError):
    """The solver contradicted the checker: a fault of ours, never of the input."""


def joined(outer: str, inner: str) -> str:
    """A path inside a path: `needs[3]` and `options[0]` is `needs[3].options[0]`."""
    return f"{outer}{inner}" if inner.startswith("[") or not (outer and inner) else f"{outer}.{inner}"
