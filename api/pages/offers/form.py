"""The form of an offer: fields named as the drafts name their properties, read with all that is wrong told at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from api.language import format as written
from api.pages.families.reading import read_facts
from api.pages.forms import Form, uuid_of
from api.pages.offers.hours import hours_of_form
from core import geo
from core.errors import BadInput, Conflict, InvalidParameter
from core.limits import LONGEST_EMAIL, refuse_if
from core.serialization import camel, from_json
from core.time import clock
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, from_range
from marketplace.offers.models import Offer, PriceBasis, Terms, Visibility
from marketplace.offers.rules import (
    OfferDraft,
    Widening,
    entry_faults,
    mailbox_faults,
    over_faults,
    value_faults,
    widens_of,
)
from marketplace.organisations.models import OrganisationKind
from resources.drafts import PartDraft, ResourceDraft, SiteDraft, words_faults
from resources.families.family import Family
from resources.families.staff import StaffFacts
from resources.models import Resource
from resources.vocabulary import Access

SKILL_ROWS, PART_ROWS = 4, 3
MOST_WIDENS = len(Visibility) - 1
NOWHERE = UUID(int=0)
"""Stands for the site that is made only once all else is known to be right."""

FIELDS = {"end": "last", "during": "last", "start": "first", "widens": "widenOn"}
"""What rules call otherwise than the form does."""
_SITE_FIELDS = {"name": "siteName", "address": "siteAddress", "access": "siteAccess"}


@dataclass(frozen=True)
class Posted:
    """What a lister has filled in. With a new `site`, `resource` stands nowhere until that is made."""

    resource: ResourceDraft
    offer: OfferDraft
    site: SiteDraft | None
    card: StaffFacts | None

    def at(self, site_id: UUID) -> ResourceDraft:
        """Return the resource as it stands at the site that was made for it."""
        return replace(self.resource, site_id=site_id)


def read_post(form: Form, family: Family, owner: OrganisationKind) -> Posted:
    """Return what the form of a new offer says, by an organisation of a kind.

    Raises
    ------
    BadInput
        Something in it is wrong; the error names every such field.
    """
    site, card, site_id, resource = None, None, None, None
    facts = read_facts(form, family)
    if family.anonymous:
        with noted(form):
            card = from_json(StaffFacts, facts)
    if family.workplace is None:
        site_id = _site_id(form)
        if site_id is None:
            site_id = NOWHERE
            with noted(form, _SITE_FIELDS):
                site = _site(form)
    with noted(form):
        resource = resource_of_form(form, family, facts, site_id)

    def also(draft: OfferDraft) -> Iterator[InvalidParameter]:
        yield from entry_faults(draft, family.name)
        if resource is not None:
            yield from mailbox_faults(draft, family.name, resource.kind)
        yield from over_faults(draft.during, clock.now())
        if resource is not None:
            yield from value_faults(draft.terms, owner, resource.facts)

    offer = read_terms(form, also=also)
    if resource is None:  # of which the form has been told
        raise BadInput.of(form.errors)
    return Posted(resource, offer, site, card)


def read_terms(
    form: Form,
    stored: Offer | None = None,
    resource: Resource | None = None,
    *,
    also: Callable[[OfferDraft], Iterable[InvalidParameter]] = lambda _: (),
) -> OfferDraft:
    """Return what the form says of time, price and who may see the offer; `also` yields what else is wrong with it.

    What the form says of a `stored` offer of a `resource` as it was shown stays as it is, to the second.

    Raises
    ------
    BadInput
        Something in it is wrong, or in what was read of the form before; the error names every such field.
    """
    start, end = _start(form), _end(form)
    said: dict[str, Any] = {
        "visibility": form.choice("visibility", Visibility),
        "widens": _widens(form),
        "department": form.text("department", most=200) or None,
        "calendar_mailbox": form.text("calendarMailbox", most=LONGEST_EMAIL) or None,
        "terms": form.choice("terms", Terms) if form.value("terms") else Terms.LOAN,
        "price_basis": form.choice("priceBasis", PriceBasis),
        "price_sek": form.whole_or_none("priceSek", least=0) or 0,
        "conditions": form.text("conditions", most=4000),
    }
    if stored is not None and resource is not None:
        shown, during = terms_form(stored, resource), from_range(stored.during)
        start = during.start if form.unchanged(shown, "first", "firstTime") else start
        end = during.end if form.unchanged(shown, "last", "lastTime") else end
        before = {"department": resource.department, "conditions": stored.conditions}
        said |= {name: value for name, value in before.items() if form.unchanged(shown, name)}
    if any(form.error(name) for name in ("visibility", *widen_names(0), *widen_names(1))):  # no rule holds of these
        said |= {"visibility": Visibility.ALL, "widens": ()}
    during = Interval(start, None)
    with noted(form):
        during = Interval(start, end)
    basis = said["price_basis"]
    draft = OfferDraft(during, terms=said["terms"], price_basis=basis, price_sek=int(basis is not PriceBasis.NONE))
    with noted(form):
        draft = OfferDraft(during, **said)
    with noted(form):
        refuse_if(also(draft))
    form.check()
    return draft


def terms_form(offer: Offer, resource: Resource) -> Form:
    """Return the form with what an offer of a resource says."""
    said = {
        "visibility": offer.visibility.value,
        "department": " ".join((resource.department or "").splitlines()),  # a field has one line
        "calendarMailbox": resource.calendar_mailbox or "",
        "terms": offer.terms.value,
        "priceBasis": offer.price_basis.value,
        "priceSek": str(offer.price_sek or ""),
        "conditions": offer.conditions,
        "version": str(offer.version),
        **_shown_time(from_range(offer.during)),
    }
    for n, (day, tier) in enumerate(widens_of(offer)):
        on, to = widen_names(n)
        said |= {on: day.isoformat(), to: tier.value}
    return Form({name: [text] for name, text in said.items()})


def widen_rows(form: Form) -> int:
    """Return how many rows say from when more may see it: those filled in and one more, as far as there are tiers."""
    filled = [n for n in range(MOST_WIDENS) if any(form.value(name) for name in widen_names(n))]
    return min(max(filled, default=-1) + 2, MOST_WIDENS)


def widen_names(row: int) -> tuple[str, str]:
    """Return the names of a row's fields: from which day, and who then."""
    number = f".{row + 1}" if row else ""
    return f"widenOn{number}", f"widenTo{number}"


