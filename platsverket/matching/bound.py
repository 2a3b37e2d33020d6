"""The quick bound: what every bundle would be worth if it had the whole market to itself."""

from platsverket.matching.formulation import Formulation


def quick_bound(formulation: Formulation) -> int:
    """A worth that no plan can exceed, however capacity and alternatives fall."""
    best = [best_gain(formulation, owner) for owner in range(len(formulation.needs))]
    return formulation.base + sum(max(0, sum(best[owner] for owner in bundle)) for bundle in formulation.bundles)


def best_gain(formulation: Formulation, owner: int) -> int:
    """The most that serving the need can gain: its value, stability if it can be had, the best scores that add up."""
    need, columns = formulation.needs[owner], formulation.columns
    gain = need.need.value + (formulation.problem.stability if formulation.stable_with[owner] else 0)
    missing = need.missing
    for index in sorted(formulation.columns_of[owner], key=lambda index: -columns[index].option.score):
        amount = min(missing, columns[index].most)
        gain += amount * columns[index].option.score
        missing -= amount
    return gain
