"""Pages of what is on at hubs: the calendar, one activity with what whoever looks may do with it, and shaping it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.calendars.activities import activities_calendar
from api.calendars.calendar import BACK, MEDIA_TYPE
from api.http.auth import signed_in_actor
from api.http.paging import Paging, address_of_page
from api.http.visitor import visitor_of
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, refusal
from core.limits import LONGEST_NAME, LONGEST_WORDS
from core.time import clock
from hubs.activities import facilitating, queries, registering, service
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubActivity
from hubs.activities.queries import ActivitySearch, ActivityView
from hubs.activities.registering import SeatAnswer
from hubs.activities.rules import LARGEST_GROUP, LONGEST_ADDRESS, MOST_IN_SERIES, MOST_SEATS, ActivityDraft
from hubs.groups.queries import own_groups
from hubs.places import queries as places
from hubs.places.models import HubPhase
from hubs.places.rules import check_open
from marketplace.requests.rules import check_may_file
from marketplace.views import reads

LIST, ONE, SHAPE = "hubs/activities.html", "hubs/activity.html", "hubs/shaping.html"
AnyRequest = Request[Any, Any, Any]


class ActivityPages(Controller):
    """List, initiate, shape, propose, set, cancel, document; register and answer."""

    path = "/"

    @get("/activities", sync_to_thread=True)
    def search(
        self, request: AnyRequest, session: NamedDependency[Session], paging: NamedDependency[Paging]
    ) -> Template:
        """List what is on, for anybody; members see what is for members."""
        actor = _reader(request, session)
        form = Form({name: [text] for name, text in request.query_params.items()})
        hub = uuid_of(form.value("hub"))
        at = places.hub_view(session, actor, hub).hub if hub else None
        wanted = ActivitySearch(hub, one_of(ActivityForm, form.value("form")), bool(form.value("over")))
        context = {
            "form": form,
            "found": queries.activities_page(session, actor, wanted, page=paging.page, limit=paging.limit),
            "address": lambda number: address_of_page(request, number),
            "forms": [(each.value, label(each)) for each in ActivityForm],
            "hub": at,
            "may_initiate": bool(
                at and actor and at.phase is not HubPhase.CLOSED and service.may_initiate(session, actor, at)
            ),
        }
        return page(LIST, context)

    @get("/hub-calendars/{key:uuid}", sync_to_thread=True)
    def calendar(self, session: NamedDependency[Session], key: FromPath[UUID]) -> Response[bytes]:
        """Answer with what everybody may see of a hub's calendar, for programs that subscribe to it."""
        hub = places.hub_view(session, None, key).hub
        body = activities_calendar(hub.name, queries.in_feed(session, key, clock.now() - BACK))
        return Response(body, media_type=MEDIA_TYPE, headers={"cache-control": "public, max-age=300"})

    @get("/activities/new/{key:uuid}", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form of what is to happen at a hub."""
        return page(SHAPE, _new(visit, key) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/activities/new/{key:uuid}", sync_to_thread=True)
    def initiate(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Keep what is to happen as a draft of its initiator, and go on to it."""
        form = visit.form
        with form.shown_again(SHAPE, _new(visit, key), FIELDS):
            weeks = form.whole_or_none("weeks", least=1, most=MOST_IN_SERIES) or 1
            made = service.initiate(visit.session, visit.actor, key, _draft(form), weeks)
        told = _("It is a draft, which you alone see. Propose it to the host when it is ready.")
        return see_other(visit.request, f"/activities/{made[0].id}", told)

    @get("/activities/{key:uuid}", sync_to_thread=True)
    def read_one(self, request: AnyRequest, session: NamedDependency[Session], key: FromPath[UUID]) -> Template:
        """Show an activity to anybody who may see it."""
        return page(ONE, _one(session, _reader(request, session), key) | {"form": Form()})

    @get("/activities/{key:uuid}/change", sync_to_thread=True)
    def shape(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form of an activity as it is."""
        context = _shaping(visit, key)
        return page(SHAPE, context | {"form": visit.form if visit.form.fields else context["stored"]})

    @post("/activities/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be what the form says."""
        form = visit.form
        with form.shown_again(SHAPE, _shaping(visit, key), FIELDS):
            version = form.whole_or_none("version")
            service.change_draft(visit.session, visit.actor, key, _draft(form), if_version=version)
        return see_other(visit.request, f"/activities/{key}", _("It is changed."))

    @post("/activities/{key:uuid}/proposal", sync_to_thread=True)
    def propose(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the host know of it."""
        told = _("The host of the hub has your proposal.")
        return _done(visit, key, lambda: service.propose(visit.session, visit.actor, key), told)

    @post("/activities/{key:uuid}/return", sync_to_thread=True)
    def send_back(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let who has initiated it work on it again."""
        words = visit.form.text("return_words", most=LONGEST_WORDS)
        told = _("It is sent back, with your words.")
        return _done(visit, key, lambda: service.send_back(visit.session, visit.actor, key, words), told, "/activities")

    @post("/activities/{key:uuid}/setting", sync_to_thread=True)
    def set_(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Put it into the calendar, or all dates of its series; of these it is told how many could not be."""
        if not visit.form.ticked("series"):
            told = _("It stands in the calendar.")
            return _done(visit, key, lambda: service.set_(visit.session, visit.actor, key), told)
        outcomes = service.set_series(visit.session, visit.actor, key)
        done, refused = sum(not error for error in outcomes.values()), sum(bool(error) for error in outcomes.values())
        told = ngettext("%(n)s date stands in the calendar.", "%(n)s dates stand in the calendar.", done) % {"n": done}
        if refused:
            text = ngettext("%(n)s could not be: look at it.", "%(n)s could not be: look at them.", refused)
            told += " " + text % {"n": refused}
        return see_other(visit.request, f"/activities/{key}", told)

    @post("/activities/{key:uuid}/cancellation", sync_to_thread=True)
    def cancel(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it not be."""
        words = visit.form.text("cancel_words", most=LONGEST_WORDS)
        told = _("It is cancelled, and who has registered is told.")
        return _done(visit, key, lambda: service.cancel(visit.session, visit.actor, key, words), told, "/activities")

    @post("/activities/{key:uuid}/facilitator", sync_to_thread=True)
    def ask_for_facilitator(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Begin a request for a facilitator, and go on to it."""
        form, session, actor = visit.form, visit.session, visit.actor
        check_may_file(actor)
        with form.acting(session, ONE, lambda: _one(session, actor, key)):
            request_id = facilitating.ask(session, actor, key)
        told = _("It is a draft. Look it over, and open it: then it is matched with those who are lent.")
        return see_other(visit.request, f"/requests/{request_id}", told)

    @post("/activities/{key:uuid}/documentation", sync_to_thread=True)
    def document(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say where what was written down is."""
        address = visit.form.text("documents", required=True, most=LONGEST_ADDRESS)
        told = _("All who have registered are told where it is.")
        return _done(visit, key, lambda: service.document(visit.session, visit.actor, key, address), told)

    @post("/activities/{key:uuid}/registrations", sync_to_thread=True)
    def register(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Register, be it for the line."""
        seats = visit.form.whole("seats", least=1, most=LARGEST_GROUP)
        told = _("You have registered. Below it says how you stand.")
        return _done(visit, key, lambda: registering.register(visit.session, visit.actor, key, seats), told)

    @post("/activities/{key:uuid}/registration", sync_to_thread=True)
    def be_fewer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Come with fewer."""
        seats = visit.form.whole("fewer", least=1, most=LARGEST_GROUP)
        told = _("You are fewer now, and others are offered what is left.")
        return _done(visit, key, lambda: registering.be_fewer(visit.session, visit.actor, key, seats), told)

    @post("/activities/{key:uuid}/answer", sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Answer for seats that are offered, or give back."""
        said = visit.form.choice("answer", SeatAnswer)
        told = _("You have given it back.") if said is SeatAnswer.DECLINE else _("Your answer is noted.")
        return _done(visit, key, lambda: registering.answer(visit.session, visit.actor, key, said), told)


FIELDS = {"starts": "from", "ends": "until", "zoneId": "zone", "groupId": "group"}


def _reader(request: AnyRequest, session: Session) -> Actor | None:
    return None if visitor_of(request) is None else signed_in_actor(request, session)


def _done(visit: Visit, key: UUID, do: Callable[[], object], told: str, to: str = "") -> Redirect:
    names = {"words": next((each for each in ("return_words", "cancel_words") if each in visit.form.fields), "words")}
    names |= {"seats": "fewer"} if "fewer" in visit.form.fields else {}
    with visit.form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key), names):
        do()
    return see_other(visit.request, to or f"/activities/{key}", told)


def _draft(form: Form) -> ActivityDraft:
    """Return what a form says, all that is wrong in it told at once."""
    form_, audience = form.choice("form", ActivityForm), form.choice("audience", ActivityAudience)
    title = form.text("title", required=True, most=LONGEST_NAME)
    starts, ends = form.moment("from", "fromTime"), form.moment("until", "untilTime", end=True)
    seats = form.whole_or_none("seats", least=1, most=MOST_SEATS)
    about = form.text("about", most=LONGEST_WORDS)
    form.check()
    return ActivityDraft(
        form=form_,
        audience=audience,
        title=title,
        starts=starts,
        ends=ends,
        about=about,
        zone_id=uuid_of(form.value("zone")),
        group_id=uuid_of(form.value("group")),
        seats=seats,
    )


def _new(visit: Visit, hub_id: UUID) -> dict[str, Any]:
    hub = places.hub_view(visit.session, visit.actor, hub_id).hub
    if not service.may_initiate(visit.session, visit.actor, hub):
        raise refusal(visit.actor, Permission.HOST)
    check_open(hub)
    return _choices(visit, hub.id, None) | {"hub": hub, "activity": None, "action": f"/activities/new/{hub_id}?sent"}


def _shaping(visit: Visit, key: UUID) -> dict[str, Any]:
    view = service.shaped(visit.session, visit.actor, key)
    return _choices(visit, view.hub.id, view) | {
        "hub": view.hub,
        "activity": view.activity,
        "action": f"/activities/{key}/change",
        "stored": _stored(view.activity),
    }


def _choices(visit: Visit, hub_id: UUID, view: ActivityView | None) -> dict[str, Any]:
    """Return what may be chosen; the room it is in stands also when that is no zone any more, and the group whose it is
    also for who is not in it, as a host.
    """
    groups = {str(each.id): each.name for each in own_groups(visit.session, visit.actor)}
    if view is not None and view.group is not None:
        groups.setdefault(str(view.activity.group_id), view.group)
    zones = {str(room.id): room.name for _zone, room in places.zones(visit.session, hub_id)}
    if view is not None and view.zone is not None:
        zones.setdefault(str(view.zone.id), view.zone.name)
    labels = {
        "form": _("In which way do you meet?"),
        "title": _("What is it called?"),
        "about": _("What is it about?"),
        "audience": _("For whom is it?"),
        "from": _("Begins on"),
        "fromTime": _("At"),
        "until": _("Ends on"),
        "untilTime": _("At what time"),
        "zone": _("Where at the hub?"),
        "group": _("Of which of your groups?"),
        "seats": _("How many may come?"),
        "weeks": _("How many weeks in a row?"),
    }
    return {
        "forms": [(each.value, label(each)) for each in ActivityForm],
        "audiences": [(each.value, label(each)) for each in ActivityAudience],
        "zones": [*zones.items()],
        "groups": [*groups.items()],
        "most": {"weeks": MOST_IN_SERIES},
        "labels": labels,
        "summary_labels": labels,
    }


def _stored(row: HubActivity) -> Form:
    starts, ends = (moment.astimezone(clock.STOCKHOLM) for moment in (row.starts, row.ends))
    said = {
        "version": row.version,
        "form": row.form.value,
        "title": row.title,
        "about": row.about,
        "audience": row.audience.value,
        "from": starts.date(),
        "fromTime": f"{starts:%H:%M}",
        "until": ends.date(),
        "untilTime": f"{ends:%H:%M}",
        "zone": row.zone_id or "",
        "group": row.group_id or "",
        "seats": row.seats or "",
    }
    return Form({name: [str(value)] for name, value in said.items()})


def _one(session: Session, actor: Actor | None, key: UUID) -> dict[str, Any]:
    view = queries.activity_view(session, actor, key)
    row = view.activity
    holds = actor is not None and (view.keeps or view.initiates)
    registered = queries.registered(session, key) if holds else []
    is_to_come = row.state is not ActivityState.CANCELLED and row.starts > clock.now()
    if actor is not None:
        reads.members_read(session, actor, [each.Member for each in registered])
    return {
        "view": view,
        "registered": registered,
        "signed_in": actor is not None,
        "holds": holds,
        "may_shape": _may_shape(view),
        "may_propose": view.initiates and row.state is ActivityState.DRAFT,
        "may_set": view.keeps and row.state is ActivityState.PROPOSED,
        "may_document": holds and row.state in {ActivityState.SET, ActivityState.HELD} and row.starts <= clock.now(),
        "is_open": row.state is ActivityState.SET and row.starts > clock.now(),
        "lent_by": facilitating.lent_by(session, row),
        "asked_for": facilitating.asked_for(session, row) if holds else None,
        "may_ask": actor is not None and holds and is_to_come and actor.may(Permission.REQUEST),
        "reads_documents": actor is not None and row.documents,
        "most": LARGEST_GROUP,
        "labels": {
            "seats": _("How many of you come?"),
            "fewer": _("How many are you now?"),
            "return_words": _("What should be different?"),
            "cancel_words": _("Why, if you want to say"),
            "documents": _("Where is it?"),
        },
    }


def _may_shape(view: ActivityView) -> bool:
    if view.activity.state in {ActivityState.HELD, ActivityState.CANCELLED}:
        return False
    return view.keeps or (view.initiates and view.activity.state is not ActivityState.SET)
