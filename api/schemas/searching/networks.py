"""Networks of a skill on the wire."""

from typing import Self

from api.schemas.base import Wire
from marketplace.networks.standing import Standing


class NetworkOut(Wire):
    """The network of a skill, by its code: of five people or more, else null.

    People are told in steps of five and hours in steps of ten, rounded down, so that none is told of by joining.

    `unevenness` is the Gini coefficient of the hours that each has been lent in a year and will be: 0 when all have
    been lent as much. `ownHours` and `ownThanks` are of your own organisation's people.
    """

    skill: str
    experienced: int | None
    learning: int | None
    hours_a_month: int | None
    lent_hours: int | None
    unevenness: float | None
    own_hours: int
    own_thanks: int

    @classmethod
    def of(cls, found: Standing) -> Self:
        """Return a network as it stands."""
        return cls(**vars(found))


class NetworksOut(Wire):
    """All networks, those with most people first."""

    networks: list[NetworkOut]

    @classmethod
    def example(cls) -> Self:
        """Return a network of facilitators."""
        facilitators = NetworkOut(
            skill="facilitation",
            experienced=15,
            learning=5,
            hours_a_month=160,
            lent_hours=420,
            unevenness=0.12,
            own_hours=36,
            own_thanks=5,
        )
        return cls(networks=[facilitators])
