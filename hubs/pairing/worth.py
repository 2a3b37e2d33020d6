"""What a coffee of two is worth: whole points, so that sums are exact."""

from dataclasses import dataclass

from hubs.pairing.people import Guest


@dataclass(frozen=True, slots=True)
class WorthParams:
    """Points for what two have to give each other.

    Parameters
    ----------
    strangers
        They work at different organisations.
    answer, most_answers
        One knows what the other wonders: for each topic, for so many at most either way.
    shared
        Both like to talk of something.
    thin_tie
        Their organisations have never met over coffee; after n coffees it is this divided by n + 1 (Granovetter 1973:
        what is new comes by weak ties).
    """

    strangers: int = 60
    answer: int = 20
    most_answers: int = 2
    shared: int = 10
    thin_tie: int = 20


WORTH_DEFAULTS = WorthParams()


def worth(one: Guest, other: Guest, coffees: int, params: WorthParams = WORTH_DEFAULTS) -> int:
    """Return the points of a coffee of two, whose organisations have had so many before."""
    answers = sum(min(params.most_answers, len(a.knows & b.wonders)) for a, b in ((one, other), (other, one)))
    points = params.answer * answers + params.shared * bool(one.likes & other.likes)
    if one.organisation_id != other.organisation_id:
        points += params.strangers + params.thin_tie // (coffees + 1)
    return points
