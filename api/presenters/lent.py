"""What is lent, told in words."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import language, ngettext
from api.language.labels import LABELS, label
from api.language.languages import languages_text
from api.presenters.families import facts_text
from api.presenters.skills import skill_text
from competence.models import Skill
from competence.queries import NearSkill
from core.time.interval import Interval
from marketplace.bookings.models import Booking, BookingKind
from marketplace.offers.excerpts import OfferExcerpt, OfferInShort, ResourceInShort, SkillInShort
from marketplace.offers.homes import Home
from marketplace.offers.models import PriceBasis
from marketplace.offers.queries import OfferView
from marketplace.proposals.price import Deal
from marketplace.requests.models import Need
from marketplace.views.timeline import Row as UnitRow
from resources.families import family_of
from resources.families.equipment import EquipmentKind
from resources.families.family import Measure
from resources.families.furniture import FurnitureKind
from resources.families.staff import StaffFacts
from resources.models import Resource, Unit

Facts = list[tuple[str, str]]
Thing = Resource | ResourceInShort

_USES = {BookingKind.ROOM_USE, BookingKind.STAFF_LOAN}
_NO_SINGLE_THING = {FurnitureKind.OTHER, *EquipmentKind} - {EquipmentKind.WORKSHOP_MACHINE}
"""Kinds whose word names no single thing: nobody counts "1 laboratory equipment"."""


def name_of(view: OfferView | OfferExcerpt | UnitRow, *, named: bool) -> str:
    """Return what a resource is called; a person that may not be named yet by what it can do."""
    resource = view.lent.resource
    if named or not view.lent.family.anonymous:
        return resource.name
    return ", ".join(_label(skill) for skill, _level in view.skills) or kind_of(resource)


def kind_of(resource: Thing) -> str:
    """Return what a resource is, in one word."""
    return label(resource.kind, f"{resource.family}_kind")


def whose(home: Home) -> str:
    """Return whose something is: the organisation, or where that is not told its group, and county if no place says."""
    if home.organisation is not None:
        return home.organisation.name
    return ", ".join([label(home.group), *(() if home.is_placed else (each.name for each in home.counties))])


def place_of(view: OfferView | OfferExcerpt, home: Home, *, exact: bool) -> str:
    """Return where it stands: the municipality, or the county alone, and the address once it may be known."""
    told = home.municipalities or (home.counties if home.is_placed else ())
    towns = ", ".join(place.name for place in told)
    site = view.lent.site
    if site is None or not exact:
        return towns
    return ", ".join(part for part in (site.name, site.address, towns) if part)


def place_in_short(view: OfferView | OfferExcerpt, *, exact: bool) -> str:
    """Return where it stands as a list tells it: by the name of the site, without the address."""
    site, towns = view.lent.site, place_of(view, view.home, exact=False)
    if site is None or not exact:
        return towns
    return site.name if towns in site.name else f"{site.name}, {towns}"


def unit_of(resource: Resource, unit: Unit) -> str:
    """Return what a unit is called: a part has a name of its own, all else is of the resource's kind."""
    kinds = f"{resource.family}_kind"
    return label(unit.name, kinds) if unit.name in LABELS[kinds] else unit.name


def state_labels(booking: Booking) -> str:
    """Return the kind under which the words for a booking's states are kept; see `move_labels`."""
    return "use_state" if booking.kind in _USES else "booking_state"


def move_labels(booking: Booking) -> str:
    """Return the kind under which the words for its moves are kept: people and rooms are not handed over."""
    return "use_move" if booking.kind in _USES else "move"


def amount_of(resource: Thing, amount: int) -> str:
    """Return how much of it is lent, or nothing where there is only one."""
    family = family_of(resource.family)
    if family.counted is None or not family.counts(resource.kind):
        return ""
    match family.counted.measure:
        case Measure.PERCENT:
            return _("%(share)s of full time") % {"share": written.percent(amount)}
        case Measure.DESKS:
            return ngettext("%(count)s desk", "%(count)s desks", amount) % {"count": written.number(amount)}
    if amount == 1 and resource.kind not in _NO_SINGLE_THING:
        return f"1 {kind_of(resource).lower()}"
    return ngettext("%(count)s piece", "%(count)s pieces", amount) % {"count": written.number(amount)}


