"""Letters of hubs through a real mail server: to whom they go, with which words, once, and no more when one says so."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from urllib.parse import urlparse

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from api.mail.jobs import sweep_mail
from api.mail.letters.jobs import sweep_letters
from core.database import db, steady_clock
from core.database.steady_clock import ClockWatch
from core.errors import Conflict, NotFound, VersionChanged
from core.time import clock
from hubs.activities.models import ActivityAudience
from hubs.letters import queries, service, subscribing
from hubs.letters.models import HubLetter, LetterKind, LetterState, NewsletterSubscriber
from hubs.letters.rules import LetterDraft, PlanDraft, on_the_wall
from hubs.membership.models import HubMemberState
from hubs.places.models import Hub
from hubs.profiles.models import HubProfile, ProfileAudience
from hubs.questions.models import QuestionAudience
from marketplace.mail import service as outbox
from marketplace.mail.models import Mail
from marketplace.mail.queries import undelivered_page
from marketplace.mail.rules import MailKind
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from retention import person
from tests import builders
from tests.api.conftest import HTML, post_form
from tests.api.mail.postman import Postman
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL, joined
from tests.racing import at_once, connections

__all__ = ["connections"]
Client = TestClient[Litestar]
WORDS = "Hej!\n\n{{new_members}}\n\n{{members}}\nBara för medlemmar\n{{/members}}\n"


def swept(at: datetime) -> None:
    """Let all be done that is due at an instant."""
    with clock.frozen(at):
        with db.unit_of_work() as session:
            session.execute(delete(ClockWatch))
            steady_clock.look(session)
            steady_clock.look(session)
        sweep_letters()
        sweep_mail()


def due(session: Session, hub: Hub, **values: object) -> HubLetter:
    its = {"state": LetterState.SCHEDULED, "send_at": clock.now() - timedelta(minutes=1), "words": WORDS}
    return hubs.letter(session, hub, **(its | values))


def read(postman: Postman, member: Member) -> str:
    (letter,) = postman.to(member.email)
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.fixture
def hub(engine: Engine) -> Hub:
    with db.unit_of_work() as session:
        return hubs.hub(session)


def test_each_reader_gets_what_it_may_know_and_names_only_of_who_says_so(postman: Postman, hub: Hub) -> None:
    with db.unit_of_work() as session:
        member, _ = joined(session, hub, "Fjällripa", told_to=ALL | {"name": ProfileAudience.HOSTS.value})
        joined(session, hub, "Snösparv", told_to=ALL | {"name": ProfileAudience.CHOSEN.value})
        colleague = builders.member(session, session.get_one(Organisation, member.organisation_id))
        silent = builders.member(session, session.get_one(Organisation, member.organisation_id))
        service.choose(session, builders.actor_of(session, colleague), hub.id, wanted=True)
        refusing, actor = joined(session, hub)
        service.choose(session, actor, hub.id, wanted=False)
        stranger = builders.member(session)
        for seat in session.exec(select(hubs.HubMember)):
            seat.joined_at = clock.now() - timedelta(days=1)
        due(session, hub)
    swept(clock.now())
    assert "Nya här: Fjällripa, Medlem. Säg hej!" in read(postman, member)
    assert "Bara för medlemmar" in read(postman, member)
    assert read(postman, colleague).startswith("Hej!\n\n-- \n")
    assert not any(postman.to(each.email) for each in (silent, refusing, stranger))
    with db.unit_of_work() as session:
        assert session.exec(select(HubLetter)).one().readers == 3
        profile = session.exec(select(HubProfile).where(HubProfile.member_id == member.id)).one()
        profile.told_to = {}
    with db.unit_of_work() as session:
        letter = session.exec(select(HubLetter)).one()
        assert queries.new_members(session, letter) == ["Medlem"], "no archive tells a name for longer"
        assert queries.new_members(session, letter, to_host=True) == [], "that is told to members alone"


@pytest.mark.usefixtures("connections")
def test_many_that_send_at_once_and_one_that_is_killed_send_each_letter_once(postman: Postman, hub: Hub) -> None:
    with db.unit_of_work() as session:
        members = [joined(session, hub)[0] for _ in range(3)]
        letter_id = due(session, hub).id
    with suppress(InterruptedError), db.unit_of_work() as session:
        service.send(session, session.get_one(HubLetter, letter_id))
        raise InterruptedError

    def send() -> None:
        with db.unit_of_work() as session:
            for letter in queries.to_send(session, clock.now()):
                service.send(session, letter)

    def cancel() -> None:
        with suppress(Conflict), db.unit_of_work() as session:
            host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
            service.cancel(session, host, letter_id)

    at_once([send, cancel, send, send, cancel, send])
    for _ in range(2):
        sweep_mail()
    with db.unit_of_work() as session:
        state = session.get_one(HubLetter, letter_id).state
        most = len(members) if state is LetterState.SENT else 0
        assert state in {LetterState.SENT, LetterState.CANCELLED}
        assert len(session.exec(select(Mail).where(col(Mail.letter_id) == letter_id)).all()) == most
    assert len(postman.letters) == most


def test_one_click_ends_it_without_signing_in_and_looking_does_not(client: Client, postman: Postman, hub: Hub) -> None:
    with db.unit_of_work() as session:
        member, _ = joined(session, hub)
        due(session, hub)
    swept(clock.now())
    (mail,) = postman.to(member.email)
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    path = urlparse(mail["list-unsubscribe"].strip("<>")).path
    leads_to = client.get(path, headers=HTML).headers["location"]
    assert "<button" in client.get(leads_to, headers=HTML).text, "a person who follows it is asked"
    with db.unit_of_work() as session:
        assert queries.wish(session, hub.id, member.id) is True
    for _ in range(2):
        client.cookies.clear()
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 204
    with db.unit_of_work() as session:
        assert queries.wish(session, hub.id, member.id) is False
        due(session, hub)
    swept(clock.now())
    assert len(postman.to(member.email)) == 1
    assert client.post(f"/letter-stops/{'a' * 52}/at-once", headers=HTML).status_code == 409


def test_who_leaves_the_hub_gets_no_more_of_what_it_has_not_asked_for(postman: Postman, hub: Hub) -> None:
    with db.unit_of_work() as session:
        member, _ = joined(session, hub)
        due(session, hub)
    swept(clock.now())
    with db.unit_of_work() as session:
        session.exec(select(hubs.HubMember)).one().state = HubMemberState.LEFT
        due(session, hub)
    swept(clock.now())
    assert len(postman.to(member.email)) == 1
    with db.unit_of_work() as session:
        assert queries.wish(session, hub.id, member.id) is False, "as a colleague of members it may still ask"


def test_a_newsletter_goes_to_who_has_confirmed_and_nothing_is_kept_of_others(
    client: Client, postman: Postman, hub: Hub
) -> None:
    form = {"address": "nyfiken@example.org", "language": "sv"}
    answers = []
    for address in ("nyfiken@example.org", "NYFIKEN@example.org", "tyst@example.org"):
        told = post_form(client, f"/newsletters/{hub.id}", form | {"address": address})
        answers.append((told.status_code, client.get(told.headers["location"], headers=HTML).text.count("på väg dit")))
    assert answers == [(303, 1)] * 3, "nobody learns which addresses are known"
    sweep_mail()
    (question,) = postman.to("nyfiken@example.org")
    words = question.get_body(("plain",)).get_content()
    path = urlparse(next(each for each in words.split() if "/newsletter-confirmations/" in each)).path
    client.get(path, headers=HTML)
    with db.unit_of_work() as session:
        assert not session.scalars(queries.subscribers(hub.id)).all(), "who looks confirms nothing"
    assert post_form(client, path, {}).status_code == 303
    post_form(client, f"/newsletters/{hub.id}", form)
    with db.unit_of_work() as session:
        due(session, hub, kind=LetterKind.NEWSLETTER)
    swept(clock.now())
    letter = postman.to("nyfiken@example.org")[-1]
    assert len(postman.to("nyfiken@example.org")) == 2, "who is confirmed is asked no more"
    assert not any(each in letter.as_string() for each in ("Bara", "{{"))
    swept(clock.now() + timedelta(days=3))
    with db.unit_of_work() as session:
        assert [each.address for each in session.exec(select(NewsletterSubscriber))] == ["nyfiken@example.org"]
    stop = urlparse(letter["list-unsubscribe"].strip("<>")).path
    assert post_form(client, stop.removesuffix("/at-once")).status_code == 303
    with db.unit_of_work() as session:
        assert not session.exec(select(NewsletterSubscriber)).all()
    assert client.get(path, headers=HTML).status_code == 409
    assert len(postman.to("tyst@example.org")) == 1


def test_a_draft_is_made_in_time_once_of_what_there_is_and_nothing_goes_unless_a_host_says_so(
    postman: Postman, hub: Hub
) -> None:
    day = clock.today() + timedelta(days=9)
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, hub.organisation_id)
        host = builders.actor(session, home, roles=["hub_host"])
        member, _ = joined(session, hub)
        at = builders.at(9, 13)
        hubs.activity(session, hub, title="Öppen * frukost", starts=at + timedelta(days=3), ends=at + timedelta(days=4))
        inside = {
            "audience": ActivityAudience.MEMBERS,
            "starts": at + timedelta(days=2),
            "ends": at + timedelta(days=3),
        }
        hubs.activity(session, hub, title="Intern middag", **inside)
        asked = hubs.question(session, hub, member, title="Vem vet?", audience=QuestionAudience.MEMBERS)
        hubs.answer(session, asked, member)
        for kind in LetterKind:
            plan = PlanDraft(kind=kind, next_on=day, at=time(10), weeks=1, language="sv")
            service.plan(session, host, hub.id, plan)
    for _ in range(2):
        swept(on_the_wall(day - timedelta(days=2), time(8)))
    with db.unit_of_work() as session:
        weekly, news = session.exec(select(HubLetter).order_by(col(HubLetter.kind).desc())).all()
        assert weekly.send_at == news.send_at == on_the_wall(day, time(10))
        for part in (
            "[Öppen \\* frukost](",
            "{{members}}\n- ",
            "[Intern middag](",
            "[Vem vet?](",
            "1 svar",
            "{{new_members}}",
        ):
            assert part in weekly.words, part
        assert weekly.words.index("Intern") < weekly.words.index("Öppen"), "what comes first stands first"
        assert not any(part in news.words for part in ("Intern", "Vem vet", "{{"))
        told = session.exec(select(Notice).where(Notice.code == "hub_letter_drafted")).all()
        assert [(each.organisation_id, each.permission) for each in told] == [(home.id, "host")] * 2
    swept(on_the_wall(day, time(10, 1)))
    assert not postman.to(member.email)


def test_two_who_write_at_once_lose_nothing_and_what_is_approved_is_what_was_read(session: Session) -> None:
    hub = hubs.hub(session)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    letter = hubs.letter(session, hub)
    draft = LetterDraft(subject="Ny", words="Ny text", send_at=letter.send_at)
    service.change(session, host, letter.id, draft, if_version=1)
    with pytest.raises(VersionChanged):
        service.change(session, host, letter.id, draft, if_version=1)
    with pytest.raises(VersionChanged):
        service.schedule(session, host, letter.id, if_version=1)
    service.schedule(session, host, letter.id, if_version=2)
    with pytest.raises(Conflict, match="Only a draft"):
        service.change(session, host, letter.id, draft)
    service.take_back(session, host, letter.id)
    with clock.frozen(letter.send_at + timedelta(minutes=1)), pytest.raises(Conflict, match="is over"):
        service.schedule(session, host, letter.id)


def test_an_address_is_asked_again_after_an_hour_at_most(session: Session) -> None:
    hub = hubs.hub(session)
    for _ in range(3):
        subscribing.ask(session, hub.id, "nyfiken@example.org", "sv")
    assert len(session.exec(select(Mail)).all()) == 1


def test_what_comes_back_is_shown_to_the_member_s_admins_and_to_the_host_as_a_number(session: Session) -> None:
    hub = hubs.hub(session)
    member, _ = joined(session, hub)
    admin = builders.actor(session, session.get_one(Organisation, member.organisation_id), roles=["admin"])
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host", "admin"])
    letter = due(session, hub, state=LetterState.SENT, sent_at=clock.now())
    mail = builders.added(session, Mail(member_id=member.id, letter_id=letter.id, sent_at=clock.now()))
    assert outbox.bounced(session, mail.id, "550 No such user")
    assert queries.letter_view(session, host, letter.id).failed == 1
    assert [each.id for each in undelivered_page(session, admin).items] == [mail.id]
    asked = builders.added(session, Mail(kind=MailKind.NEWSLETTER, of_id=hub.id, failed_at=clock.now()))
    assert not undelivered_page(session, host).items
    with pytest.raises(NotFound):
        outbox.send_again(session, host, asked.id)


def test_a_person_s_subscriptions_are_exported_and_erased_by_the_address(session: Session) -> None:
    hub, address = hubs.hub(session), "nyfiken@example.org"
    subscribing.ask(session, hub.id, address, "en")
    (told,) = person.export(session, address.upper())["newsletters"]
    assert (told["address"], told["hub_id"]) == (address, str(hub.id))
    person.erase(session, address)
    assert not session.exec(select(NewsletterSubscriber)).all()
