"""The hubs of the sample region: two, with the twelve agencies, regions and municipalities that are members, and people
of theirs; one organisation and one person wait for an answer.

Played by its members through the same use cases as anybody's.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from core.actor import Actor
from core.database import db
from core.time import clock
from hubs.activities import sample as activities
from hubs.desk import sample as desk
from hubs.figures import sample as figures
from hubs.groups import sample as groups
from hubs.membership import agreements, manifesto, people
from hubs.membership.queries import membership_at
from hubs.membership.rules import WELCOME, ApplicationDraft, MembershipDraft, Terms
from hubs.places import queries, service
from hubs.places.models import HubPhase, HubRole, ZoneUse
from hubs.places.rules import STEPS, FeeStep, HubDraft, OpenHouseDraft, RoleDraft, ZoneDraft, fee_of
from hubs.presence import sample as presence
from hubs.questions import sample as questions
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for
from resources.models import Site

MANIFESTO = (
    "Här är vi kollegor, vilken organisation vi än kommer från. Vi delar med oss av det vi kan och frågar om det vi "
    "inte kan. Vi lyssnar klart. Vi tar med det vi lär oss hem."
)
RULES = "Diska efter dig. Ring i telefonbåsen. Lämna rummet som du vill finna det."


@dataclass(frozen=True)
class SampleHub:
    """What one of the hubs is like; people by the beginning of their addresses."""

    site: str
    host: str
    about: str
    landlord: str
    fees: tuple[FeeStep, ...]
    zones: dict[str, ZoneUse]
    members: tuple[str, ...]
    """Whose organisations become members, by this hub's agreement or by the first hub's for both."""
    waits: str
    seats: int = 60
    done: frozenset[str] = field(default_factory=lambda: frozenset(STEPS[:10]))


EAST = SampleHub(
    "Samverket Östersund",
    "hubbvard.lansstyrelsen",
    "En plats i Östersund där offentligt anställda arbetar sida vid sida, vilken organisation de än hör till.",
    "Akademiska Hus",
    (FeeStep(1, 10_000), FeeStep(200, 25_000), FeeStep(1000, 50_000)),
    {
        "Tysta skrivbord Östersund": ZoneUse.QUIET,
        "Torget": ZoneUse.CONVERSATION,
        "Verkstaden": ZoneUse.WORKSHOP,
        "Mötesrum Andersön": ZoneUse.SMALL_GROUP,
    },
    (
        "projektledare.lansstyrelsen",
        "lokalstrateg.arbetsformedlingen",
        "verksamhetsutvecklare.fk",
        "insatssamordnare.msb",
        "lokalsamordnare.migrationsverket",
        "husansvarig.miun",
        "logistiker.polisen",
        "verksamhetschef.regionjh",
    ),
    "lokalsamordnare.regionjh",
)
CITY = SampleHub(
    "Samverket Stockholm",
    "vard.vinnova",
    "En plats i Stockholm för möten mellan myndigheter, regioner och kommuner.",
    "",
    (FeeStep(1, 40_000), FeeStep(200, 100_000), FeeStep(1000, 200_000)),
    {
        "Tysta skrivbord Stockholm": ZoneUse.QUIET,
        "Stora salen": ZoneUse.CONVERSATION,
        "Labbet": ZoneUse.WORKSHOP,
        "Mötesrum Norr": ZoneUse.SMALL_GROUP,
    },
    (
        "programledare.vinnova",
        "utredare.statskontoret",
        "programansvarig.formas",
        "kompetenssamordnare.uppsala",
        "lokalstrateg.arbetsformedlingen",
        "verksamhetsutvecklare.fk",
    ),
    "hr.statskontoret",
)
IN_BOTH = ("lokalstrateg.arbetsformedlingen", "verksamhetsutvecklare.fk")
ADMIN_WHO_ASKS = "administrator.kalmar"
EMPLOYEES = 400


def play() -> None:
    """Let both hubs be there with their members, in a market that has the samples."""
    with db.unit_of_work() as session:
        hubs = {each.site: _make(session, each) for each in (EAST, CITY)}
        for each in (EAST, CITY):
            for name in each.members:
                _join(session, name, each, hubs)
            _apply(session, each.waits, hubs[each.site])
            _meet(session, each, hubs[each.site])
        in_hubs = [_actor(session, name) for name in dict.fromkeys((*EAST.members, *CITY.members))]
        group = groups.play(session, hubs[EAST.site], in_hubs)
        questions.play_in_group(session, group, *in_hubs[:2])
        agreements.ask(session, _actor(session, ADMIN_WHO_ASKS), _asked(hubs[EAST.site]))


def _make(session: Session, sample: SampleHub) -> UUID:
    site = session.exec(select(Site).where(Site.name == sample.site)).one()
    host = _actor(session, sample.host)
    rooms = {each.name: each.id for each in queries.rooms_at(session, site)}
    today = clock.today()
    draft = HubDraft(
        name=sample.site,
        about=sample.about,
        landlord=sample.landlord,
        house_rules=RULES,
        phase=HubPhase.RUN,
        done=sample.done,
        opened_on=today - timedelta(days=200),
        seats=sample.seats,
        fees=sample.fees,
        zones=tuple(ZoneDraft(rooms[name], use) for name, use in sample.zones.items()),
        roles=(
            RoleDraft(HubRole.PRINCIPAL, site.organisation_id),
            RoleDraft(HubRole.COMMUNITY_MANAGER, site.organisation_id, host.member_id),
        ),
        open_houses=(OpenHouseDraft(today + timedelta(days=70), today + timedelta(days=74)),),
    )
    hub = service.create(session, host, site.id, draft)
    manifesto.publish(session, host, hub.id, MANIFESTO)
    return hub.id


def _join(session: Session, name: str, sample: SampleHub, hubs: dict[str, UUID]) -> None:
    """Let somebody's organisation be a member, of both hubs where it is in both, and then the person itself."""
    hub_id, person = hubs[sample.site], _actor(session, name)
    if membership_at(session, person.organisation_id, hub_id) is None:
        wanted = (hub_id, *(each for each in hubs.values() if each != hub_id and name in IN_BOTH))
        domain = name.partition(".")[2]
        asked = agreements.ask(session, _actor(session, f"administrator.{domain}"), _asked(*wanted))
        terms = Terms(fee_sek=fee_of(sample.fees, EMPLOYEES) or 0, ends=clock.today() + timedelta(days=365))
        agreements.agree(session, _actor(session, sample.host), asked.id, terms)
        if len(wanted) > 1:
            agreements.cover(session, _actor(session, CITY.host), asked.id, hubs[CITY.site])
    row_id = _apply(session, name, hub_id)
    people.admit(session, _actor(session, sample.host), row_id)
    manifesto.sign(session, person, row_id, 1)
    people.welcome(session, _actor(session, sample.host), row_id, WELCOME)


