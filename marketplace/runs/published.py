"""What a run's proposals came to in all, told of it ever after, whatever becomes of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Published:
    """How far away it is, what it is worth, whom it served where, and who gives and takes.

    Attributes
    ----------
    distance_m
        The mean of all lines whose distance is known; None where none is.
    points
        Of all lines, by criterion.
    families, counties
        Needs looked at and served, by family and by county code.
    organisations
        Needs that an organisation gets something for and lends something to, by its id.
    cost_sek
        What its loans cost together as they are priced, without those that are priced by time and have no end; None
        of a run that published before this was added up.
    """

    distance_m: float | None
    points: dict[str, int]
    families: dict[str, tuple[int, int]] = field(default_factory=dict)
    counties: dict[str, tuple[int, int]] = field(default_factory=dict)
    organisations: dict[str, tuple[int, int]] = field(default_factory=dict)
    cost_sek: float | None = None