def lent_of(need: Need, resource: Thing, amount: int, times: Collection[Interval]) -> str:
    """Return how much of it is lent for a need: of somebody whom a network lends, the hours."""
    if not need.requirements.get("network"):
        return amount_of(resource, amount)
    hours = sum((each.limit - each.start for each in times), timedelta()) / timedelta(hours=1)
    return ngettext("%(count)s hour", "%(count)s hours", 1 if hours == 1 else 2) % {"count": written.number(hours)}


def what_of(resource: Thing, amount: int, size: int | None = None) -> str:
    """Return what a resource is, how much of it and how many it has room for; a single thing says so by its word."""
    kind, much = kind_of(resource), amount_of(resource, amount)
    room = ngettext("%(count)s seat", "%(count)s seats", size) % {"count": written.number(size)} if size else ""
    return ", ".join([kind, *(each for each in (much, room) if each not in ("", f"1 {kind.lower()}"))])


def price_of(deal: Deal | OfferInShort) -> str:
    """Return what something costs per what."""
    if deal.price_basis is PriceBasis.NONE:
        return label(deal.price_basis)
    return f"{written.money(deal.price_sek)} ({label(deal.price_basis).lower()})"


def sum_of(cost_sek: float | None) -> str:
    """Return what it comes to, or that nobody can say."""
    return _("depends on how long") if cost_sek is None else written.money(cost_sek)


def facts_of(view: OfferView) -> Facts:
    """Return what its family has to tell about a resource; of people their skills, by their names."""
    if not view.lent.is_readable:
        return [(_("What is stored"), _("cannot be read, so it takes no part in matching. It has to be changed."))]
    if view.lent.family.anonymous:
        return list(card_facts(view.card.facts if view.card else None, view.skills))
    return facts_text(view.lent.family, view.lent.facts)


def times_of(during: Collection[Interval]) -> list[str]:
    """Return the times, each written out."""
    return [written.period(interval) for interval in during]


def near_text(near: NearSkill) -> str:
    """Return by which skill somebody has another one."""
    said = {"held": _label(near.held), "level": near.level, "asked": _label(near.asked), "counts": near.counts}
    return _("%(held)s (%(level)s) counts as %(asked)s (%(counts)s)") % said


def card_facts(facts: StaffFacts | None, skills: Iterable[tuple[Skill, int]]) -> Iterator[tuple[str, str]]:
    """Yield what a capacity card says beside where it is; of a clearance only that one may be needed."""
    skills = list(skills)
    told = (f"{skill_text(skill)} ({label(str(level), 'skill_level').lower()})" for skill, level in skills)
    yield label("skills", "staff_shown"), ", ".join(told)
    if facts is not None:
        text = _("%(share)s from %(day)s")
        steps = (
            text % {"share": written.percent(share), "day": day} for day, share in sorted(facts.extent_changes.items())
        )
        yield label("extent_changes", "staff_shown"), ", ".join(steps)
        yield label("languages", "staff_shown"), languages_text(facts.languages)
        if facts.clearance_may_be_needed:
            yield label("clearance_may_be_needed", "staff_shown"), _("May be needed for the work")
        if facts.network:
            yield label("network", "staff_shown"), _named(facts.network, skills)
            yield label("network_hours", "staff_shown"), written.number(facts.network_hours or 0)


def _named(code: str, skills: Iterable[tuple[Skill, int]]) -> str:
    return next((skill_text(skill) for skill, _level in skills if skill.code == code), code)


def _label(skill: Skill | SkillInShort) -> str:
    return skill.label_sv if language() == "sv" else skill.label_en