def _meet(session: Session, sample: SampleHub, hub_id: UUID) -> None:
    """Let there be a term of activities, one of them in the zone for workshops."""
    zones = queries.zones(session, hub_id)
    room_id = next(zone.resource_id for zone, _ in zones if zone.use is ZoneUse.WORKSHOP)
    members = [_actor(session, name) for name in sample.members]
    activities.play(session, hub_id, _actor(session, sample.host), members, room_id)
    presence.play(session, hub_id, members)
    desk.play(session, hub_id, _actor(session, sample.host), members)
    questions.play(session, hub_id, members)
    figures.play(session, hub_id, _actor(session, sample.host), members)


def _apply(session: Session, name: str, hub_id: UUID) -> UUID:
    person = _actor(session, name)
    said = ApplicationDraft(
        aims="Vi vill se hur andra löser samma uppgift.",
        contribution="Jag berättar gärna om vad vi har prövat.",
        first_name=person.name[:40],
    )
    return people.apply(session, person, hub_id, said).id


def _asked(*hub_ids: UUID) -> MembershipDraft:
    return MembershipDraft(
        hub_ids=hub_ids,
        employees=EMPLOYEES,
        starts=clock.today(),
        ends=clock.today() + timedelta(days=365),
        signatory="Generaldirektören",
    )


def _actor(session: Session, name: str) -> Actor:
    return actor_for(session, session.exec(select(Member.id).where(Member.email == f"{name}@example.se")).one())
