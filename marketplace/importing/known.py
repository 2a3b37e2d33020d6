"""What the market has already, by the names that files use, whatever their case and blanks: read once for a file."""

import difflib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from competence import queries as competence
from competence.models import Skill
from core.actor import Actor
from core.errors import BadInput
from core.swedish import same_case
from marketplace.importing import queries
from marketplace.importing.reading.cells import LONGEST_HINTED
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actors_for
from marketplace.requests.models import Request
from resources.models import Resource, Site

T = TypeVar("T")
_ByOwner = dict[UUID, dict[str, list[T]]]


class Known:
    """Rows by what all spellings of their names share. `forget` what was read when some of it is taken back."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.owners: set[UUID] = set()
        """The organisations whose things the file names."""
        self.forget()

    def forget(self) -> None:
        """Read everything anew when it is asked for next."""
        self._organisations: dict[str, list[Organisation]] | None = None
        self._members: dict[str, list[Member]] | None = None
        self._sites: _ByOwner[Site] = {}
        self._resources: _ByOwner[Resource] = {}
        self._requests: _ByOwner[Request] = {}
        self._actors: dict[UUID, Actor] = {}

    @cached_property
    def skills(self) -> dict[str, Skill]:
        """The vocabulary by its codes."""
        return competence.all_skills(self._session)

    def organisation(self, name: str) -> Organisation:
        """Return an organisation by its name, short name or number.

        Raises
        ------
        BadInput
            There is none, or several; it suggests names that look alike.
        """
        found = self.read_organisations().get(same_case(name), [])
        exact = [each for each in found if name in (each.name, each.number)] or found
        if len(exact) == 1:
            return exact[0]
        reason = "several organisations are called so: write its full name"
        if not found:
            near = alike(name, sorted({each.name for rows in self.read_organisations().values() for each in rows}))
            reason = f"there is no such organisation: did you mean {near}?" if near else "there is no such organisation"
        raise BadInput("organisation", name, reason)

    def organisation_with(self, name: str) -> Organisation | None:
        """Return the organisation with this full name."""
        found = self.read_organisations().get(same_case(name), [])
        return _only("name", name, [each for each in found if same_case(each.name) == same_case(name)], _name)

    def member(self, email: str, organisation_id: UUID | None = None) -> Member | None:
        """Return the member of an organisation with an address; of any, where none is named and one alone has it.

        Raises
        ------
        BadInput
            Several organisations have a member with the address.
        """
        if self._members is None:
            self._members = _by(lambda each: each.email, queries.members(self._session))
        known = self._members.get(same_case(email), [])
        found = [each for each in known if each.deprovisioned_at is None] or known
        if organisation_id is not None:
            return next((each for each in found if each.organisation_id == organisation_id), None)
        if len(found) > 1:
            raise BadInput(
                "email", email, "several organisations have a member with this address: name the organisation"
            )
        return found[0] if found else None

    def site(self, organisation_id: UUID, name: str) -> Site | None:
        """Return an organisation's site by its name."""
        return _only("name", name, self._sites_of(organisation_id).get(same_case(name), []), _name)

    def site_to_stand_on(self, organisation_id: UUID, name: str) -> Site:
        """Return an organisation's site by its name.

        Raises
        ------
        BadInput
            There is none; it suggests those that look alike.
        """
        found = self.site(organisation_id, name)
        if found is None:
            near = alike(name, [each.name for rows in self._sites_of(organisation_id).values() for each in rows])
            reason = "the organisation has no such site: import its sites first"
            if near:
                reason = f"the organisation has no such site: did you mean {near}? Else import its sites first"
            raise BadInput("site", name, reason)
        return found

    def resource(self, organisation_id: UUID, name: str) -> Resource | None:
        """Return an organisation's resource by its name."""
        if organisation_id not in self._resources:
            wanted = self._not_in(self._resources, self.owners | {organisation_id})
            rows = queries.resources_of(self._session, wanted)
            self._resources |= _by_owner(wanted, rows, lambda each: each.organisation_id, _name)
        return _only("name", name, self._resources[organisation_id].get(same_case(name), []), _name)

    def request(self, member_id: UUID, title: str) -> Request | None:
        """Return a member's latest request with a title, unless it was withdrawn or has expired."""
        self.expect_of([member_id])
        return next(iter(self._requests[member_id].get(same_case(title), [])), None)

    def expect_of(self, member_ids: Collection[UUID]) -> None:
        """Read at once what there is of members who ask for something."""
        wanted = self._not_in(self._requests, member_ids)
        if wanted:
            rows = queries.requests_of(self._session, wanted)
            self._requests |= _by_owner(wanted, rows, lambda each: each.member_id, lambda each: each.title)
            self._actors |= actors_for(self._session, wanted)

    def actor(self, member_id: UUID) -> Actor:
        """Return an active member as an actor."""
        self.expect_of([member_id])
        return self._actors[member_id]

    def add(self, row: Organisation | Member | Site) -> None:
        """Note a row that was made, which rows behind it in the file may name."""
        if isinstance(row, Site) and row.organisation_id in self._sites:
            self._sites[row.organisation_id].setdefault(same_case(row.name), []).append(row)
        elif isinstance(row, Organisation) and self._organisations is not None:
            for key in _keys(row):
                self._organisations.setdefault(key, []).append(row)

    def read_organisations(self) -> dict[str, list[Organisation]]:
        """Return all organisations by their names, short names and numbers."""
        if self._organisations is None:
            self._organisations = defaultdict(list)
            for each in queries.organisations(self._session):
                for key in _keys(each):
                    self._organisations[key].append(each)
        return self._organisations

    def _sites_of(self, organisation_id: UUID) -> dict[str, list[Site]]:
        if organisation_id not in self._sites:
            wanted = self._not_in(self._sites, self.owners | {organisation_id})
            rows = queries.sites_of(self._session, wanted)
            self._sites |= _by_owner(wanted, rows, lambda each: each.organisation_id, _name)
        return self._sites[organisation_id]

    @staticmethod
    def _not_in(known: Mapping[UUID, object], owners: Iterable[UUID]) -> set[UUID]:
        return set(owners) - known.keys()


