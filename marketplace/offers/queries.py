"""Every question about offers. What an actor may see is said once, in `visible_to`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    false,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlmodel import Session, col

from competence.models import Skill, StaffCapacity
from competence.queries import Card, card_of, skills_of
from core import geo
from core.actor import Actor, Permission, Private
from core.database.audit import latest_moves
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_rows
from core.database.statements import Made, made_once
from core.database.tables import Instant, among, any_of, coordinated, one_of, within
from core.database.undo import time_to_undo
from core.errors import NotFound
from core.serialization import to_json
from core.swedish import swedish_key
from core.time import clock
from marketplace.offers import rules
from marketplace.offers.homes import Home, home_of, may_know
from marketplace.offers.mentions import Asked, asked_words, forgiving
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.offers.search import OfferSearch
from marketplace.offers.sought.free_search import TakenOf
from marketplace.offers.sought.statements import Sought
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from resources.families import family_of
from resources.models import Resource, Site, Unit
from resources.queries import (
    WITHOUT_HOURS,
    Described,
    anonymous_families,
    claims_taken,
    units_of,
    with_listed_hours,
)


class Asking(Protocol):
    """Whose request it is."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def department(self) -> str | None: ...


class Owned(Asking, Protocol):
    """Whose something that is lent is, and of which family."""

    @property
    def family(self) -> str: ...


@dataclass(frozen=True)
class OfferView:
    """An offer with all that a reader wants to know of it.

    `owner` is whose it is, and `home` what the reader may know of that and of where it is. `card` and `skills` are what
    only staff has. `exact` says whether the reader may see the address and position: before a booking others see the
    municipality only. `named` says whether the reader may know its name and words.
    `managed` says whether the reader may change the offer, and `undo_until` until when it may undo that it was closed.
    """

    offer: Offer
    lent: Described
    owner: Organisation
    home: Home
    card: Card | None
    skills: tuple[tuple[Skill, int], ...]
    units: tuple[Unit, ...]
    exact: bool
    named: bool
    managed: bool
    undo_until: datetime | None = None

    @property
    def municipalities(self) -> tuple[geo.Municipality, ...]:
        """Where it stands, or where a person can work on site; who may know it is for `home` to say."""
        return _municipalities(self.lent, self.card)

    @property
    def told_card(self) -> dict[str, Any] | None:
        """What the reader may know of what a capacity card says, as JSON."""
        if self.card is None:
            return None
        said = to_json(self.card.facts)
        if not self.exact:
            said |= {"peopleMeant": None, "municipalityCodes": [each.code for each in self.home.municipalities]}
        return said

    def home_for(self, reader: Actor | None, asker_id: UUID, *, agreed: bool) -> Home:
        """Return what somebody may know of whose it is and where, as it is proposed to, or agreed on with, who asks."""
        told = not _few_are_meant(self.lent, self.card) or may_know(reader, self.owner.id, asker_id, agreed=agreed)
        return home_of(self.owner, self.municipalities, told=told)

    def named_for(self, reader: Actor) -> bool:
        """Whether its name and words may be told to somebody, agreed or not; for a loan see `BookingView.named`."""
        return is_named(reader, self.lent.resource)

    @property
    def capacity(self) -> int:
        """How much of it can be taken at once: desks, things, percent, else 1."""
        return self.units[0].capacity if len(self.units) == 1 else 1


def visible_to(actor: Actor | None) -> Select[Offer]:
    """Return the SELECT of all offers that somebody may see, joined with resource, organisation, site and card.

    Those who answer for an offer see it in every state, and HR its own people's. Coordinators see those of their area
    but for drafts. Others see open offers whose audience they are in today. Nobody but those who answer for it sees a
    person's time without the yes of all three, or what is of an organisation that has left. What is for one need alone
    is shown to nobody beside them: who asks meets it in a proposal. The system itself sees everything.
    """
    statement = _joined()
    if actor is None:
        return statement
    decides = and_(col(Offer.state) != OfferState.DRAFT, coordinated(actor, col(Offer.organisation_id)))
    shown = or_(decides, _shown(actor))
    return statement.where(or_(_managed(actor), and_(shown, takes_part(), is_approved())))