@contextmanager
def noted(form: Form, fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """Tell the form what is wrong in the block and go on, so that all is told at once; `fields` maps rules' names."""
    try:
        yield
    except BadInput as error:
        for each in error.parameters:
            name = each.property.partition(".")[0].partition("[")[0]
            field = {**FIELDS, **(fields or {})}.get(name, each.property)
            if not form.error(field):
                form.errors.append(InvalidParameter(field, each.value, each.reason))


@contextmanager
def free_name(field: str) -> Iterator[None]:
    """Tell that a name is taken beside the field in which it was typed."""
    try:
        yield
    except Conflict as error:
        if error.code != "already_exists":
            raise
        raise BadInput(field, "", "there is one with this name already: choose another") from error


def _site_id(form: Form) -> UUID | None:
    """Return the site that was chosen; nothing when a new address is written."""
    if form.value("siteName"):
        return None
    text = form.value("siteId")
    if text and uuid_of(text) is None:
        form.wrong("siteId", "choose one")
    return uuid_of(text)


def _site(form: Form) -> SiteDraft:
    name, address = form.text("siteName", required=True, most=200), form.text("siteAddress", most=200)
    latitude, longitude = form.degrees_or_none("latitude"), form.degrees_or_none("longitude")
    hours, code = hours_of_form(form), form.value("municipalityCode")
    if code not in {each.code for each in geo.municipalities()}:
        form.wrong("municipalityCode", "choose one")
        code = geo.municipalities()[0].code
        latitude = longitude = None
    if (latitude is None) != (longitude is None):
        for name in ("latitude", "longitude"):
            if not form.value(name):
                form.wrong(name, "a position has both a latitude and a longitude")
        latitude = longitude = None
    seat = geo.municipality(code).position
    return SiteDraft(
        name=name,
        address=address,
        municipality_code=code,
        latitude=seat.latitude if latitude is None else latitude,
        longitude=seat.longitude if longitude is None else longitude,
        access=frozenset(form.choices("siteAccess", Access)),
        opening_hours=hours,
    )


def resource_of_form(form: Form, family: Family, facts: Mapping[str, object], site_id: UUID | None) -> ResourceDraft:
    """Return what the form says of a resource with the facts that were read from it; BadInput where it is wrong."""
    name, description = form.text("name", required=True, most=200), form.text("description", most=4000)
    kind = family.only_kind or form.choice("kind", family.kinds)
    kept = {camel(each.name) for each in fields(family.kept)}
    parts = _parts(form) if family.divisible else ()
    with noted(form):
        refuse_if(words_faults(family, name, description))
    return ResourceDraft(
        family=family.name,
        kind=kind,
        name=name,
        facts=from_json(family.kept, {said: value for said, value in facts.items() if said in kept}),
        description=description,
        site_id=site_id,
        parts=parts,
    )


def _parts(form: Form) -> tuple[PartDraft, ...]:
    """Return the parts of a hall: the rows that have a name."""
    rows = [n for n in range(PART_ROWS) if form.value(f"parts.{n}.name")]
    parts = []
    for n in rows:
        with noted(form, {"name": f"parts.{n}.name", "seats": f"parts.{n}.seats"}):
            parts.append(PartDraft(form.text(f"parts.{n}.name"), form.whole(f"parts.{n}.seats", least=1)))
    return tuple(parts)


def _start(form: Form) -> datetime:
    """Return from when it is offered: the beginning of a day where no time of day is told."""
    if form.value("firstTime"):
        return form.moment("first", "firstTime")
    return _midnight(form.day("first"))


def _end(form: Form) -> datetime | None:
    """Return until when it is offered: the end of a day where no time of day is told; nothing without a day."""
    last = form.day_or_none("last")
    if last is None:
        if form.value("lastTime") and not form.error("last"):
            form.wrong("last", "fill this in")
        return None
    at = form.clock_time("lastTime", end=True) if form.value("lastTime") else time.min
    return _midnight(last + timedelta(days=1)) if at == time.min else datetime.combine(last, at, STOCKHOLM)


def _shown_time(during: Interval) -> dict[str, str]:
    """Return the days of an offer, with times of day where it does not have them whole."""
    start, end = written.in_sweden(during.start), during.end and written.in_sweden(during.end)
    said = {"first": _day(start), "firstTime": _time_of_day(start), "last": "", "lastTime": ""}
    if end is not None:
        at = _time_of_day(end)
        said |= {"last": _day(end if at else end - timedelta(microseconds=1)), "lastTime": at}
    return said


def _widens(form: Form) -> tuple[Widening, ...]:
    """Return from when more may see the offer: the rows where a day or a tier is filled in."""
    found: list[Widening] = []
    for n in range(MOST_WIDENS):
        on, to = widen_names(n)
        if form.value(on) or form.value(to):
            found.append((form.day(on), form.choice(to, Visibility)))
    return tuple(found)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, STOCKHOLM)


def _day(instant: datetime) -> str:
    return written.day(instant)


def _time_of_day(local: datetime) -> str:
    """Return a time of day, or nothing for midnight."""
    return "" if (local.hour, local.minute) == (0, 0) else written.clock_time(local)
