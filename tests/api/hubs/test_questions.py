"""What members of hubs ask each other, through every door: who reads it, what of its writers, and who answers."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.errors import Conflict, NotAllowed
from hubs.membership.models import HubMember, HubMemberState
from hubs.places.models import Hub
from hubs.questions import queries, service
from hubs.questions.models import HubQuestion, QuestionAudience
from hubs.questions.queries import HubQuestionSearch
from hubs.questions.rules import MOST_A_DAY, HubQuestionDraft
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]
A = QuestionAudience
WORDS = ("Hur gör ni på fjället?", "Vi går i par.")
NAMES = ("Fjällripa", "Snösparv", "Ripverket", "Sparvverket")
READS = {
    A.MEMBERS: {"member", "host"},
    A.HUBS: {"member", "host", "member elsewhere"},
    A.EVERYBODY: {"member", "host", "member elsewhere", "stranger", "nobody"},
}


def asked(rows: Session, hub: Hub, audience: QuestionAudience, *, named: bool) -> HubQuestion:
    """Let somebody ask and somebody answer, each with names that nobody else has."""
    writers = [joined(rows, hub, first_name, told_to={})[0] for first_name in NAMES[:2]]
    for writer, name in zip(writers, NAMES[2:], strict=True):
        rows.get_one(Organisation, writer.organisation_id).name = name
    question = hubs.question(rows, hub, writers[0], title=WORDS[0], audience=audience, named=named)
    hubs.answer(rows, question, writers[1], words=WORDS[1], named=named)
    return question


def readers(rows: Session, hub: Hub) -> dict[str, Member | None]:
    home = rows.get_one(Organisation, hub.organisation_id)
    return {
        "nobody": None,
        "stranger": builders.member(rows),
        "member elsewhere": joined(rows, hubs.hub(rows))[0],
        "member": joined(rows, hub)[0],
        "host": builders.member(rows, home, roles=["hub_host"]),
    }


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("audience", list(A))
def test_a_question_is_told_to_its_audience_and_names_to_nobody_unless_they_say_so(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer, audience: QuestionAudience, named: bool
) -> None:
    hub = hubs.hub(rows)
    question = asked(rows, hub, audience, named=named)
    people = readers(rows, hub)
    rows.commit()
    addresses = ["hub-questions", "hub-questions?text=par", f"hub-questions/{question.id}"]
    for kind, reader in people.items():
        client.cookies.clear()
        if reader is not None:
            signed_in(client, reader)
        told = [client.get(f"/{each}", headers=HTML).text for each in addresses]
        if reader is not None:
            told += [client.get(f"/api/v1/{each}", headers=bearer(reader)).text for each in addresses]
        text, reads = "".join(told), kind in READS[audience]
        assert all((each in text) is reads for each in WORDS), kind
        assert all((each in text) is (reads and named) for each in NAMES), kind
    facts = "".join(str(each.facts) for each in rows.exec(select(Notice)))
    assert not any(each in facts for each in NAMES), "no notice, and so no mail, says who wrote it"


def test_whoever_left_is_called_by_name_no_more(session: Session) -> None:
    hub = hubs.hub(session)
    question = asked(session, hub, A.MEMBERS, named=True)
    _, reader = joined(session, hub)
    seat = session.exec(select(HubMember).where(HubMember.member_id == question.member_id)).one()
    seat.state = HubMemberState.LEFT
    session.flush()
    view = queries.question_view(session, reader, question.id)
    assert (view.by.first_name, view.answers[0].by.first_name) == ("", NAMES[1])


def test_members_ask_answer_and_find_by_swedish_stems(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    (asker, _), (other, _) = joined(rows, hub), joined(rows, hub)
    activity = hubs.activity(rows, hub, form="how_do_you")
    rows.commit()
    signed_in(client, asker)
    said = {"title": "Hur gör ni med lånade lampor?", "words": "Vem bär dem?", "audience": "members"}
    said["activity"] = str(activity.id)
    answer = post_form(client, f"/hub-questions/new/{hub.id}", said)
    assert answer.status_code == 303
    question = answer.headers["location"]
    assert "Frågor och svar om den" in client.get(f"/activities/{activity.id}", headers=HTML).text
    signed_in(client, other)
    assert post_form(client, f"{question}/answers", {"words": "Vaktmästarna bär."}).status_code == 303
    rows.expire_all()
    assert [(each.code, each.member_id) for each in rows.exec(select(Notice))] == [("question_answered", asker.id)]
    for text, found in (("lampa", True), ("vaktmästare", True), ("bil", False)):
        shown = client.get(f"/hub-questions?hub={hub.id}&activity={activity.id}&text={text}", headers=HTML).text
        assert ("lånade lampor" in shown) is found, text


def test_what_is_wrong_is_told_at_once_and_kept(client: Client, rows: Session, signed_in: SignIn) -> None:
    hub = hubs.hub(rows)
    asker, _ = joined(rows, hub)
    rows.commit()
    signed_in(client, asker)
    answer = post_form(
        client, f"/hub-questions/new/{hub.id}", {"title": "", "words": "Ring 070-174 06 05", "audience": ""}
    )
    assert answer.status_code == 422
    assert answer.text.count('class="ds-validation-message"') >= 2
    assert "Ring 070-174 06 05" in answer.text


def test_the_host_and_whoever_wrote_it_take_away_and_others_do_not(session: Session) -> None:
    hub = hubs.hub(session)
    question = asked(session, hub, A.MEMBERS, named=False)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    _, other = joined(session, hub)
    answer_id = queries.question_view(session, other, question.id).answers[0].answer.id
    with pytest.raises(NotAllowed):
        service.remove(session, other, question.id, answer_id)
    service.report(session, other, question.id, "Det pekar ut någon.")
    service.remove(session, host, question.id, answer_id)
    told = session.exec(select(Notice).order_by(Notice.sequence)).all()
    assert [(each.code, each.organisation_id, each.permission) for each in told] == [
        ("question_reported", hub.organisation_id, "host"),
        ("question_ended", told[1].organisation_id, None),
    ]
    assert told[0].read_at is not None, "nobody need look at what was decided"
    assert not queries.question_view(session, other, question.id).answers
    service.remove(session, builders.actor_of(session, session.get_one(Member, question.member_id)), question.id)
    assert not queries.questions_page(session, other).items
    assert queries.questions_page(session, host).total == 1


def test_a_reader_who_is_no_member_answers_nothing_and_nobody_asks_without_end(session: Session) -> None:
    hub = hubs.hub(session)
    question = asked(session, hub, A.EVERYBODY, named=False)
    with pytest.raises(Conflict, match="Members of the hub"):
        service.answer(session, builders.actor(session), question.id, "Så här.")
    _, asker = joined(session, hub)
    draft = HubQuestionDraft(title="Hur?", words="Hur då?", audience=A.HUBS)
    for _ in range(MOST_A_DAY):
        service.ask(session, asker, hub.id, draft)
    with pytest.raises(Conflict, match="within a day"):
        service.ask(session, asker, hub.id, draft)
    assert queries.questions_page(session, asker, HubQuestionSearch(hub.id)).total == MOST_A_DAY + 1
