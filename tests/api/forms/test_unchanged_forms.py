"""A change form that is saved as it was shown changes nothing, whatever door the values came through."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api.pages.forms import Form
from api.pages.offers.form import read_terms, terms_form
from api.pages.requests.filing.form import filled_form, read
from core.errors import BadInput
from core.serialization import to_json
from core.time import timing
from core.time.interval import Interval, to_range
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.offers import rules
from marketplace.offers.models import Offer, PriceBasis, Terms, Visibility
from marketplace.offers.rules import OfferDraft
from marketplace.requests import service
from marketplace.requests.models import Need, NeedState, Priority, Request
from marketplace.requests.queries import needs_of
from marketplace.requests.reading import request_to_json
from marketplace.requests.rules import NeedDraft, RequestDraft
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import spec_of
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.api.forms.browsing import sent

Client = TestClient[Litestar]
SKILLS = ("procurement", "law", "it", "found")
"""The last is of a vocabulary whose skills forms find, but do not list."""

THROUGH_PAGES = settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
"""Few and not made smaller: each is two pages. Many go through the form alone."""

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)
titles = st.one_of(st.sampled_from(["", "version 2.0", "1.0", " två  ord ", "rad\nrad", '"<b>&amp;']), texts)
instants = st.datetimes(datetime(2030, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
instants |= st.integers(0, 20_000).map(
    lambda n: datetime(2032, 10, 30, 22, tzinfo=UTC) + timedelta(minutes=15 * n % 480)
)
days = st.dates(date(2030, 1, 1), date(2033, 12, 31))


@st.composite
def timings(draw: st.DrawFn, family: Family, keep: bool) -> Timing:
    """Any time that is wanted, ahead of the clock."""
    if keep:
        return Period(draw(days), None)
    start = draw(instants)
    minutes = draw(st.integers(1, 5 * 24 * 60))
    first = draw(days)
    last = first + timedelta(days=draw(st.integers(6, 100)))
    times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 59]))
    kinds: list[Callable[[], Timing]] = [
        lambda: Fixed(start, start + draw(st.timedeltas(timedelta(seconds=1), timedelta(days=9)))),
        lambda: Flexible(start, start + timedelta(days=6), minutes, draw(st.sampled_from([10, 15, 30, 45, 60, 1440]))),
        lambda: Weekly(
            first,
            last,
            tuple(draw(st.sets(st.integers(0, 6), min_size=1))),
            draw(times),
            draw(times),
            draw(st.booleans()),
        ),
        lambda: Weekly(first, last, (first.weekday(),), time(18), time()),
        lambda: Period(first, last),
    ]
    return draw(st.sampled_from(kinds))()


def values(kind: Any, spec: Any) -> st.SearchStrategy[Any]:
    """Any value of a field of requirements."""
    if type(None) in get_args(kind):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return st.none() | values(inner, spec)
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5))
    if origin is not None:
        is_enum = isinstance(inner[0], type) and issubclass(inner[0], StrEnum)
        return st.frozensets(st.sampled_from(list(inner[0])) if is_enum else st.sampled_from(["sv", "en", "sma"]))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    number = st.integers(int(spec.least), int(spec.most)) if spec and spec.least is not None else st.nothing()
    skills = st.sampled_from(["", *SKILLS])
    return {bool: st.booleans(), date: days, int: number, str: skills if spec and spec.skill else titles}[kind]


@st.composite
def needs(draw: st.DrawFn, family: Family, group: int | None = None) -> NeedDraft:
    """Any need of a family that the rules let through."""
    types = get_type_hints(family.requirements)
    place = draw(st.sampled_from(["", "town", "position"]))
    try:
        asked = family.requirements(
            **{each.name: draw(values(types[each.name], spec_of(each))) for each in fields(family.requirements)}
        )
        kind = draw(st.none() | st.sampled_from(list(family.kinds)))
        most = family.counted.most if family.counts(kind) and family.counted else 1
        amount = family.size(1, asked) if family.counted and family.counted.people and most > 1 else None
        amount = amount or draw(st.integers(1, most))
        return NeedDraft(
            family=family.name,
            kind=kind,
            title=draw(titles),
            amount=amount,
            parts=draw(st.integers(1, amount)) if family.several_lots else 1,
            municipality_code="2380" if place else None,
            latitude=draw(st.floats(55.5, 69)) if place == "position" else None,
            longitude=draw(st.floats(11, 24)) if place == "position" else None,
            max_distance_km=draw(st.none() | st.floats(0.001, 2000)) if place else None,
            alternative_group=group,
            timing=draw(timings(family, family.keeps(asked))),
            requirements=asked,
        )
    except BadInput:
        assume(False)
        raise


@st.composite
def requests(draw: st.DrawFn, family: Family) -> RequestDraft:
    """A request for one thing of a family, or for one of two."""
    group = draw(st.none() | st.integers(1, 30))
    wanted = [draw(needs(family, group)) for _ in range(1 if group is None else 2)]
    try:
        return RequestDraft(
            title=draw(titles.filter(str.strip)),
            purpose=draw(titles),
            priority=draw(st.sampled_from(Priority)),
            together=group is None and draw(st.booleans()),
            needs=tuple(wanted),
        )
    except BadInput:
        assume(False)
        raise


@st.composite
def offers(draw: st.DrawFn, family: Family) -> OfferDraft:
    """Any offer that the rules let through."""
    start = draw(instants)
    length = draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=500)))
    tiers = sorted(draw(st.sets(st.sampled_from(rules.TIERS), min_size=1)), key=rules.TIERS.index)
    dates = sorted(draw(st.sets(days, min_size=len(tiers) - 1, max_size=len(tiers) - 1)))
    basis = draw(st.sampled_from(PriceBasis))
    try:
        draft = OfferDraft(
            during=Interval(start, start + length if length else None),
            visibility=tiers[0],
            widens=tuple(zip(dates, tiers[1:], strict=True)),
            department=draw(st.none() | titles.filter(str.strip))
            or ("Enhet 1" if tiers[0] is Visibility.DEPARTMENT else None),
            calendar_mailbox=draw(st.sampled_from([None, "rum@example.se"])) if family.has_calendars else None,
            terms=draw(st.sampled_from(Terms)) if family.hand_over else Terms.LOAN,
            price_basis=basis,
            price_sek=0 if basis is PriceBasis.NONE else draw(st.integers(1, rules.HIGHEST_PRICE_SEK)),
            conditions=draw(titles),
        )
    except BadInput:
        assume(False)
        raise
    assume(not list(rules.entry_faults(draft, family.name)))
    return draft


@pytest.fixture
def home(rows: Session, client: Client, signed_in: SignIn) -> Iterator[Any]:
    for code in SKILLS:
        builders.skill(rows, code)
    builders.skill(rows, "found").scheme = "esco"
    member = builders.member(rows)
    signed_in(client, member)
    return member


def saved(client: Client, path: str, language: str) -> None:
    """Open a change form and press its button."""
    shown = client.get(path, headers={**HTML, "accept-language": language})
    answer = post_form(client, path, sent(shown.text, path, ("do", "file")))
    assert answer.status_code == 303, text_of(answer.text)


def different(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: (value, other[name]) for name, value in one.items() if value != other[name]}


def plain(row: Any) -> dict[str, Any]:
    return row.model_dump(exclude={"version", "updated_at"})


def stored(draft: RequestDraft) -> dict[str, Any]:
    """A request as JSON, as if it were filed."""
    needs = [
        SimpleNamespace(
            **{each.name: getattr(need, each.name) for each in fields(need)}
            | {"id": uuid4(), "timing": timing.to_json(need.timing), "requirements": to_json(need.requirements)},
            state=NeedState.OPEN,
        )
        for need in draft.needs
    ]
    return request_to_json(draft, needs)  # type: ignore[arg-type]


@given(st.sampled_from(list(FAMILIES.values())).flatmap(requests))
def test_a_request_that_was_filled_in_reads_as_it_was(draft: RequestDraft) -> None:
    before = stored(draft)
    read_again = read(Form(filled_form(before).fields), set, before)
    same = [replace(need, id=UUID(each["id"])) for need, each in zip(draft.needs, before["needs"], strict=True)]
    assert read_again == replace(draft, needs=tuple(same))


@given(st.sampled_from(list(FAMILIES.values())).flatmap(offers))
def test_an_offer_that_was_filled_in_reads_as_it_was(draft: OfferDraft) -> None:
    offer = Offer(version=3, **values_of(draft))
    resource = Resource(department=draft.department, calendar_mailbox=draft.calendar_mailbox)
    assert read_terms(Form(terms_form(offer, resource).fields), offer, resource) == draft


def values_of(draft: OfferDraft) -> dict[str, Any]:
    plain = {each.name: getattr(draft, each.name) for each in fields(draft)}
    return plain | {"during": to_range(draft.during), "widens": rules.stored_widens(draft)}


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_request_saved_unchanged_stays_as_it_is(family: str, client: Client, rows: Session, home: Any) -> None:
    actor = builders.actor_of(rows, home)

    @THROUGH_PAGES
    @given(requests(FAMILIES[family]), st.sampled_from(["sv", "en"]))
    def unchanged(draft: RequestDraft, language: str) -> None:
        filed = service.file_request(rows, actor, draft)
        rows.commit()
        rows.expire_all()
        rows.refresh(filed)
        before = [plain(filed), *map(plain, needs_of(rows, [filed.id])[filed.id])]
        saved(client, f"/requests/{filed.id}/change", language)
        rows.expire_all()
        after = rows.get_one(Request, filed.id)
        same = [plain(after), *map(plain, needs_of(rows, [filed.id])[filed.id])]
        assert [different(*each) for each in zip(before, same, strict=True)] == [{}] * len(before)

    unchanged()


def valued(resource: Resource) -> Resource:
    """What a state agency may hand over."""
    resource.facts = resource.facts | {"valuationBasis": "nil_value", "valuationSek": 0}
    return resource


@pytest.mark.parametrize("family", list(FAMILIES))
def test_an_offer_saved_unchanged_stays_as_it_is(family: str, client: Client, rows: Session, home: Any) -> None:
    organisation = builders.home_of(rows, home)
    build = {
        "staff": lambda: builders.staff(rows, organisation),
        "furniture": lambda: valued(builders.furniture(rows, builders.site(rows, organisation))),
    }
    made = build.get(family, lambda: builders.space(rows, builders.site(rows, organisation)))

    @THROUGH_PAGES
    @given(offers(FAMILIES[family]), st.sampled_from(["sv", "en"]))
    def unchanged(draft: OfferDraft, language: str) -> None:
        resource = made()
        resource.family, resource.department = family, draft.department
        offer = builders.added(
            rows, Offer(organisation_id=organisation.id, resource_id=resource.id, state="open", **values_of(draft))
        )
        rows.commit()
        rows.refresh(offer)
        before = offer.model_dump()
        saved(client, f"/offers/{offer.id}/change", language)
        rows.expire_all()
        assert rows.get_one(Offer, offer.id).model_dump() == before, "not even its version"
        assert rows.get_one(Resource, offer.resource_id).department == draft.department

    unchanged()


def form_of(client: Client, path: str) -> dict[str, list[str]]:
    return sent(client.get(path, headers=HTML).text, path, ("do", "file"))


def changed(client: Client, path: str, **new: str) -> None:
    fields = form_of(client, path) | {name: [value] for name, value in new.items()}
    answer = post_form(client, path, fields)
    assert answer.status_code == 303, text_of(answer.text)


def test_a_change_of_one_field_leaves_the_others_of_an_offer(client: Client, rows: Session, home: Any) -> None:
    room = builders.space(rows, builders.site(rows, builders.home_of(rows, home)))
    widens = [["2032-03-01", "region"], ["2032-04-01", "all"]]
    during = Interval(datetime(2032, 2, 1, 7, tzinfo=UTC), datetime(2032, 6, 30, 10, tzinfo=UTC))
    offer = builders.offer(rows, room, during, visibility="organisation", widens=widens)
    rows.commit()
    path = f"/offers/{offer.id}/change"
    shown = form_of(client, path)
    assert [shown[name] for name in ("first", "firstTime", "last", "lastTime")] == [
        ["2032-02-01"],
        ["08:00"],
        ["2032-06-30"],
        ["12:00"],
    ]
    changed(client, path, conditions="Nyckel i receptionen.")
    rows.expire_all()
    assert (offer.conditions, offer.widens) == ("Nyckel i receptionen.", widens)
    assert (offer.during.lower, offer.during.upper) == (during.start, during.end)
    changed(client, path, last="2032-07-31")
    rows.expire_all()
    assert offer.during.upper == datetime(2032, 7, 31, 10, tzinfo=UTC), "12:00 still"
    changed(client, path, lastTime="24:00", **{"widenOn.2": "", "widenTo.2": ""})
    rows.expire_all()
    assert (offer.during.upper, offer.widens) == (datetime(2032, 7, 31, 22, tzinfo=UTC), widens[:1])


def the_need(rows: Session, request: Request) -> Need:
    rows.expire_all()
    return needs_of(rows, [request.id])[request.id][0]


@pytest.mark.parametrize(
    ("when", "field", "shown"),
    [
        (Flexible(builders.at(9, 8), builders.at(9, 17), 50), "flexible.hours", "0,83"),
        (Flexible(builders.at(9, 8), builders.at(9, 17), 90, 15), "flexible.stepMin", "15"),
        (Fixed(builders.at(9, 9) + timedelta(seconds=30), builders.at(9, 12)), "fixed.startTime", "09:00"),
        (
            Fixed(datetime(2032, 10, 31, 1, 30, tzinfo=UTC), datetime(2032, 10, 31, 3, 30, tzinfo=UTC)),
            "fixed.startTime",
            "02:30",  # the second one
        ),
        (Weekly(date(2032, 3, 2), date(2032, 3, 30), (0,), time(18), time()), "weekly.untilTime", "00:00"),
    ],
    ids=["50 minutes", "every quarter", "seconds", "second 02:30", "until 24:00"],
)
def test_a_time_is_shown_as_it_can_be_and_kept_as_it_is(
    client: Client, rows: Session, home: Any, when: Timing, field: str, shown: str
) -> None:
    request = builders.request(rows, home)
    need = builders.need(rows, request, when, title="Testmiljö version 2.0")
    rows.commit()
    path = f"/requests/{request.id}/change"
    assert form_of(client, path)[f"needs.0.timing.{field}"] == [shown]
    changed(client, path, purpose="Nytt syfte")
    need = the_need(rows, request)
    assert (need.timing, need.title) == (timing.to_json(when), "Testmiljö version 2.0")


def test_24_00_may_be_typed_as_an_end(client: Client, rows: Session, home: Any) -> None:
    request = builders.request(rows, home)
    builders.need(rows, request, Weekly(date(2032, 3, 2), date(2032, 3, 30), (0,), time(18), time(20)))
    rows.commit()
    path = f"/requests/{request.id}/change"
    changed(client, path, **{"needs.0.timing.weekly.untilTime": "24:00"})
    assert the_need(rows, request).timing["untilTime"] == "24:00"
    fixed = {"type": "fixed", "fixed.start": "2032-03-02", "fixed.startTime": "18:00"}
    fixed |= {"fixed.end": "2032-03-02", "fixed.endTime": "24:00"}
    changed(client, path, **{f"needs.0.timing.{name}": value for name, value in fixed.items()})
    assert the_need(rows, request).timing["end"] == "2032-03-02T23:00:00Z"


def test_alternatives_beyond_the_usual_groups_can_be_seen(client: Client, rows: Session, home: Any) -> None:
    request = builders.request(rows, home)
    for _ in range(2):
        builders.need(rows, request, alternative_group=7)
    rows.commit()
    path = f"/requests/{request.id}/change"
    assert form_of(client, path)["needs.1.alternativeGroup"] == ["7"]
    changed(client, path, title="Annat")
    assert the_need(rows, request).alternative_group == 7


def test_a_network_is_kept_whose_skill_forms_do_not_list(client: Client, rows: Session, home: Any) -> None:
    asked = builders.request(rows, home)
    need = builders.need(rows, asked, family="staff", amount=100, requirements={"network": "found"})
    rows.commit()
    saved(client, f"/requests/{asked.id}/change", "sv")
    rows.refresh(need)
    assert need.requirements["network"] == "found"
