"""The vocabulary, capacity cards, and who has said yes to them."""

import csv
from importlib.resources import files

import pytest
from sqlmodel import Session, select

from competence import queries
from competence.approvals.models import ApprovalState, Approver
from competence.approvals.queries import given, of_cards
from competence.models import Skill
from competence.service import add_skills, describe_staff
from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from marketplace.cards.approving import give, withdraw
from marketplace.organisations.models import Organisation
from resources.families.staff import StaffFacts
from resources.models import Resource
from tests import builders
from tests.counting import counted

CARD = StaffFacts(50, municipality_codes=("2380",), skills={"procurement": 4}, people_meant=5)
EMPLOYEE, MANAGER, HR = Approver
FORM = "Blankett 2026-11-20, dnr 2026/114"


def home(session: Session, resource: Resource) -> Organisation:
    return session.get_one(Organisation, resource.organisation_id)


def test_the_vocabulary_is_put_in_once_and_brought_up_to_date(session: Session) -> None:
    assert add_skills(session) >= 60
    skill = queries.skill(session, "procurement")
    assert (skill.label_sv, skill.scheme) == ("Offentlig upphandling", "platsverket-skills")
    skill.label_sv = "Något annat"
    assert add_skills(session) == 0
    assert queries.skill(session, "procurement").label_sv == "Offentlig upphandling"


