"""Pages of rosters: the list, agreeing to one, and one with what it says, to be changed or ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, check_may
from core.limits import LONGEST_NAME
from core.time import clock
from marketplace.surges import queries, rosters
from marketplace.surges.models import Occasion, Roster, RosterState
from marketplace.surges.queries import RosterView
from marketplace.surges.rules import LONGEST_NOTICE_HOURS, RosterDraft
from marketplace.views.reads import names_read

LIST, NEW, ONE = "surges/rosters.html", "surges/new_roster.html", "surges/roster.html"
FIELDS = {"noticeHours": "notice_hours", "floorPercent": "floor_percent", "cardIds": "cards"}


class RosterPages(Controller):
    """List, make, change, end."""

    path = "/rosters"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the rosters that the member may see."""
        actor = visit.actor
        context = {
            "found": queries.rosters_page(visit.session, actor, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "keeps": queries.keeps(actor),
            "occasions": _occasions,
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of a new roster."""
        return page(NEW, _choices(visit.session, visit.actor) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit]) -> Redirect:
        """Agree to it, and go on to its page."""
        with visit.form.shown_again(NEW, _choices(visit.session, visit.actor), FIELDS):
            row = rosters.make_roster(visit.session, visit.actor, _draft(visit.form))
        return see_other(visit.request, f"/rosters/{row.id}", _("The roster is in force."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a roster; whoever keeps it may change it there."""
        view = queries.roster_view(visit.session, visit.actor, key)
        return page(ONE, _one(visit.session, visit.actor, view) | {"form": visit.form})

    @post("/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it say something else."""
        view, form = queries.roster_view(visit.session, visit.actor, key), visit.form
        check_may(visit.actor, Permission.KEEP_ROSTERS, view.roster.organisation_id)
        with form.shown_again(ONE, _one(visit.session, visit.actor, view), FIELDS):
            version = form.whole("version", least=1)
            rosters.change_roster(visit.session, visit.actor, key, _draft(form), if_version=version)
        return see_other(visit.request, f"/rosters/{key}", _("The roster is changed."))

    @post("/{key:uuid}/ending", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it hold no more."""
        rosters.end_roster(visit.session, visit.actor, key)
        return see_other(visit.request, f"/rosters/{key}", _("The roster has ended. Nobody of it is called again."))


def _draft(form: Form) -> RosterDraft:
    """Return what a form says, all that is wrong in it told at once."""
    hours = form.whole("notice_hours", least=0, most=LONGEST_NOTICE_HOURS)
    floor, until = form.whole("floor_percent", least=0, most=100), form.day("until", clock.today())
    cards = {key for text in form.many("cards") if (key := uuid_of(text))}
    for name, chosen in (("occasions", form.choices("occasions", Occasion)), ("cards", cards)):
        if not chosen:
            form.wrong(name, "choose one")
    name = form.text("name", required=True, most=LONGEST_NAME)
    form.check()
    return RosterDraft(
        name=name,
        occasions=frozenset(form.choices("occasions", Occasion)),
        notice_hours=hours,
        floor_percent=floor,
        until=until,
        card_ids=frozenset(cards),
    )


def _occasions(roster: Roster) -> str:
    return ", ".join(label(each, "occasion") for each in roster.occasions)


def _choices(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what can be chosen in the form."""
    check_may(actor, Permission.KEEP_ROSTERS, actor.organisation_id)
    cards = queries.cards_of(session, actor.organisation_id)
    names_read(session, actor, cards)
    labels = {
        "name": _("What do you call the roster?"),
        "occasions": _("What may they be called for?"),
        "notice_hours": _("Hours of notice"),
        "floor_percent": _("Percent that stays at ordinary work"),
        "until": _("Through"),
        "cards": _("Which capacity cards?"),
    }
    return {
        "occasions": [(each.value, label(each)) for each in Occasion],
        "cards": [(str(each.id), each.name) for each in cards],
        "default": Form(
            {"notice_hours": ["24"], "floor_percent": ["70"], "until": [str(clock.today() + timedelta(days=365))]}
        ),
        "labels": labels,
        "summary_labels": labels,
    }


def _one(session: Session, actor: Actor, view: RosterView) -> dict[str, Any]:
    """Return what the page of one roster shows, with its form for whoever may change it."""
    row = view.roster
    may_change = row.organisation_id == actor.organisation_id and queries.keeps(actor)
    shown: dict[str, Any] = {"view": view, "occasions_text": _occasions(row), "may_change": may_change}
    if not may_change or row.state is RosterState.ENDED:
        return {**shown, "may_change": False}
    stored = {
        "name": [row.name],
        "occasions": row.occasions,
        "notice_hours": [str(row.notice_hours)],
        "floor_percent": [str(row.floor_percent)],
        "until": [str(row.until)],
        "cards": [str(each) for each in queries.cards_in(session, row.id)],
        "version": [str(row.version)],
    }
    return {**shown, **_choices(session, actor), "default": Form(stored), "stored": Form(stored)}
