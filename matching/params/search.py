"""The constants that the search was tuned with."""

from dataclasses import dataclass, field

from matching.params.blocks import CoreParams, DualGapParams, MipParams, SelectionParams, SpatialParams
from matching.params.dual import (
    DecompositionParams,
    DualAscentParams,
    MultiplierParams,
    SubgradientParams,
    UnitAscentParams,
)
from matching.params.primal import ConstructionParams, WholeParams


@dataclass(frozen=True, slots=True)
class SearchParams:
    """The constants of the search, by what they steer.

    Parameters
    ----------
    cuts
        For each m, Chvátal-Gomory cuts that say which claims no more than m of fit together.
    """

    cuts: tuple[int, ...] = (1, 2, 3)
    subgradient: SubgradientParams = field(default_factory=SubgradientParams)
    multipliers: MultiplierParams = field(default_factory=MultiplierParams)
    construction: ConstructionParams = field(default_factory=ConstructionParams)
    whole: WholeParams = field(default_factory=WholeParams)
    mip: MipParams = field(default_factory=MipParams)
    selection: SelectionParams = field(default_factory=SelectionParams)
    spatial: SpatialParams = field(default_factory=SpatialParams)
    core: CoreParams = field(default_factory=CoreParams)
    dual_gap: DualGapParams = field(default_factory=DualGapParams)
    dual_ascent: DualAscentParams = field(default_factory=DualAscentParams)
    decomposition: DecompositionParams = field(default_factory=DecompositionParams)
    unit_ascent: UnitAscentParams = field(default_factory=UnitAscentParams)


SEARCH_DEFAULTS = SearchParams()
