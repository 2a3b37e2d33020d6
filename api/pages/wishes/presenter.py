"""A wish told to its owner: what it says, which needs fit it, and what has become of those that HR was asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from api.language.languages import languages_text
from api.pages.rendering import told_apart
from api.pages.requests.presenter import draft_facts
from core import geo
from core.swedish import swedish_key
from marketplace.mobility.models import InterestState, MobilityWish, WishState
from marketplace.mobility.queries import InterestView
from marketplace.mobility.rules import UNDER_WAY
from marketplace.planning.wishing import Fit

Facts = list[tuple[str, str]]
Labels = Mapping[str, str]


@dataclass(frozen=True)
class FitTold:
    """A need that fits, in words; `as_loan`: HR can be asked about it."""

    need_id: UUID
    title: str
    called: str
    """Told apart from the others: for who hears its buttons alone."""
    facts: Facts
    as_loan: bool


@dataclass(frozen=True)
class InterestTold:
    """What the owner has said of a need, and what became of it."""

    need_id: UUID
    title: str
    state: InterestState
    may_withdraw: bool


def called(wish: MobilityWish, skills: Labels) -> str:
    """Return what a wish is called: by what its owner wants to do."""
    return ", ".join(sorted((skills.get(code, code) for code in wish.skills), key=swedish_key))


def wish_facts(wish: MobilityWish, skills: Labels) -> Facts:
    """Return what a wish says."""
    told = sorted((skills.get(code, code), level) for code, level in wish.skills.items())
    counties = [each.name for each in geo.counties() if each.code in wish.county_codes]
    facts = [
        (
            label("skills", "staff_shown"),
            ", ".join(f"{name} ({label(str(level), 'skill_level').lower()})" for name, level in told),
        ),
        (_("How much"), _("%(percent)s at most") % {"percent": written.percent(wish.extent_percent)}),
        (_("How long"), ngettext("%(n)s month at most", "%(n)s months at most", wish.months) % {"n": wish.months}),
        (_("From when"), wish.earliest.isoformat()),
        (_("Where"), ", ".join([*counties, *([_("Remote work")] if wish.remote else [])])),
        (label("languages", "staff_shown"), languages_text(wish.languages)),
        (_("My own notes"), wish.words),
    ]
    if wish.state in {WishState.OPEN, WishState.PAUSED}:
        facts.append((_("Open until"), written.day(wish.expires_at)))
    return facts


def fits_told(fits: Sequence[Fit], skills: Labels) -> list[FitTold]:
    """Return the needs that fit, in words."""
    called = told_apart(draft_facts(fit.need, skills)[0] for fit in fits)
    return [_fit_told(fit, name, skills) for fit, name in zip(fits, called, strict=True)]


def _fit_told(fit: Fit, called: str, skills: Labels) -> FitTold:
    title, facts = draft_facts(fit.need, skills)
    so_do_all = label("open_to_mobility", "staff_asked")
    told = [(_("Employer"), fit.organisation.name), *(each for each in facts if each[0] != so_do_all)]
    return FitTold(fit.need.need_id, title, called, told, fit.as_loan)


def interest_told(view: InterestView) -> InterestTold:
    """Return what was said of a need, in words."""
    title = f"{view.need.title or label(view.need.family, 'family')}, {view.organisation.name}"
    state = view.interest.state
    return InterestTold(view.need.id, title, state, state in UNDER_WAY)