def test_the_vocabulary_has_both_labels_and_no_twins() -> None:
    with files("competence.taxonomies").joinpath("data", "skills.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for column in ("code", "uri", "label_sv", "label_en"):
        values = [row[column] for row in rows]
        assert all(values)
        assert len(set(values)) == len(values)


def test_skills_are_found_by_either_label(session: Session) -> None:
    add_skills(session)
    assert "procurement" in [skill.code for skill in queries.skills_page(session, "UPPHANDL").items]
    assert "registry" in [skill.code for skill in queries.skills_page(session, "record keep").items]
    assert queries.skills_page(session, "100%").total == 0
    with pytest.raises(NotFound):
        queries.skill(session, "juggling")


def test_a_card_is_described_and_read(session: Session) -> None:
    resource = builders.staff(session)
    lister = builders.actor_of(session, builders.member(session, home(session, resource)))
    builders.skill(session, "law")
    facts = StaffFacts(50, True, ("0180",), frozenset({"sv", "en"}), {"law": 3})
    describe_staff(session, lister, resource, facts)
    assert queries.cards_by_id(session, [resource.id])[resource.id].facts == facts


def test_a_changed_card_needs_a_new_yes_and_an_unchanged_one_does_not(session: Session) -> None:
    resource = builders.staff(session, extent_percent=50)
    version = resource.version
    assert describe_staff(session, None, resource, CARD).may_be_shown
    assert resource.version == version
    changed = StaffFacts(80, municipality_codes=("2380",), skills={"procurement": 4})
    assert not describe_staff(session, None, resource, changed).may_be_shown
    assert resource.version == version + 1


def test_unknown_skills_are_all_named(session: Session) -> None:
    with pytest.raises(BadInput) as caught:
        describe_staff(session, None, builders.staff(session), StaffFacts(50, True, skills={"x": 1, "y": 2}))
    assert [each.property for each in caught.value.parameters] == ["skills.x", "skills.y"]


def test_three_say_yes_in_order(session: Session) -> None:
    resource = builders.staff(session, consented=False)
    with pytest.raises(Conflict, match="employee"):
        give(session, None, resource, MANAGER, FORM)
    give(session, None, resource, EMPLOYEE, FORM)
    with pytest.raises(Conflict, match="manager"):
        give(session, None, resource, HR, FORM)
    give(session, None, resource, MANAGER, FORM)
    give(session, None, resource, HR, FORM)
    assert shown(session, resource)


def shown(session: Session, resource: Resource) -> bool:
    return queries.cards_by_id(session, [resource.id])[resource.id].may_be_shown


def hr(session: Session, resource: Resource) -> Actor:
    return builders.actor(session, home(session, resource), roles=["hr"])


def test_a_yes_says_who_noted_it_when_and_how_it_is_known(session: Session) -> None:
    resource = builders.staff(session, consented=False)
    noting = hr(session, resource)
    with clock.frozen(builders.at(0)):
        give(session, noting, resource, EMPLOYEE, f" {FORM} ")
    [said] = given(session, resource.id)
    assert (said.who, said.at, said.member_id) == (EMPLOYEE, builders.at(0), noting.member_id)
    assert (said.noted_by, said.evidence) == (noting.name, FORM)


@pytest.mark.parametrize("evidence", ["", "  ", "x" * 501, "Enligt 811218-9876"])
def test_a_yes_needs_a_word_on_how_it_is_known(session: Session, evidence: str) -> None:
    resource = builders.staff(session, consented=False)
    with pytest.raises(BadInput) as caught:
        give(session, hr(session, resource), resource, EMPLOYEE, evidence)
    assert caught.value.parameters[0].property == "evidence"


def test_nobody_notes_all_three(session: Session) -> None:
    resource = builders.staff(session, consented=False)
    one, other = hr(session, resource), hr(session, resource)
    give(session, one, resource, EMPLOYEE, FORM)
    give(session, one, resource, MANAGER, FORM)
    with pytest.raises(Conflict) as refused:
        give(session, one, resource, HR, FORM)
    assert refused.value.code == "same_person"
    give(session, other, resource, HR, FORM)
    assert shown(session, resource)


@pytest.mark.parametrize("roles", [["lister"], ["admin"], ["requester", "lister", "coordinator"]])
def test_whoever_offers_the_card_notes_no_yes_but_takes_one_back(session: Session, roles: list[str]) -> None:
    resource = builders.staff(session)
    someone = builders.actor(session, home(session, resource), roles=roles)
    withdraw(session, someone, resource, HR)
    with pytest.raises(NotAllowed) as refused:
        give(session, someone, resource, HR, FORM)
    assert refused.value.code == "hr_only"
    withdraw(session, hr(session, resource), resource, MANAGER)


def test_what_is_taken_back_leaves_no_note(session: Session) -> None:
    resource = builders.staff(session, consented=False)
    give(session, hr(session, resource), resource, EMPLOYEE, FORM)
    withdraw(session, None, resource, EMPLOYEE)
    assert given(session, resource.id) == ()
    assert [(each.state, each.evidence) for each in of_cards(session, [resource.id])] == [(ApprovalState.WITHDRAWN, "")]


def test_a_yes_taken_back_takes_the_later_ones_with_it(session: Session) -> None:
    resource = builders.staff(session)
    withdraw(session, None, resource, MANAGER)
    assert [each.who for each in given(session, resource.id)] == [EMPLOYEE]
    assert not shown(session, resource)


def test_the_same_yes_twice_is_one(session: Session) -> None:
    resource = builders.staff(session, consented=False)
    for _ in range(2):
        give(session, None, resource, EMPLOYEE, FORM)
    [said] = given(session, resource.id)
    told = session.exec(select(AuditEntry).where(AuditEntry.entity == "card_approval")).all()
    assert [(each.entity_id, each.to_state, each.words, each.details) for each in told] == [
        (said.id, "given", None, {})
    ], "its evidence stands with the yes, and goes with it"


def test_only_a_lister_of_the_organisation_may(session: Session) -> None:
    resource = builders.staff(session)
    stranger = builders.actor(session)
    colleague = builders.actor(session, home(session, resource), roles=["requester"])
    for someone in (stranger, colleague):
        with pytest.raises(NotAllowed):
            describe_staff(session, someone, resource, CARD)
        with pytest.raises(NotAllowed):
            give(session, someone, resource, EMPLOYEE, FORM)


def test_what_is_no_staff_has_no_card(session: Session) -> None:
    with pytest.raises(NotFound):
        give(session, None, builders.space(session), EMPLOYEE, FORM)


def test_many_cards_take_as_many_queries_as_one(session: Session) -> None:
    ids = [builders.staff(session, skills={"law": 3, "gis": 2}).id for _ in range(3)]
    with counted(session) as sent:
        cards = queries.cards_by_id(session, ids)
    assert len(sent) == 3
    assert [card.facts.skills for card in cards.values()] == [{"gis": 2, "law": 3}] * 3
    assert session.exec(select(Skill)).all()
