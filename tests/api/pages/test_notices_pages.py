"""The page of notices: a sentence for every code, and marking as read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.language import i18n
from api.language.notices import notice_text
from core.time import clock
from marketplace.bookings import bundles
from marketplace.bookings import service as bookings
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import BundleState
from marketplace.bookings.movements import note
from marketplace.notices.models import Notice
from marketplace.notices.queries import notices_page
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Member
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.proposals import deadlines, service
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import Deal, begin, deal


def agree(session: Session, found: Deal) -> Any:
    service.accept(session, found.lister, found.proposal.id)
    return service.accept(session, found.requester, found.proposal.id)


def take(session: Session, found: Deal) -> None:
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    builders.claim(session, unit, builders.days(14, 15))
    agree(session, found)


def close_offer(session: Session, found: Deal) -> None:
    found.offers[0].state = "closed"
    deadlines.expire_due(session, clock.now())


def cancel(session: Session, found: Deal) -> None:
    bookings.cancel(session, found.lister, agree(session, found).bookings[0].id, "no_longer_available")


def dispute(session: Session, found: Deal) -> None:
    (booking,) = agree(session, found).bookings
    begin(session, booking)
    note(session, found.lister, booking.id, MovementKind.OUT)
    bookings.dispute(session, found.lister, booking.id, "damaged")


@pytest.mark.parametrize("decided", [False, True])
def test_a_broken_bundle_and_what_is_decided_are_sentences(session: Session, decided: bool) -> None:
    whole = deal(session, builders.offer(session), builders.offer(session))
    lenders = [builders.actor(session, builders.home_of(session, offer)) for offer in whole.offers]
    for lender in lenders:
        service.accept(session, lender, whole.proposal.id)
    made = service.accept(session, whole.requester, whole.proposal.id).bookings
    lost = next(booking for booking in made if booking.lender_id == lenders[0].organisation_id)
    bookings.cancel(session, lenders[0], lost.id, "no_longer_available")
    if decided:
        bundles.decide(session, whole.requester, whole.request.id, BundleState.KEPT)
    session.flush()
    told = notices_page(session, whole.requester).items
    wanted = NoticeCode.BUNDLE_DECIDED if decided else NoticeCode.BUNDLE_BROKEN
    text = notice_text(next(notice for notice in told if notice.code == wanted))
    assert ("resten behålls" if decided else "ersätta det som saknas") in text


# What a notice is about, done to a proposal that has just been approved.
HAPPENS: dict[NoticeCode, Callable[[Session, Deal], object]] = {
    NoticeCode.APPROVED: lambda *_: None,
    NoticeCode.ACCEPTED: lambda session, it: service.accept(session, it.lister, it.proposal.id),
    NoticeCode.REFUSED: lambda session, it: service.refuse(session, it.lister, it.proposal.id, "terms"),
    NoticeCode.AGREED: agree,
    NoticeCode.TAKEN: take,
    NoticeCode.REMINDER: lambda session, it: deadlines.remind_due(session, it.proposal.answer_by - timedelta(days=1)),
    NoticeCode.EXPIRED: lambda session, it: deadlines.expire_due(session, it.proposal.answer_by),
    NoticeCode.WITHDRAWN: close_offer,
    NoticeCode.CANCELLED: cancel,
    NoticeCode.DISPUTED: dispute,
}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (NoticeCode.APPROVED, "Ett förslag till ”{}” väntar på ert svar senast "),
        (NoticeCode.ACCEPTED, "”{}”: utlånaren har accepterat."),
        (NoticeCode.REFUSED, "Förslaget till ”{}” avböjdes: villkoren."),
        (NoticeCode.AGREED, "”{}” är överenskommet: 1 bokning."),
        (NoticeCode.TAKEN, "”{}” kunde inte bokas: "),
        (NoticeCode.REMINDER, "Påminnelse: förslaget till ”{}” väntar på ert svar senast "),
        (NoticeCode.EXPIRED, "Förslaget till ”{}” har gått ut: "),
        (NoticeCode.WITHDRAWN, "Förslaget till ”{}” har upphört: erbjudandet har avslutats."),
        (NoticeCode.CANCELLED, " till ”{}” avbokades av utlånaren: finns inte längre."),
        (NoticeCode.DISPUTED, " till ”{}” anmält av utlånaren: skadat."),
    ],
)
def test_every_code_is_a_sentence(session: Session, code: NoticeCode, sentence: str) -> None:
    found = deal(session, approved=False)
    service.approve(session, found.coordinator, found.proposal.id)
    HAPPENS[code](session, found)
    newest = notices_page(session, found.requester).items[0]
    assert newest.code == code
    assert sentence.format(found.request.title) in notice_text(newest)


def test_reading_one_goes_to_what_it_is_about(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    found = deal(rows, approved=False)
    service.approve(rows, found.coordinator, found.proposal.id)
    signed_in(client, rows.get_one(Member, found.lister.member_id))
    text = text_of(client.get("/notices", headers=HTML).text)
    assert "1 oläst" in text
    assert "1 olästa" not in text
    notice = notices_page(rows, found.lister).items[0]
    answer = post_form(client, f"/notices/{notice.id}/reading")
    assert answer.headers["location"] == f"/proposals/{found.proposal.id}"
    assert "Alla är lästa." in text_of(client.get("/notices", headers=HTML).text)


def test_marking_all_as_read(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    found = deal(rows, approved=False)
    service.approve(rows, found.coordinator, found.proposal.id)
    deadlines.remind_due(rows, found.proposal.answer_by - timedelta(days=1))
    signed_in(client, rows.get_one(Member, found.requester.member_id))
    assert "2 olästa" in text_of(client.get("/notices", headers=HTML).text)
    assert post_form(client, "/notices/reading").status_code == 303
    assert "Alla är lästa." in text_of(client.get("/notices", headers=HTML).text)


def test_coordinators_are_told_what_a_run_has_made(client: TestClient[Any], rows: Session, signed_in: SignIn) -> None:
    builders.need(rows, builders.request(rows))
    builders.offer(rows)
    home = builders.organisation(rows)
    coordinator = builders.member(rows, home, roles=["coordinator"])
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    signed_in(client, coordinator)
    assert "En matchning har gett 1 förslag" in text_of(client.get("/notices", headers=HTML).text)
    notice = notices_page(rows, builders.actor_of(rows, coordinator)).items[0]
    assert notice.code == NoticeCode.PUBLISHED
    answer = post_form(client, f"/notices/{notice.id}/reading")
    assert answer.headers["location"] == f"/runs/{run_id}"


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("answer_by", "said"),
    [
        (builders.at(5), f"{clock.today() + timedelta(days=4)}"),
        (builders.at(5, 23, 30), f"{clock.today() + timedelta(days=5)}\u00a023:30"),
        (builders.at(1), f"{clock.today()}"),
    ],
)
def test_a_notice_and_the_proposal_say_the_day_that_a_deadline_ends(
    client: TestClient[Any], rows: Session, signed_in: SignIn, language: str, answer_by: datetime, said: str
) -> None:
    found = deal(rows)
    found.proposal.answer_by = answer_by
    rows.commit()
    reminder = Notice(code=NoticeCode.REMINDER, facts={"request": "R", "answerBy": answer_by.isoformat()})
    bundle = Notice(code=NoticeCode.BUNDLE_BROKEN, facts={"request": "R", "decideBy": answer_by.isoformat()})
    by = {"sv": "senast", "en": "by"}[language]
    with i18n.speaking(language):
        assert f"{by} {said}." in notice_text(reminder)
        assert f"{by} {said}:" in notice_text(bundle)
    signed_in(client, rows.get_one(Member, found.coordinator.member_id))
    for path in ("/proposals", f"/proposals/{found.proposal.id}"):
        text = text_of(client.get(path, headers=HTML | {"accept-language": language}).text)
        assert f"{by} {said}".replace("\u00a0", " ") in text, path
