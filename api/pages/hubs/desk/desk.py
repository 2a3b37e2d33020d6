"""The desk of a hub's host: who is new, who has not been seen, who should meet whom, and rounds of coffee."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.pages.forms import Form, uuid_of
from api.pages.offers.choices import options
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.limits import LONGEST_LISTED
from core.time import clock
from hubs.coffee import service as coffee
from hubs.coffee.queries import hosted_coffee
from hubs.coffee.rules import MOST_WEEKS, ScheduleDraft
from hubs.desk.queries import MOST_LISTED, UNSEEN_WEEKS, desk
from hubs.introductions.queries import hosted_page
from hubs.introductions.service import propose
from hubs.membership.rules import WELCOME
from hubs.places.queries import hosted_hub
from hubs.profiles.queries import Person

TEMPLATE = "hubs/desk/desk.html"


class HubDeskPages(Controller):
    """Look after a hub's people: see them, propose that two meet, have rounds of coffee."""

    path = "/hubs/{key:uuid}"

    @get("/desk", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the desk."""
        return page(TEMPLATE, _context(visit, key) | {"form": visit.form})

    @post("/introductions", sync_to_thread=True)
    def introduce(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask two members whether they would like to meet."""

        def do() -> None:
            chosen = [_person(visit.form, name) for name in ("one", "other")]
            words = visit.form.text("words", most=LONGEST_LISTED)
            visit.form.check()
            one, other = (each for each in chosen if each)
            propose(visit.session, visit.actor, key, (one, other), words)

        return _done(visit, key, do, _("Both are asked. Neither is told who the other is before both have said yes."))

    @post("/coffee-rounds", sync_to_thread=True)
    def make_round(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Choose now who has coffee with whom."""
        told = _("Each who takes part is told whom to have coffee with.")
        after = visit.form.whole_or_none("after")  # a second click makes no second round
        return _done(visit, key, lambda: coffee.make_round(visit.session, visit.actor, key, after=after), told)

    @post("/coffee-schedule", sync_to_thread=True)
    def schedule(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say how often there is a round by itself."""

        def do() -> None:
            weeks = visit.form.whole_or_none("weeks", least=1, most=MOST_WEEKS)
            next_on = visit.form.day("nextOn", clock.today()) if visit.form.value("weeks") else clock.today()
            visit.form.check()
            draft = ScheduleDraft(weeks=weeks, next_on=next_on) if weeks else None
            coffee.schedule(visit.session, visit.actor, key, draft)

        return _done(visit, key, do, _("It is noted how often there is a round."))


def _person(form: Form, name: str) -> UUID | None:
    found = uuid_of(form.value(name))
    if found is None:
        form.wrong(name, "choose somebody")
    return found


def _done(visit: Visit, key: UUID, do: Callable[[], Any], told: str) -> Redirect:
    hosted_hub(visit.session, visit.actor, key)
    with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit, key), {"oneId": "one", "otherId": "other"}):
        do()
    return see_other(visit.request, f"/hubs/{key}/desk", told)


def _context(visit: Visit, key: UUID) -> dict[str, Any]:
    found = desk(visit.session, visit.actor, key)
    names = {each.id: _named(each) for each in found.introducible}
    rounds = hosted_coffee(visit.session, key)
    return {
        "hub": found.view.hub,
        "desk": found,
        "weeks_unseen": UNSEEN_WEEKS,
        "most": MOST_LISTED,
        "welcome": options(WELCOME, "hub_welcome"),
        "names": names,
        "people": [(str(each), name) for each, name in names.items()],
        "introductions": hosted_page(visit.session, key, 1, MOST_LISTED),
        "coffee": rounds,
        "most_weeks": MOST_WEEKS,
        "today": clock.today(),
        "labels": {
            "one": _("Somebody"),
            "other": _("Somebody else"),
            "words": _("What could they talk about?"),
            "weeks": _("A round every so many weeks"),
            "nextOn": _("The next on"),
        },
    }


def _named(person: Person) -> str:
    return f"{person.first_name}, {person.organisation}" if person.organisation else person.first_name
