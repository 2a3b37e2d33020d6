"""Finding competence on the page: a word, the skill, who has it, and nothing that was never asked for."""

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from competence.service import add_skills
from core.time import clock
from tests import builders
from tests.api.conftest import Bearer, SignIn, text_of
from tests.marketplace.exchange.test_exchange import lend

ENGLISH = {"accept": "text/html", "accept-language": "en"}


def test_a_word_finds_skills_and_a_skill_who_has_it(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    add_skills(rows)
    for _ in range(6):
        builders.offer(rows, builders.staff(rows, skills={"administrative_law": 5}, people_meant=1))
    reader = builders.member(rows, builders.organisation(rows, municipality_code="1480"))
    token = bearer(reader)
    signed_in(client, reader)
    assert "Which of these?" not in client.get("/competence", headers=ENGLISH).text
    found = client.get("/competence?text=jurist&level=4&county=23", headers=ENGLISH).text
    assert 'href="/competence?skill=law&amp;level=4&amp;county=23"' in found
    assert "Nothing was found" in client.get("/competence?text=xyzzy", headers=ENGLISH).text
    told = text_of(client.get("/competence?skill=law&level=4&county=23", headers=ENGLISH).text)
    assert "At least 5 people in all." in told
    assert "Jämtlands län A state agency at least 5" in told
    assert told.count("Jämtlands län A state agency") == 7  # in each line, and in the table of counts
    for nothing in (
        "skill=law&level=5",
        "skill=law&county=01",
        "skill=law&language=sma",
        "skill=law&language=Southern+Sami",
    ):
        assert "Nobody whose card others may see" in client.get(f"/competence?{nothing}", headers=ENGLISH).text
    for odd in ("skill=x", "skill=law&level=9&county=99&language=%C3%A5%C3%A4%C3%B6%C3%A5", f"skill={'x' * 3000}"):
        assert client.get(f"/competence?{odd}", headers=ENGLISH).status_code == 200
    wrong = client.get("/competence?skill=law&language=dothraki", headers=ENGLISH).text
    assert ("dothraki is no known language" in wrong, "people in all" in wrong) == (True, False)
    counted = client.get("/api/v1/skills/law/capacity?level=4", headers=token).json()
    told_by_county = [{"countyCode": "23", "organisationGroup": "state", "count": 5}]
    assert counted == {"total": 5, "items": told_by_county}
    high = client.get("/api/v1/offers?family=staff&skill=law&level=5", headers=token).json()
    assert high["items"] == []
    assert client.get("/api/v1/skills/juggling/capacity", headers=token).status_code == 404


def test_give_and_take_and_unmet_demand_are_tables_and_files(
    client: TestClient[Litestar], rows: Session, signed_in: SignIn
) -> None:
    home, other = builders.organisation(rows, name="Hemma"), builders.organisation(rows)
    builders.skill(rows, "law")
    with clock.frozen(builders.at(-20)):
        lend(rows, home, other, "Juridik", 5, during=builders.days(0, 7))
    for _ in range(5):
        asked = builders.request(rows, builders.member(rows))
        builders.need(rows, asked, family="staff", amount=20, requirements={"skillsMust": {"law": 3}})
    signed_in(client, builders.member(rows, home))
    for address, words in (("/give-and-take", "Hemma Juridik 25 –"), ("/unmet-demand", "Jämtlands län 5 100")):
        assert words in text_of(client.get(address, headers=ENGLISH).text)
        file = client.get(f"{address}?as=csv", headers=ENGLISH)
        assert words.split()[0] in file.text
        assert file.headers["content-type"].startswith("text/csv")
    signed_in(client, builders.member(rows))
    assert "Hemma" not in client.get("/give-and-take", headers=ENGLISH).text