def alike(name: str, names: Iterable[str]) -> str:
    """Return names that look alike, one after the other; nothing where none does."""
    spellings = {same_case(each): each for each in names}
    near = difflib.get_close_matches(same_case(name)[:LONGEST_HINTED], spellings, n=2, cutoff=0.5)
    return ", ".join(spellings[each] for each in near)


def _keys(row: Organisation) -> set[str]:
    return {same_case(each) for each in (row.name, row.short_name, row.number or "") if each}


def _name(row: Site | Resource | Organisation) -> str:
    return row.name


def _by_owner(
    owners: Iterable[UUID], rows: Iterable[T], owner: Callable[[T], UUID], name: Callable[[T], str]
) -> _ByOwner[T]:
    """Return the rows of each owner by their names."""
    theirs: dict[UUID, list[T]] = {key: [] for key in owners}
    for each in rows:
        theirs[owner(each)].append(each)
    return {key: _by(name, mine) for key, mine in theirs.items()}


def _by(name: Callable[[T], str], rows: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for each in rows:
        found.setdefault(same_case(name(each)), []).append(each)
    return found


def _only(field: str, name: str, found: list[T], spelling: Callable[[T], str]) -> T | None:
    """Return the row that is meant: where several differ in case or blanks only, the one that is spelt exactly so."""
    exact = [each for each in found if spelling(each) == name] or found
    if len(exact) > 1:
        names = ", ".join(repr(spelling(each)) for each in exact)
        raise BadInput(field, name, f"there are several that differ in capitals or blanks only ({names}): write one so")
    return exact[0] if exact else None
