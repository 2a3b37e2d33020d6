"""Two taps from the link in a mail: the first keeps nothing, the second answers, without signing in."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from hubs.feedback.links import survey_path
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from tests import builders
from tests.api.conftest import HTML, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]


def asked(rows: Session, kind: SurveyKind) -> HubSurvey:
    hub = hubs.hub(rows)
    member, _ = joined(rows, hub)
    its = {"hub_id": hub.id, "member_id": member.id, "kind": kind, "day": clock.today()}
    survey = builders.added(rows, HubSurvey(asked=True, **its))
    rows.commit()
    return survey


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (SurveyKind.VISIT, ("Hur bra var det", "Skulle du rekommendera")),
        (SurveyKind.WORTH, ("Borde din organisation", "Hur mycket")),
    ],
)
def test_two_taps_answer_and_looking_does_not(
    client: Client, rows: Session, kind: SurveyKind, questions: tuple[str, str]
) -> None:
    survey = asked(rows, kind)
    path = survey_path(survey.id)
    assert questions[0] in client.get(path, headers=HTML).text
    assert questions[1] in client.get(f"{path}?first=3", headers=HTML).text
    assert rows.exec(select(HubAnswer)).all() == []
    answer = post_form(client, path, {"first": "3", "second": "2", "words": ""})
    assert answer.status_code == 303
    (row,) = rows.exec(select(HubAnswer)).all()
    assert (row.kind, row.first, row.second) == (kind, 3, 2)
    assert "Du har svarat" in client.get(path, headers=HTML).text
    assert post_form(client, path, {"first": "1", "second": "1"}).status_code == 409
    assert len(rows.exec(select(HubAnswer)).all()) == 1


@pytest.mark.parametrize("first", ["6", "0", "-1", "x", "9" * 5000, "²"])
def test_no_such_choice_asks_again(client: Client, rows: Session, first: str) -> None:
    path = survey_path(asked(rows, SurveyKind.VISIT).id)
    assert "Hur bra var det" in client.get(path, params={"first": first[:2000]}, headers=HTML).text
    assert post_form(client, path, {"first": first, "second": "1"}).status_code == 422
    assert rows.exec(select(HubAnswer)).all() == []


def test_what_is_added_is_kept_where_it_is_wrong(client: Client, rows: Session) -> None:
    path = survey_path(asked(rows, SurveyKind.VISIT).id)
    answer = post_form(client, path, {"first": "5", "second": "5", "words": "Ring 070-123 45 67 om det"})
    assert answer.status_code == 422
    assert "Ring 070-123 45 67 om det" in answer.text
    assert "Skulle du rekommendera" in answer.text


def test_a_forged_link_opens_nothing(client: Client, rows: Session) -> None:
    path = survey_path(asked(rows, SurveyKind.VISIT).id)
    forged = path[:-4] + ("aaaa" if path[-4:] != "aaaa" else "bbbb")
    assert client.get(forged, headers=HTML).status_code == 409