@cache
def _joined() -> Select[Offer]:
    return (
        select(Offer)
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .join(Organisation, col(Organisation.id) == col(Offer.organisation_id))
        .outerjoin(Site, col(Site.id) == col(Resource.site_id))
        .outerjoin(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
    )


def offer_views(session: Session, actor: Actor | None, found: Select[Offer]) -> list[OfferView]:
    """Return the offers of a SELECT that begins with `visible_to`, with all that belongs to them, in two to four
    queries however many they are."""
    return _views(session, actor, session.execute(_whole(found)).all())


def _whole(found: Select[Any]) -> Select[Offer, Resource, Organisation, Site, StaffCapacity]:
    """Return a SELECT that begins with `visible_to` with all that it is joined with."""
    return found.with_only_columns(Offer, Resource, Organisation, Site, StaffCapacity, maintain_column_froms=True)


def _views(session: Session, actor: Actor | None, rows: Sequence[Row[Any]], *, listed: bool = False) -> list[OfferView]:
    found = [Described(row.Resource, row.Site) for row in rows]
    lent = {each.resource.id: each for each in (with_listed_hours(session, found) if listed else found)}
    units = units_of(session, lent)
    people = [key for key, each in lent.items() if each.family.anonymous]
    skills = skills_of(session, people) if people else {}
    closed_ones = [row for row in rows if row.Offer.state is OfferState.CLOSED]
    own = [row.Offer.id for row in closed_ones if rules.manages(actor, row.Resource)]
    closed = {key: move.at for key, move in latest_moves(session, rules.OFFER.entity, own).items()}

    def view(offer: Offer, owner: Organisation, row: StaffCapacity | None) -> OfferView:
        key = offer.resource_id
        card = card_of(row, skills[key]) if row else None
        told = not _few_are_meant(lent[key], card) or may_know(actor, owner.id)
        at_home = actor is None or actor.organisation_id == offer.organisation_id
        place_known = actor is not None and actor.coordinates_for(offer.organisation_id) and key not in people
        return OfferView(
            offer=offer,
            lent=lent[key],
            owner=owner,
            home=home_of(owner, _municipalities(lent[key], card), told=told),
            card=card,
            skills=_by_level(skills[key]) if row else (),
            units=tuple(unit for unit, _ in units.get(key, ())),
            exact=at_home or place_known,
            named=is_named(actor, lent[key].resource),
            managed=rules.manages(actor, lent[key].resource),
            undo_until=time_to_undo(closed.get(offer.id)),
        )

    return [view(row.Offer, row.Organisation, row.StaffCapacity) for row in rows]


def is_offered(session: Session, resource_id: UUID) -> bool:
    """Tell whether a resource is offered to anybody."""
    found = select(col(Offer.id)).where(col(Offer.resource_id) == resource_id, col(Offer.state) == OfferState.OPEN)
    return session.scalars(found.limit(1)).one_or_none() is not None


def offer_view(session: Session, actor: Actor | None, offer_id: UUID) -> OfferView:
    """Return one offer.

    Raises
    ------
    NotFound
        There is none that the actor may see.
    """
    found = _views(session, actor, session.execute(*_one(actor, offer_id)).all())
    if not found:
        raise NotFound("offer", offer_id)
    return found[0]


@made_once
def _one(actor: Actor | None, offer_id: UUID) -> Select[Offer, Resource, Organisation, Site, StaffCapacity]:
    return _whole(visible_to(actor).where(col(Offer.id) == offer_id))


def search_offers(
    session: Session,
    actor: Actor | None,
    search: OfferSearch,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    *,
    taken_of: TakenOf = claims_taken,
) -> Page[OfferView]:
    """Return the offers that fit: nearest first when a position is given, then those that fit best, then newest first.

    What counts as taken beside bookings is above offers: see `views.search`.
    """
    words = words_looked_for(session, actor, search)
    return views_page(session, actor, found_free(session, actor, search, words, taken_of), page, limit)


def words_looked_for(session: Session, actor: Actor | None, search: OfferSearch) -> list[Asked]:
    """Return the words of the text that is looked for; those that nothing is spelled as stand for others."""
    return forgiving(session, visible_to(actor), words_typed(session, search), actor)


def words_typed(session: Session, search: OfferSearch) -> list[Asked]:
    """Return the words of the text that is looked for, as they are spelled."""
    return asked_words(session, search.text) if search.text else []


def found_free(
    session: Session, actor: Actor | None, search: OfferSearch, words: Sequence[Asked], taken_of: TakenOf
) -> Made[Select[Offer]]:
    """Return the SELECT of what fits and can be had in the time that is looked for, in its order."""
    sought = Sought(visible_to(actor), actor, search, taken_of)
    return Made(sought.found, sought.values(session, search, words, {}))


def views_page(
    session: Session,
    actor: Actor | None,
    wanted: Made[Select[Offer]],
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[OfferView]:
    """Return a page of a SELECT that begins with `visible_to`, see `read_rows`, the hours as a list shows them."""
    rows = Paged(_whole(wanted.statement).options(*WITHOUT_HOURS))
    found = read_rows(session, Made(rows, wanted.values), page, limit)
    return found.of(lambda rows: _views(session, actor, rows, listed=True))


def views_by_id(session: Session, actor: Actor | None, ids: Sequence[UUID]) -> list[OfferView]:
    """Return offers that the actor was found to see, in the order of their ids."""
    rows = session.execute(_BY_ID, {"offers": list(ids)}).all() if ids else ()
    by_id = {view.offer.id: view for view in _views(session, actor, rows)}
    return [by_id[each] for each in ids if each in by_id]


_BY_ID = _whole(_joined().where(among(col(Offer.id), "offers")))


def offer_to_change(session: Session, actor: Actor | None, offer_id: UUID) -> tuple[Offer, Resource]:
    """Return an offer that the actor may see, with its resource; NotFound otherwise."""
    offer = _offer(session, actor, offer_id)
    return offer, session.get_one(Resource, offer.resource_id)


def offers_of(session: Session, resource_ids: Collection[UUID]) -> list[Offer]:
    """Return the offers of resources as they now are: those that are closed last, else the latest first."""
    theirs = select(Offer).where(any_of(col(Offer.resource_id), resource_ids))
    found = theirs.order_by(col(Offer.state) == OfferState.CLOSED, col(Offer.id).desc())
    return list(session.scalars(found.execution_options(populate_existing=True)))


def count_of(session: Session, organisation_id: UUID) -> int:
    """Return how many offers an organisation has, but for closed ones."""
    return session.scalars(counted(organisation_id)).one()


def counted(organisation_id: UUID) -> Select[int]:
    """Count the offers that an organisation has, but for closed ones."""
    own = col(Offer.organisation_id) == organisation_id
    return select(func.count()).where(own, col(Offer.state) != OfferState.CLOSED)


def shown_to_all(session: Session) -> dict[str, int]:
    """Return how many offers of each family every organisation may see today."""
    shown = visible_to(None).where(is_shown_outside(), _reaches(Visibility.ALL))
    found = shown.with_only_columns(col(Resource.family), func.count())
    rows = session.execute(found.group_by(col(Resource.family)))
    return {family: number for family, number in rows}  # noqa: C416 (rows are no pairs to mypy)


def is_shown_outside() -> ColumnElement[bool]:
    """Say that an offer may be seen today by somebody at another organisation."""
    to_any = col(Offer.state) == OfferState.OPEN, col(Offer.for_need_id).is_(None)
    return and_(*to_any, _reaches(Visibility.PARTNERS), takes_part(), is_approved())


def is_named(reader: Actor | None, resource: Owned) -> bool:
    """Tell whether somebody may know the name of a resource whatever is agreed."""
    if reader is None or not family_of(resource.family).anonymous:
        return True
    return reader.reads(Private.CARD_NAME, resource.organisation_id, resource.department)


def _offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    found = session.scalars(visible_to(actor).where(col(Offer.id) == offer_id)).one_or_none()
    if found is None:
        raise NotFound("offer", offer_id)
    return found


def _managed(actor: Actor) -> ColumnElement[bool]:
    owner = col(Offer.organisation_id), col(Resource.department)
    cards = and_(within(actor, Permission.READ_CARD, *owner), one_of(col(Resource.family), anonymous_families()))
    return or_(within(actor, Permission.OFFER, *owner), cards)


def _shown(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL what `rules.Audience.includes` says of an open offer today."""
    at_home = col(Offer.organisation_id) == actor.organisation_id
    stands_in = func.coalesce(func.left(col(Site.municipality_code), 2), col(Organisation.county_code))
    audiences = [
        _reaches(Visibility.ALL),
        and_(_reaches(Visibility.REGION), stands_in == actor.county_code),
        and_(_reaches(Visibility.PARTNERS), any_of(col(Offer.organisation_id), actor.partner_ids)),
        and_(_reaches(Visibility.ORGANISATION), at_home),
    ]
    if actor.department is not None:
        audiences.append(and_(at_home, col(Resource.department) == actor.department))
    return and_(col(Offer.state) == OfferState.OPEN, col(Offer.for_need_id).is_(None), or_(*audiences))


@cache
def _reaches(tier: Visibility) -> ColumnElement[bool]:
    """Say whether an offer is shown to a tier on the day that this is asked, from the start or as it has widened."""
    tiers = rules.TIERS[rules.TIERS.index(tier) :]
    among = " || ".join(f'@[1] == "{wide.value}"' for wide in tiers)
    # `strict`, for a lax filter would look inside each pair of date and tier instead of at it.
    path = cast(f"strict $[*] ? (@[0] <= $today && ({among}))", JSONPATH)
    today: BindParameter[Any] = bindparam("today", type_=JSONB, callable_=_today)
    wide_enough = or_(*(col(Offer.visibility) == each for each in tiers))
    return or_(wide_enough, func.jsonb_path_exists(col(Offer.widens), path, today))


def _today() -> dict[str, str]:
    return {"today": clock.today().isoformat()}


@cache
def is_approved() -> ColumnElement[bool]:
    """Say that all three say yes to lending a person in some of the time of the offer, and from now on; so does
    everybody to what is no person."""
    approved = col(StaffCapacity.approved_during)
    now: BindParameter[Any] = bindparam("now", type_=Instant, callable_=clock.now)
    ahead = and_(approved.op("&&")(Offer.during), approved.op("&&")(func.tstzrange(now, null())))
    return or_(col(StaffCapacity.resource_id).is_(None), func.coalesce(ahead, false()))


def _municipalities(lent: Described, card: Card | None) -> tuple[geo.Municipality, ...]:
    if lent.site is not None:
        return (geo.municipality(lent.site.municipality_code),)
    return tuple(geo.municipality(code) for code in (card.facts.municipality_codes if card else ()))


def _few_are_meant(lent: Described, card: Card | None) -> bool:
    return lent.family.anonymous and (card is None or card.facts.few_are_meant)


def _by_level(held: Iterable[tuple[Skill, int]]) -> tuple[tuple[Skill, int], ...]:
    """Return skills with their levels, highest first, those of one level by name."""
    return tuple(sorted(held, key=lambda each: (-each[1], swedish_key(each[0].label_sv))))
