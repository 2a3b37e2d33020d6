"""The form of a hub: what it may be filled in with, and what it says. Its fields are named as in JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, one_of
from api.pages.offers.choices import options
from hubs.membership.reading import HubTold
from hubs.places.models import HubPhase, HubRole, ZoneUse
from hubs.places.rules import (
    CHECKLISTS,
    GREATEST_FEE,
    MOST_FEES,
    MOST_OPEN_HOUSES,
    MOST_ROLES,
    MOST_SEATS,
    FeeStep,
    HubDraft,
    OpenHouseDraft,
    RoleDraft,
    ZoneDraft,
)
from marketplace.organisations.models import Member, Organisation
from resources.models import Resource

SPARE_ROWS = 2
_ROWS = {
    "fees": (("employeesFrom", "feeSek"), MOST_FEES),
    "roles": (("role", "holder", "groupName"), MOST_ROLES),
    "openHouses": (("first", "last"), MOST_OPEN_HOUSES),
}


@dataclass(frozen=True)
class Holders:
    """Who may be given a role: an option for each organisation and person, and what it stands for."""

    organisations: list[Organisation]
    people: list[tuple[Member, Organisation]]

    @property
    def options(self) -> list[tuple[str, str]]:
        """The options with their words."""
        found = [(str(each.id), each.name) for each in self.organisations]
        return found + [(str(each.id), f"{each.name}, {home.name}") for each, home in self.people]

    def of(self, text: str) -> tuple[UUID, UUID | None] | None:
        """Return the organisation, and the person if it is one, that an option stands for."""
        known: dict[str, tuple[UUID, UUID | None]] = {str(each.id): (each.id, None) for each in self.organisations}
        known |= {str(each.id): (home.id, each.id) for each, home in self.people}
        return known.get(text)


def hub_of(form: Form, rooms: list[Resource], holders: Holders) -> HubDraft:
    """Return what a form says, all that is wrong in it told at once."""
    phase = form.choice("phase", HubPhase)
    said: dict[str, Any] = {
        "opened_on": form.day_or_none("openedOn"),
        "seats": form.whole_or_none("seats", least=1, most=MOST_SEATS),
        "fees": tuple(_fees(form)),
        "zones": tuple(_zones(form, rooms)),
        "roles": tuple(_roles(form, holders)),
        "open_houses": tuple(_open_houses(form)),
    }
    with form.noting():
        draft = HubDraft(
            name=form.value("name"),
            about=form.value("about"),
            landlord=form.value("landlord"),
            house_rules=form.value("houseRules"),
            phase=phase,
            done=frozenset(step for each in HubPhase for step in form.many(f"done.{each}")),
            **(said if not form.errors else {}),
        )
    form.check()
    return draft


def fields_of(told: HubTold) -> Form:
    """Return the form as what is stored fills it in."""
    hub = told.view.hub
    fees = [(str(each.employees_from), str(each.fee_sek)) for each in told.view.fees]
    roles = [
        (each.held.role.value, str(each.held.member_id or each.held.organisation_id), each.held.group_name)
        for each in told.roles
    ]
    days = [(each.first.isoformat(), each.last.isoformat()) for each in told.open_houses]
    rows = {
        f"{name}.{number}.{part}": [text]
        for name, found in (("fees", fees), ("roles", roles), ("openHouses", days))
        for number, texts in enumerate(found)
        for part, text in zip(_ROWS[name][0], texts, strict=True)
    }
    return Form(
        {
            "name": [hub.name],
            "about": [hub.about],
            "landlord": [hub.landlord],
            "houseRules": [hub.house_rules],
            "phase": [hub.phase.value],
            "openedOn": [hub.opened_on.isoformat() if hub.opened_on else ""],
            "seats": [str(hub.seats or "")],
            **{f"done.{each}": [step for step in CHECKLISTS[each] if step in hub.done] for each in HubPhase},
            **{f"zones.{room.id}": [zone.use.value] for zone, room in told.zones},
            **rows,
            "version": [str(hub.version)],
        }
    )


def names_in(form: Form) -> Mapping[str, str]:
    """Return the fields of a form by what the rules call what stands there: empty rows are not counted."""
    return {
        f"{name}.{number}.{part}": f"{name}.{row}.{part}"
        for name, (parts, _most) in _ROWS.items()
        for number, row in enumerate(_filled(form, name))
        for part in parts
    }


def form_context(form: Form, default: Form, rooms: list[Resource], holders: Holders) -> dict[str, Any]:
    """Return what the template of the form needs."""
    rows = {name: range(_shown(form if form.fields else default, name)) for name in _ROWS}
    said = labels(rows, rooms)
    return {
        "form": form,
        "default": default,
        "rows": rows,
        "rooms": [(f"zones.{each.id}", each.name) for each in rooms],
        "checklists": [
            (f"done.{phase}", label(phase), options(steps, "hub_step")) for phase, steps in CHECKLISTS.items()
        ],
        "phases": options(HubPhase),
        "uses": options(ZoneUse),
        "roles": options(HubRole),
        "holders": holders.options,
        "labels": said,
        "summary_labels": said,
    }


def labels(rows: Mapping[str, range], rooms: list[Resource]) -> dict[str, str]:
    """Return what the fields are called, in their order."""
    parts = {
        "fees": {"employeesFrom": _("Employees from, step %(number)s"), "feeSek": _("Kronor a year, step %(number)s")},
        "roles": {
            "role": _("Role %(number)s"),
            "holder": _("Who has role %(number)s"),
            "groupName": _("The group's name, role %(number)s"),
        },
        "openHouses": {"first": _("First day, week %(number)s"), "last": _("Last day, week %(number)s")},
    }
    return {
        "name": _("What is the hub called?"),
        "phase": _("How far has it come?"),
        "about": _("About the hub"),
        "landlord": _("Landlord"),
        "houseRules": _("House rules"),
        "openedOn": _("Opened on"),
        "seats": _("How many people may be members?"),
        **{f"done.{phase}": label(phase) for phase in HubPhase},
        **{f"zones.{each.id}": each.name for each in rooms},
        **{
            f"{name}.{row}.{part}": text % {"number": row + 1}
            for name, texts in parts.items()
            for row in rows[name]
            for part, text in texts.items()
        },
    }


def _filled(form: Form, name: str) -> Iterator[int]:
    """Yield the rows that have something in them."""
    parts, most = _ROWS[name]
    return (row for row in range(most) if any(form.value(f"{name}.{row}.{part}") for part in parts))


def _shown(form: Form, name: str) -> int:
    most = _ROWS[name][1]
    return min(most, max(_filled(form, name), default=-1) + 1 + SPARE_ROWS)


def _fees(form: Form) -> Iterator[FeeStep]:
    for row in _filled(form, "fees"):
        employees = form.whole(f"fees.{row}.employeesFrom", least=1)
        yield FeeStep(employees, form.whole(f"fees.{row}.feeSek", least=0, most=GREATEST_FEE))


def _zones(form: Form, rooms: list[Resource]) -> Iterator[ZoneDraft]:
    for each in rooms:
        use = one_of(ZoneUse, form.value(f"zones.{each.id}"))
        if use is not None:
            yield ZoneDraft(each.id, use)


def _roles(form: Form, holders: Holders) -> Iterator[RoleDraft]:
    for row in _filled(form, "roles"):
        role = form.choice(f"roles.{row}.role", HubRole)
        chosen = holders.of(form.value(f"roles.{row}.holder"))
        if chosen is None:
            form.wrong(f"roles.{row}.holder", "choose one")
        else:
            yield RoleDraft(role, *chosen, group_name=form.value(f"roles.{row}.groupName"))


def _open_houses(form: Form) -> Iterator[OpenHouseDraft]:
    for row in _filled(form, "openHouses"):
        first = form.day(f"openHouses.{row}.first")
        yield OpenHouseDraft(first, form.day(f"openHouses.{row}.last", first))
