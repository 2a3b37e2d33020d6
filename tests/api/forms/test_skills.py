"""Choosing skills in forms: a word finds them in all vocabularies, and what was chosen or is gone stays a choice."""

from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from competence.models import Skill, StaffSkill
from competence.service import add_skills, describe_staff
from competence.taxonomies.importing import import_release
from competence.taxonomies.releases import Concept, ConceptKind, Release
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.rules import RequestDraft
from marketplace.requests.service import file_request
from resources.families.staff import StaffFacts, StaffRequirements
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn
from tests.api.forms.browsing import sent
from tests.marketplace.surges import alerts

Client = TestClient[Litestar]
WELDING = "jobtech-aaaa_aaa_aaa"


def release(version: str, *labels: str) -> Release:
    return Release(
        "jobtech",
        version,
        tuple(
            Concept(f"urn:{code}", f"jobtech-{code}", ConceptKind.SKILL, label, label)
            for label, code in zip(labels, ("aaaa_aaa_aaa", "bbbb_bbb_bbb"), strict=False)
        ),
    )


@pytest.fixture
def vocabulary(rows: Session) -> None:
    add_skills(rows)
    import_release(rows, release("30", "Svetsning", "Lödning"))
    rows.commit()


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    member = builders.member(rows, roles=["lister", "requester"])
    signed_in(client, member)
    return member


FORMS = [
    ("/offers/new/staff", "/offers/new/staff?sent", "skills"),
    ("/requests/new?family=staff&step=what", "/requests/new", "needs.0.requirements.skills"),
]


@pytest.mark.usefixtures("vocabulary", "member")
@pytest.mark.parametrize(("address", "action", "name"), FORMS, ids=["offer", "need"])
def test_what_a_word_finds_comes_first_and_what_is_chosen_stays(
    client: Client, address: str, action: str, name: str
) -> None:

    def looked(word: str, **chosen: str) -> str:
        fields = sent(client.get(address, headers=HTML).text, action, ("do", "find-skills"))
        answer = client.post(action, data=fields | {f"{name}.find": word} | chosen, headers=HTML)
        if answer.status_code == 303:  # a step that is saved is then shown by its address
            answer = client.get(answer.headers["location"], headers=HTML)
        assert answer.status_code == 200, answer.text
        return answer.text

    assert WELDING not in client.get(address, headers=HTML).text
    found = looked("SVETS")
    first, _, rest = found.partition("</optgroup>")
    assert f'<option value="{WELDING}">Svetsning</option>' in first
    assert "jobtech-bbbb_bbb_bbb" not in found
    assert "1 kompetens hittades för ”SVETS”" in found
    assert f'value="{WELDING}"' not in rest.partition("</select>")[0], "it is there once in a list"
    assert "Förvaltningsrätt" in looked("jurist").partition("</optgroup>")[0]
    assert "Ännu fler passar" not in found
    assert "Ännu fler passar" in looked("e"), "50 of our own skills have one, and more"
    chosen = looked("ingenting sådant", **{f"{name}.0.code": WELDING})
    assert f'<option value="{WELDING}" selected>Svetsning</option>' in chosen
    assert "Inget hittades för ”ingenting sådant”" in chosen


@pytest.mark.usefixtures("vocabulary")
def test_a_card_is_filed_with_a_skill_that_was_found(client: Client, rows: Session, member: Member) -> None:
    fields = sent(client.get("/offers/new/staff", headers=HTML).text, "/offers/new/staff?sent", ("do", "publish"))
    said = {"name": "Kort A", "extentPercent": "50", "remote": "yes", "first": "2027-03-01", "last": "2027-04-01"}
    said |= {"skills.0.code": WELDING, "skills.0.level": "4", "skills.find": "svets"}
    answer = client.post("/offers/new/staff", data=fields | said, headers=HTML)
    assert answer.status_code == 303, answer.text
    held = select(Skill.code, Skill.in_use).join(StaffSkill, StaffSkill.skill_id == Skill.id)
    assert rows.exec(held).all() == [(WELDING, True)]
    assert WELDING not in client.get("/requests/new?family=staff&step=what", headers=HTML).text, (
        "nobody has said yes to it yet"
    )
    assert WELDING in client.get(f"{answer.headers['location']}/resource", headers=HTML).text


@pytest.mark.usefixtures("vocabulary")
def test_what_the_vocabulary_has_no_more_stays_on_the_card_and_says_so(
    client: Client, rows: Session, member: Member
) -> None:
    resource = builders.staff(rows, rows.get_one(Organisation, member.organisation_id))
    describe_staff(rows, None, resource, StaffFacts(50, remote=True, skills={WELDING: 4}))
    offer = builders.offer(rows, resource)
    rows.commit()
    both = release("31", "Svetsning", "Lödning")
    import_release(rows, replace(both, concepts=both.concepts[1:]))
    rows.commit()
    assert "Svetsning (finns inte längre i vokabulären)" in client.get(f"/offers/{offer.id}", headers=HTML).text
    address = f"/offers/{offer.id}/resource"
    page = client.get(address, headers=HTML).text
    assert f'<option value="{WELDING}" selected>Svetsning (finns inte längre i vokabulären)</option>' in page
    assert client.post(address, data=sent(page, address), headers=HTML).status_code == 303
    rows.rollback()
    assert rows.exec(select(Skill.code).join(StaffSkill, StaffSkill.skill_id == Skill.id)).all() == [WELDING]


@pytest.mark.usefixtures("vocabulary")
def test_a_need_keeps_a_skill_that_is_gone_and_says_so(
    client: Client, rows: Session, member: Member, bearer: Bearer
) -> None:
    need = replace(alerts.role(1, 50).need, requirements=StaffRequirements(skills_must={WELDING: 4}))
    request = file_request(rows, builders.actor_of(rows, member), RequestDraft(title="Svetsare", needs=(need,)))
    rows.commit()
    both = release("31", "Svetsning", "Lödning")
    import_release(rows, replace(both, concepts=both.concepts[1:]))
    rows.commit()
    assert "Svetsning (finns inte längre i vokabulären)" in client.get(f"/requests/{request.id}", headers=HTML).text
    address = f"/requests/{request.id}/change"
    page = client.get(address, headers=HTML).text
    assert f'<option value="{WELDING}" selected>Svetsning (finns inte längre i vokabulären)</option>' in page
    assert client.post(address, data=sent(page, address, ("do", "file")), headers=HTML).status_code == 303
    assert (
        f'"skillsMust":{{"{WELDING}":4}}' in client.get(f"/api/v1/requests/{request.id}", headers=bearer(member)).text
    )
