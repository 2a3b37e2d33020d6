"""What members of hubs ask each other, through every door: who reads it, what of its writers, and who answers."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.errors import Conflict, NotAllowed
from core.time import clock
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.letters.models import LetterKind
from hubs.letters.queries import facts
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
    A.HUBS: {"member", "host", "member elsewhere", "in the group"},
    A.EVERYBODY: {"member", "host", "member elsewhere", "in the group", "stranger", "nobody"},
    A.GROUP: {"in the group", "host"},
}


def asked(rows: Session, hub: Hub, audience: QuestionAudience, *, named: bool) -> HubQuestion:
    """Let somebody ask and somebody answer, each with names that nobody else has."""
    writers = [joined(rows, hub, first_name, told_to={})[0] for first_name in NAMES[:2]]
    for writer, name in zip(writers, NAMES[2:], strict=True):
        rows.get_one(Organisation, writer.organisation_id).name = name
    group_id = hubs.group(rows, hub, *writers).id
    said = {"audience": audience, "group_id": group_id if audience is A.GROUP else None}
    question = hubs.question(rows, hub, writers[0], title=WORDS[0], named=named, **said)
    hubs.answer(rows, question, writers[1], words=WORDS[1], named=named)
    return question


def readers(rows: Session, hub: Hub) -> dict[str, Member | None]:
    home = rows.get_one(Organisation, hub.organisation_id)
    in_group, _ = joined(rows, hubs.hub(rows))
    group = rows.exec(select(HubGroup).where(HubGroup.hub_id == hub.id)).one()
    builders.added(rows, HubGroupMember(group_id=group.id, member_id=in_group.id, named=False))
    return {
        "nobody": None,
        "stranger": builders.member(rows),
        "in the group": in_group,
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
    addresses += [f"hub-questions?group={question.group_id}"] if question.group_id else []
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


def test_a_group_asks_and_answers_keeps_it_and_who_left_reads_and_is_named_no_more(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    hub = hubs.hub(rows)
    (asker, _), (other, _) = joined(rows, hub, "Fjällripa"), joined(rows, hubs.hub(rows))
    group = hubs.group(rows, hub, asker, other)
    outside, _ = joined(rows, hub)
    rows.commit()
    signed_in(client, asker)
    said = {"title": "Hur lånar vi ut oss?", "words": "Vem betalar resan?", "named": "yes"}
    assert (
        post_form(client, f"/hub-questions/new/{hub.id}", said | {"group": "", "audience": "group"}).status_code == 422
    )
    answer = post_form(client, f"/hub-questions/new/{hub.id}", said | {"group": str(group.id)})
    assert answer.status_code == 303
    question = answer.headers["location"]
    assert "Hur lånar vi ut oss?" in client.get(f"/hub-groups/{group.id}", headers=HTML).text
    wire = {"hubId": str(hub.id), "groupId": str(group.id), "audience": "group", "title": "Hur?", "words": "Hur då?"}
    assert client.post("/api/v1/hub-questions", json=wire, headers=bearer(outside)).status_code == 400
    assert client.post(f"/api/v1{question}/answers", json={"words": "Jag."}, headers=bearer(outside)).status_code == 404
    given = client.post(f"/api/v1{question}/answers", json={"words": "Vi delar på det."}, headers=bearer(other))
    assert (given.status_code, given.json()["by"]["firstName"]) == (200, "Fjällripa")
    rows.expire_all()
    assert [(each.code, each.member_id) for each in rows.exec(select(Notice))] == [("question_answered", asker.id)]
    told = facts(rows, hub, LetterKind.WEEKLY, hub.created_at, clock.now())
    assert told.questions == [], "no letter of the hub tells what a group asks"
    assert post_form(client, f"/hub-groups/{group.id}/leaving").status_code == 303
    assert client.get(question, headers=HTML).status_code == 404
    again = client.post(f"/api/v1{question}/answers", json={"words": "Och boendet?"}, headers=bearer(other))
    assert (again.status_code, again.json()["by"]["firstName"]) == (200, "")
    rows.expire_all()
    assert len(rows.exec(select(Notice)).all()) == 1, "who has left the group is told of nothing that is said there"
    group.closed_at = clock.now()
    rows.commit()
    assert client.get(f"/api/v1{question}", headers=bearer(other)).json()["mayAnswer"] is False
    closed = client.post(f"/api/v1{question}/answers", json={"words": "Sent."}, headers=bearer(other))
    assert (closed.status_code, closed.json()["code"]) == (409, "group_closed")
    assert client.post("/api/v1/hub-questions", json=wire, headers=bearer(other)).status_code == 409


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
