"""Mails through a real server: each goes once, or is kept with what was wrong; what is killed or away costs none."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from api.mail import jobs
from api.mail.jobs import sweep_mail
from core.actor import Actor
from core.database import db
from core.settings import Settings, settings
from core.time import clock
from marketplace.mail import service
from marketplace.mail.models import Mail
from marketplace.mail.rules import TRIED_FOR
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.mail.postman import DAWDLES, HANGS_UP, TAKEN, Postman, certificate, working

MINUTE = timedelta(minutes=1)
ODD = "251 2.0.0 Mine now"
BUSY, NEVER = "451 4.3.0 Busy", "554 5.7.1 Not wanted here"


@pytest.fixture
def reader(engine: Engine) -> Iterator[Actor]:
    """A member that somebody waits for."""
    with db.unit_of_work() as session:
        made = builders.actor(session, email="lasare@example.se")
    told(made)
    return made


def told(actor: Actor, request: str = "Sal") -> None:
    with db.unit_of_work() as session:
        facts = {"request": request, "answerBy": builders.at(9).isoformat()}
        notify(session, [actor.organisation_id], NoticeCode.APPROVED, "proposal", actor.member_id, **facts)


def mail_of(actor: Actor) -> Mail:
    with db.unit_of_work() as session:
        return session.exec(select(Mail).where(Mail.member_id == actor.member_id)).one()


def swept(after: timedelta = timedelta(0)) -> None:
    with clock.frozen(clock.now() + after):
        sweep_mail()


def test_a_notice_is_sent_once_with_what_it_asks_for_until_when_and_where(postman: Postman, reader: Actor) -> None:
    told(reader, "Bil")
    for _ in range(2):
        swept()
    (letter,) = postman.to("lasare@example.se")
    until = builders.at(8).date()
    assert letter["subject"] == "2 aviseringar"
    assert letter["auto-submitted"] == "auto-generated"
    assert (letter["from"], letter["content-language"]) == ("Platsverket <platsverket@example.se>", "sv")
    assert letter["message-id"] == f"<{mail_of(reader).id}@example.se>"
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for each in (text, html):
        assert f"Ett förslag till ”Sal” väntar på ert svar senast {until}." in each
        assert f"{settings().address}/proposals/{reader.member_id}" in each
        assert f"{settings().address}/notices/mail-choices" in each
        assert each.index("”Sal”") < each.index("”Bil”")
    assert not {"<img", "<link", "<script"} & {word for word in html.split() if word.startswith("<")}
    assert mail_of(reader).sent_at is not None


def test_each_reads_its_own_language_and_nothing_in_a_title_gets_out_of_its_place(
    postman: Postman, reader: Actor
) -> None:
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, reader.organisation_id)
        builders.member(session, home, email="reader@example.se", language="en")
        session.get_one(Member, reader.member_id).active = False
    swept()
    (letter,) = postman.letters
    assert letter["to"] == "reader@example.se"
    assert letter["subject"].startswith("A proposal for “Sal” waits for your answer by ")
    told(reader, "Bil\r\nBcc: alla@example.se\n\n<script>" + "ä" * 300)
    swept(after=3 * MINUTE)
    first, nasty = postman.letters
    assert first["bcc"] is nasty["bcc"] is None
    assert nasty["subject"].startswith("A proposal for “Bil Bcc: alla@example.se")
    assert len(nasty["subject"]) <= 120
    text, html = (nasty.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "&lt;script&gt;" in html
    assert "“Bil Bcc: alla@example.se <script>ä" in text, "nothing in it looks like a notice of its own"


def test_more_notices_than_are_queued_at_a_time_are_one_mail(
    postman: Postman, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "AT_A_TIME", 2)
    for number in range(4):
        told(reader, f"Sal {number}")
    swept()
    (letter,) = postman.letters
    assert letter["subject"] == "5 aviseringar"


def test_what_is_not_taken_now_is_tried_again_as_the_same_mail(postman: Postman, reader: Actor) -> None:
    postman.answers.append(BUSY)
    swept()
    waiting = mail_of(reader)
    assert (waiting.sent_at, waiting.failed_at, waiting.attempts, bool(waiting.fault)) == (None, None, 1, True)
    swept()  # at once is too soon
    assert mail_of(reader).attempts == 1
    swept(after=2 * MINUTE)
    assert (mail_of(reader).attempts, mail_of(reader).fault, mail_of(reader).data_at) == (2, "", None)
    (letter,) = postman.to("lasare@example.se")
    assert letter["message-id"] == f"<{waiting.id}@example.se>"


@pytest.mark.parametrize("answer", [HANGS_UP, DAWDLES, ODD])
def test_what_may_have_been_taken_has_failed_and_comes_again_only_when_somebody_says_so(
    postman: Postman, reader: Actor, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postman.answers.append(answer)
    if answer == DAWDLES:
        monkeypatch.setenv("PLATSVERKET_MAIL_TIMEOUT_S", "0.2")
        settings.cache_clear()
    swept()
    monkeypatch.setenv("PLATSVERKET_MAIL_TIMEOUT_S", "10")
    settings.cache_clear()
    unknown = mail_of(reader)
    assert (unknown.sent_at, unknown.failed_at is None, unknown.data_at is None) == (None, False, False)
    swept(after=24 * 60 * MINUTE)
    assert len(postman.to("lasare@example.se")) == 1
    with db.unit_of_work() as session:
        admin = builders.actor(session, session.get_one(Organisation, reader.organisation_id), roles=["admin"])
        service.send_again(session, admin, unknown.id)
    swept()
    assert {each["message-id"] for each in postman.to("lasare@example.se")} == {f"<{unknown.id}@example.se>"}
    assert (len(postman.letters), mail_of(reader).sent_at is None) == (2, False)


def test_a_server_that_is_away_costs_no_mail_however_long(
    reader: Actor, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATSVERKET_MAIL_URL", "smtp+plain://127.0.0.1:1")
    settings.cache_clear()
    swept()
    swept(after=2 * TRIED_FOR)
    waiting = mail_of(reader)
    assert (waiting.failed_at, waiting.attempts) == (None, 2)
    assert "ConnectionRefusedError" in waiting.fault
    monkeypatch.setenv("PLATSVERKET_MAIL_URL", postman.url)
    settings.cache_clear()
    swept(after=3 * TRIED_FOR)
    assert len(postman.letters) == 1


def test_what_waits_is_not_called_sent_where_no_mail_server_is_connected_any_more(
    postman: Postman, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    postman.answers = [BUSY]
    swept()
    monkeypatch.delenv("PLATSVERKET_MAIL_URL")
    settings.cache_clear()
    monkeypatch.setattr(Settings, "makes_mail", property(lambda _of: False))  # as in production
    swept(after=2 * MINUTE)
    assert (mail_of(reader).sent_at, mail_of(reader).attempts) == (None, 1)


def test_what_will_never_be_taken_is_kept_as_failed_and_stops_no_other(postman: Postman, reader: Actor) -> None:
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, reader.organisation_id)
        others = [builders.member(session, home, email=f"{n}@example.se") for n in "abc"]
        builders.member(session, home, email="inte en adress\r\nBcc: x@example.se")
    postman.unknown = {"lasare@example.se"}
    postman.answers = [NEVER, TAKEN]
    swept()
    assert mail_of(reader).fault == "550 5.1.1 No such user here"
    with db.unit_of_work() as session:
        found = session.exec(select(Mail.fault, Mail.failed_at).order_by(col(Mail.due_at), col(Mail.id))).all()
        assert sorted(bool(failed) for _fault, failed in found) == [False, False, True, True, True]
        assert NEVER in {fault for fault, _failed in found}
    assert len(postman.letters) == len(others) - 1
    swept(after=10 * MINUTE)
    assert len(postman.letters) == len(others) - 1, "what has failed is not tried again by itself"


def test_what_the_server_puts_off_for_a_day_is_given_up(postman: Postman, reader: Actor) -> None:
    postman.answers = [BUSY] * 3
    swept()
    swept(after=TRIED_FOR - MINUTE)
    assert mail_of(reader).failed_at is None
    swept(after=TRIED_FOR + timedelta(hours=2))
    assert (mail_of(reader).failed_at is None, mail_of(reader).fault) == (False, BUSY)


@pytest.mark.parametrize(
    ("where", "what", "copies", "is_known"),
    [
        (service, "queue", 1, True),
        (service, "collect", 1, True),
        (service, "take", 1, True),
        (jobs, "message", 1, True),
        (service, "begin", 1, True),
        (jobs, "_begin", 0, False),
        (service, "sent", 1, False),
    ],
)
def test_wherever_a_worker_is_killed_each_notice_comes_once_or_is_shown_as_failed(
    postman: Postman,
    reader: Actor,
    monkeypatch: pytest.MonkeyPatch,
    where: ModuleType,
    what: str,
    copies: int,
    is_known: bool,
) -> None:
    # `python -m benchmarks.mail.killing` kills real workers, and the mail server, anywhere.
    whole = getattr(where, what)

    def killed(*of: Any, **named: Any) -> None:
        whole(*of, **named)
        raise KeyboardInterrupt  # after all of it, and before the commit

    with monkeypatch.context() as dying:
        dying.setattr(where, what, killed)
        with suppress(KeyboardInterrupt):
            swept()
    swept()  # one that is leased is left alone
    assert len(postman.letters) == (what not in {"message", "begin", "_begin"})
    for _ in range(2):
        swept(after=timedelta(seconds=settings().mail_lease_s + 1))
    assert len(postman.letters) == copies
    assert (mail_of(reader).sent_at is not None, mail_of(reader).failed_at is None) == (is_known, is_known)


def test_workers_that_sweep_at_once_send_each_mail_once(postman: Postman, reader: Actor) -> None:
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, reader.organisation_id)
        for n in range(15):
            builders.member(session, home, email=f"m{n}@example.se")
    for _round in range(4):
        told(reader)
        with ThreadPoolExecutor(3) as pool:
            for each in [pool.submit(sweep_mail) for _ in range(3)]:
                each.result()
    swept()
    addresses = [each["to"] for each in postman.letters]
    assert sorted(addresses) == sorted(set(addresses))  # what came later waits, and goes in a second
    assert len(addresses) == 16


def test_a_mail_that_cannot_be_written_stops_no_other(
    postman: Postman, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, reader.organisation_id)
        builders.member(session, home, email="annan@example.se")
    whole = jobs.message
    broken = {"lasare@example.se"}
    monkeypatch.setattr(
        jobs,
        "message",
        lambda letter, asked: {}[0] if letter.member.email in broken else whole(letter, asked),  # type: ignore[index]
    )
    swept()
    assert [each["to"] for each in postman.letters] == ["annan@example.se"]
    assert mail_of(reader).fault == "The mail could not be written; the log says why."


def test_a_password_goes_only_to_a_server_that_is_known_and_encrypts(
    postman: Postman, reader: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trusted, forged = (certificate(tmp_path / name) for name in ("trusted", "forged"))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.authority))
    tried = iter(range(1, 9))

    def with_server(url: str) -> str:
        monkeypatch.setenv("PLATSVERKET_MAIL_URL", url)
        settings.cache_clear()
        swept(after=next(tried) * timedelta(hours=2))
        return mail_of(reader).fault

    plain = postman.url.removeprefix("smtp+plain://")
    assert "STARTTLS extension not supported" in with_server(f"smtp://user:secret@{plain}")
    assert "WRONG_VERSION_NUMBER" in with_server(f"smtps://user:secret@{plain}")
    with working(Postman(), encrypted=forged) as other:
        assert "CERTIFICATE_VERIFY_FAILED" in with_server(f"smtp://user:secret@{other.place}")
        assert other.passwords == []
    with working(Postman(), encrypted=trusted) as other:
        assert with_server(f"smtp://user:wrong@{other.place}").startswith("535 ")
        assert with_server(f"smtp://{other.place}").startswith("530 ")
        assert other.letters == []
        assert with_server(f"smtp://user:secret@{other.place}") == ""
        assert (len(other.letters), other.passwords[-1]) == (1, "secret")
    assert postman.letters == [], "nothing was sent in the clear"
    assert (mail_of(reader).failed_at, mail_of(reader).attempts) == (None, 6)
