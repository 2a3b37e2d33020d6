"""Public vocabularies: their files are read, versions end the same in either order, and no card loses a skill."""

import csv
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from competence import queries
from competence.models import Skill, SkillClosure, SkillRelation
from competence.rules import counted_with
from competence.service import add_skills, describe_staff
from competence.taxonomies.closure import reached
from competence.taxonomies.importing import import_release
from competence.taxonomies.reading import read_release
from competence.taxonomies.releases import Concept, ConceptKind, Relation, Release, version_key
from core.errors import BadInput
from resources.families.staff import StaffFacts
from tests import builders

LAW, TAX_LAW, OLD_TAX, LAWYER, LEGAL = "aaaa_aaa_law", "aaaa_aaa_tax", "aaaa_aaa_old", "aaaa_aaa_jur", "aaaa_aaa_grp"
ESCO_LAW = "http://data.europa.eu/esco/skill/7b5cce4d-c7fe-4119-b48f-70aa05391787"


def concept(key: str, of: str, label: str, **said: Any) -> dict[str, Any]:
    return {"id": key, "type": of, "preferred_label": label, **said}


OF_JOBTECH = [
    concept(LEGAL, "skill-headline", "Juridik, samhälle", narrower=[{"id": LAW}]),
    concept(LAW, "skill", "Juridisk rådgivning", alternative_labels=["Rättslig rådgivning"]),
    concept(TAX_LAW, "skill", "Skatterätt", broader=[{"id": LAW}], exact_match=[{"id": "x", "esco_uri": ESCO_LAW}]),
    concept(OLD_TAX, "skill", "Skattelagstiftning", deprecated=True, replaced_by=[{"id": TAX_LAW}]),
    concept(LAWYER, "ssyk-level-4", "Advokater", ssyk_code_2012="2611", related=[{"id": TAX_LAW}]),
    concept("aaaa_aaa_lan", "language", "Svenska"),
]


def jobtech(tmp_path: Path, concepts: Sequence[Mapping[str, Any]], version: str = "30") -> Release:
    path = tmp_path / "concepts.json"
    path.write_text(json.dumps({"data": {"concepts": concepts}}), encoding="utf-8")
    return read_release(path, version)


def esco(tmp_path: Path, files: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    folder = tmp_path / "esco"
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def counted(session: Session, *codes: str) -> dict[str, dict[str, int]]:
    return queries.counting(session, codes)


class TestReadingJobtech:
    def test_concepts_with_what_they_say_of_others(self, tmp_path: Path) -> None:
        release = jobtech(tmp_path, OF_JOBTECH)
        found = {each.code.removeprefix("jobtech-"): each for each in release.concepts}
        assert list(found) == [LEGAL, LAW, TAX_LAW, OLD_TAX, LAWYER]
        assert found[LAW].uri == f"http://data.jobtechdev.se/taxonomy/concept/{LAW}"
        assert found[LAW].synonyms_sv == ("Rättslig rådgivning",)
        assert found[LAW].relations == {(Relation.BROADER, found[LEGAL].uri)}
        assert found[TAX_LAW].relations == {
            (Relation.BROADER, found[LAW].uri),
            (Relation.EXACT_MATCH, ESCO_LAW),
        }
        assert found[OLD_TAX].deprecated
        assert found[OLD_TAX].relations == {(Relation.REPLACED_BY, found[TAX_LAW].uri)}
        assert (found[LAWYER].kind, found[LAWYER].ssyk) == (ConceptKind.OCCUPATION, "2611")
        assert found[LAWYER].relations == {(Relation.OPTIONAL, found[TAX_LAW].uri)}

    @pytest.mark.parametrize(
        ("concepts", "faults"),
        [
            ([concept("42", "skill", "Skatt")], ["concepts[0].id"]),
            (
                [concept(LAW, "skill", " "), concept(TAX_LAW, "skill", "x" * 301)],
                ["concepts[0].preferred_label", "concepts[1].preferred_label"],
            ),
            ([concept(LAW, "skill", "Juridik", broader="law")], ["concepts[0].broader"]),
            ([7, {"id": LAW}], ["concepts[0]", "concepts[1].type"]),
            ([concept("aaaa_aaa_lan", "language", "Svenska")], ["concepts"]),
        ],
    )
    def test_what_cannot_be_used_is_told_at_once(self, tmp_path: Path, concepts: Any, faults: list[str]) -> None:
        with pytest.raises(BadInput) as caught:
            jobtech(tmp_path, concepts)
        assert [each.property for each in caught.value.parameters] == faults

    def test_a_file_may_begin_with_the_mark_of_its_encoding(self, tmp_path: Path) -> None:
        path = tmp_path / "concepts.json"
        path.write_text(json.dumps({"data": {"concepts": OF_JOBTECH}}), encoding="utf-8-sig")
        assert len(read_release(path, "30").concepts) == 5

    @pytest.mark.parametrize("text", ["", "id;label", '{"data": {"concepts": {}}}', "[" * 100_000])
    def test_another_file_is_none(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "concepts.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput, match="JobTech Taxonomy"):
            read_release(path, "30")

    @pytest.mark.parametrize("version", ["", "v30", "30.", "next", "1.2.3.4.5", "9999999"])
    def test_a_version_is_numbers(self, tmp_path: Path, version: str) -> None:
        with pytest.raises(BadInput, match="numbers with points"):
            jobtech(tmp_path, OF_JOBTECH, version)


class TestReadingEsco:
    SKILL: Mapping[str, str] = {
        "conceptUri": ESCO_LAW,
        "preferredLabel": "skatterätt",
        "altLabels": "skattelagar\nlagar om skatt",
        "status": "released",
    }
    GROUP = "http://data.europa.eu/esco/skill/S1.2"
    LAWYER = "http://data.europa.eu/esco/occupation/f2cc5978-e45c-4f28-b859-7f89221b0505"

    def test_both_languages_and_all_relations(self, tmp_path: Path) -> None:
        folder = esco(
            tmp_path,
            {
                "skills_sv": [self.SKILL, self.SKILL],  # some stand twice in 1.2.1
                "skills_en": [{**self.SKILL, "preferredLabel": "tax law", "altLabels": ""}],
                "skillGroups_sv": [{"conceptUri": self.GROUP, "preferredLabel": "rådgivning"}],
                "occupations_en": [{"conceptUri": self.LAWYER, "preferredLabel": "lawyer"}],
                "broaderRelationsSkillPillar_sv": [{"conceptUri": ESCO_LAW, "broaderUri": self.GROUP}],
                "occupationSkillRelations_sv": [
                    {"occupationUri": self.LAWYER, "relationType": "essential", "skillUri": ESCO_LAW}
                ],
            },
        )
        skill, group, occupation = read_release(folder, "1.2.1").concepts
        assert (skill.code, skill.label_sv, skill.label_en) == (
            "esco-7b5cce4d-c7fe-4119-b48f-70aa05391787",
            "skatterätt",
            "tax law",
        )
        assert skill.synonyms_sv == ("skattelagar", "lagar om skatt")
        assert skill.relations == {(Relation.BROADER, self.GROUP)}
        assert (group.code, group.label_en) == ("esco-S1.2", "rådgivning")
        assert occupation.relations == {(Relation.ESSENTIAL, ESCO_LAW)}

    def test_what_cannot_be_used_is_told_at_once(self, tmp_path: Path) -> None:
        folder = esco(
            tmp_path,
            {
                "skills_sv": [
                    {**self.SKILL, "preferredLabel": ""},
                    {**self.SKILL, "conceptUri": "skatterätt"},
                    {**self.SKILL, "conceptUri": "http://data.europa.eu/esco/skill/"},
                ],
                "skillGroups_sv": [{"uri": self.GROUP}],
                "occupationSkillRelations_sv": [
                    {"occupationUri": self.LAWYER, "relationType": "now and then", "skillUri": ESCO_LAW}
                ],
            },
        )
        (folder / "occupations_sv.csv").write_bytes("conceptUri,preferredLabel\nx,å".encode("utf-16"))
        with pytest.raises(BadInput) as caught:
            read_release(folder, "1.2.1")
        assert [each.property for each in caught.value.parameters] == [
            "skills_sv.csv, line 3, preferredLabel",  # its cell of synonyms has two lines
            "skills_sv.csv, line 5, conceptUri",
            "skills_sv.csv, line 7, conceptUri",
            "skillGroups_sv.csv",
            "occupations_sv.csv",
            "occupationSkillRelations_sv.csv, line 2",
        ]

    def test_a_cell_has_a_limit_and_other_files_keep_theirs(self, tmp_path: Path) -> None:
        before = csv.field_size_limit()  # of the whole process: imports by the market read with it, too
        folder = esco(tmp_path, {"skills_sv": [{**self.SKILL, "description": "x" * (before + 1)}]})
        with pytest.raises(BadInput, match=r"skills_sv\.csv: it cannot be read as CSV"):
            read_release(folder, "1.2.1")
        assert csv.field_size_limit() == before

    def test_a_folder_of_something_else_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="no such file in the folder"):
            read_release(tmp_path, "1.2.1")


def test_versions_are_ordered_by_their_numbers() -> None:
    assert version_key("1.10") > version_key("1.9.9") > version_key("1.2") == version_key("1.2.0") > version_key("1")


KEYS = ["a", "b", "c", "d"]


@st.composite
def releases(draw: st.DrawFn) -> tuple[Release, ...]:
    """Draw two or three versions that have some of four concepts, each saying something else of the others."""

    relations = st.lists(
        st.tuples(st.sampled_from(Relation), st.sampled_from([f"urn:{key}" for key in KEYS])), max_size=3
    )

    def one(version: int) -> Release:
        concepts = [
            Concept(
                uri=f"urn:{key}",
                code=f"x-{key}",
                kind=draw(st.sampled_from(ConceptKind)),
                label_sv=f"{key}{draw(st.integers(0, 1))}",
                label_en=key,
                deprecated=draw(st.booleans()),
                relations=frozenset(draw(relations)),
            )
            for key in sorted(draw(st.sets(st.sampled_from(KEYS))))
        ]
        return Release("x", str(version), tuple(concepts))

    return tuple(one(version) for version in range(draw(st.integers(2, 3))))


def _one(version: int, **kinds: ConceptKind) -> Release:
    return Release(
        "x", str(version), tuple(Concept(f"urn:{key}", f"x-{key}", kind, key, key) for key, kind in kinds.items())
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases())
@example(  # the only group of the second version is none in the third: the other group stays deprecated
    (
        _one(0, a=ConceptKind.GROUP, b=ConceptKind.GROUP),
        _one(1, a=ConceptKind.GROUP),
        _one(2, a=ConceptKind.SKILL),
    )
)
def test_versions_end_the_same_in_whatever_order_they_come(session: Session, versions: tuple[Release, ...]) -> None:
    ends = []
    for order in itertools.permutations(versions):
        with session.begin_nested() as nested:
            for release in (*order, order[0]):  # one of them a second time
                import_release(session, release)
            ends.append(_all_that_is_kept(session))
            nested.rollback()
        session.expire_all()
    assert all(end == ends[0] for end in ends)


def _all_that_is_kept(session: Session) -> object:
    rows = {row.id: row for row in session.exec(select(Skill).where(Skill.scheme == "x"))}
    return (
        {(row.code, row.kind, row.label_sv, row.scheme_version, row.deprecated) for row in rows.values()},
        {(rows[each.skill_id].code, each.kind, each.uri) for each in session.exec(select(SkillRelation))},
        {(rows[each.skill_id].code, rows[each.as_id].code, each.less) for each in session.exec(select(SkillClosure))},
    )


class TestImporting:
    def test_what_is_new_changed_and_gone_is_counted(self, session: Session, tmp_path: Path) -> None:
        first = import_release(session, jobtech(tmp_path, OF_JOBTECH))
        assert (first.added, first.changed, first.deprecated) == (5, 0, 1)
        assert import_release(session, jobtech(tmp_path, OF_JOBTECH)).unchanged == 5
        renamed = [
            {**each, "preferred_label": "Rättslig rådgivning"} if each["id"] == LAW else each for each in OF_JOBTECH
        ]
        second = import_release(session, jobtech(tmp_path, [each for each in renamed if each["id"] != TAX_LAW], "31"))
        # the headline, the old skill and the occupation (which needs the skill that is gone no more) stand as they were
        assert (second.added, second.changed, second.unchanged, second.deprecated) == (0, 2, 2, 1)
        third = import_release(session, jobtech(tmp_path, OF_JOBTECH))
        assert (third.added, third.changed, third.older, third.deprecated) == (0, 0, 4, 0)

    def test_a_concept_twice_is_refused_and_nothing_written(self, session: Session, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="there twice"):
            import_release(session, jobtech(tmp_path, [*OF_JOBTECH, OF_JOBTECH[1]]))
        assert session.exec(select(Skill).where(Skill.scheme == "jobtech")).all() == []

    @pytest.mark.parametrize(
        "said",
        [
            {"alternative_labels": ["Juri\0dik"]},
            {"ssyk_code_2012": "26\0"},
            {"replaced_by": [{"id": "\0"}]},
            {"exact_match": [{"esco_uri": f"http://{'x' * 10_000}"}]},
        ],
    )
    def test_what_the_database_cannot_keep_is_refused(
        self, session: Session, tmp_path: Path, said: dict[str, Any]
    ) -> None:
        release = jobtech(tmp_path, [*OF_JOBTECH[:1], {**OF_JOBTECH[1], **said}])
        with pytest.raises(BadInput) as caught:
            import_release(session, release)
        assert [each.property for each in caught.value.parameters] == [release.concepts[1].uri]


class TestCounting:
    def test_what_is_broader_counts_one_level_less_for_each_step(self, session: Session, tmp_path: Path) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        tax, law, legal, old = (f"jobtech-{each}" for each in (TAX_LAW, LAW, LEGAL, OLD_TAX))
        assert counted(session, tax, law) == {tax: {tax: 0, old: 0, law: 1, legal: 2}, law: {law: 0, legal: 1}}

    def test_a_skill_that_was_replaced_counts_as_what_replaces_it(self, session: Session, tmp_path: Path) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        tax, law, legal, old = (f"jobtech-{each}" for each in (TAX_LAW, LAW, LEGAL, OLD_TAX))
        assert counted(session, old) == {old: {old: 0, tax: 0, law: 1, legal: 2}}

    def test_a_skill_that_was_parted_is_near_to_each_part(self, session: Session, tmp_path: Path) -> None:
        parted = concept(OLD_TAX, "skill", "Skatt", deprecated=True, replaced_by=[{"id": TAX_LAW}, {"id": LAW}])
        parts = [concept(key, "skill", key) for key in (TAX_LAW, LAW)]
        import_release(session, jobtech(tmp_path, [parted, *parts]))
        old, tax, law = (f"jobtech-{each}" for each in (OLD_TAX, TAX_LAW, LAW))
        assert counted(session, old, tax)[old] == {old: 0, tax: 1, law: 1}
        assert counted(session, old, tax)[tax] == {tax: 0, old: 1, law: 2}

    def test_schemes_meet_whichever_comes_first(self, session: Session, tmp_path: Path) -> None:
        folder = esco(tmp_path, {"skills_sv": [TestReadingEsco.SKILL]})
        of_esco = f"esco-{ESCO_LAW.rpartition('/')[2]}"
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        assert of_esco not in counted(session, f"jobtech-{TAX_LAW}")[f"jobtech-{TAX_LAW}"]
        import_release(session, read_release(folder, "1.2"))
        assert counted(session, f"jobtech-{TAX_LAW}")[f"jobtech-{TAX_LAW}"][of_esco] == 0
        assert counted(session, of_esco)[of_esco][f"jobtech-{TAX_LAW}"] == 0

    def test_a_ring_of_relations_ends(self) -> None:
        a, b, c = uuid4(), uuid4(), uuid4()
        assert reached(a, {a: {b: 0}, b: {a: 0, c: 1}, c: {a: 1}}) == {a: 0, b: 0, c: 1}

    def test_a_card_has_each_at_the_best_level(self) -> None:
        card = StaffFacts(50, remote=True, skills={"tax": 4, "law": 2, "it": 1})
        near = {"tax": {"tax": 0, "law": 1}, "law": {"law": 0}, "it": {"it": 0, "architecture": 1}}
        # tax law 4 is law 3, better than the 2 it has; 1 less than 1 is nothing
        assert counted_with(card, near).skills == {"tax": 4, "law": 3, "it": 1}
        assert counted_with(card, {}) is card


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        ["skatterätt", "SKATTELAGSTIFTNING", "advokat", "juridisk", "rättslig råd", "juridik, samh"],
        ids=["its name", "its name of before", "who needs it", "what is broader", "a synonym of that", "its group"],
    )
    def test_a_skill_is_found_by(self, session: Session, tmp_path: Path, text: str) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        assert f"jobtech-{TAX_LAW}" in [each.code for each in queries.skills_page(session, text).items]

    def test_our_own_are_found_by_occupation(self, session: Session) -> None:
        add_skills(session)
        assert "administrative_law" in [each.code for each in queries.skills_page(session, "jurist").items]
        assert [each.code for each in queries.skills_page(session, "GDPR").items] == ["data_protection"]

    def test_what_an_occupation_needs_is_found_by_what_it_is_called_elsewhere(
        self, session: Session, tmp_path: Path
    ) -> None:
        skill = {"conceptUri": ESCO_LAW, "preferredLabel": "skatterätt"}
        worker = {"conceptUri": TestReadingEsco.LAWYER, "preferredLabel": "skattejurist"}
        needed = {"occupationUri": worker["conceptUri"], "relationType": "essential", "skillUri": ESCO_LAW}
        files = {"skills_sv": [skill], "occupations_sv": [worker], "occupationSkillRelations_sv": [needed]}
        import_release(session, read_release(esco(tmp_path, files), "1.2"))
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        found = [each.code for each in queries.skills_page(session, "skattejurist").items]
        assert found == ["esco-7b5cce4d-c7fe-4119-b48f-70aa05391787", f"jobtech-{TAX_LAW}"]

    def test_what_is_called_just_so_comes_before_what_begins_so_or_has_it_in_it(
        self, session: Session, tmp_path: Path
    ) -> None:
        labels = ["Underhåll av ai", "Möte", "AI-verktyg", "Trainee", "AI"]
        concepts = [concept(f"aaaa_aaa_{n:03}", "skill", label) for n, label in enumerate(labels)]
        concepts[1]["alternative_labels"] = ["ai"]
        import_release(session, jobtech(tmp_path, concepts))
        found = [each.label_sv for each in queries.skills_page(session, "ai").items]
        assert found == ["Möte", "AI", "AI-verktyg", "Underhåll av ai", "Trainee"]
        assert queries.skills_page(session, "jobtech").total == 0, "it is in their codes, and not what they are called"
        assert [each.label_sv for each in queries.skills_page(session, "jobtech-aaaa_aaa_002").items] == ["AI-verktyg"]

    def test_what_is_called_so_comes_first_and_the_rest_is_left_out(self, session: Session, tmp_path: Path) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        found = [each.code for each in queries.skills_page(session, "juridisk").items]
        assert found == [f"jobtech-{LAW}", f"jobtech-{TAX_LAW}"]  # neither the headline nor what is deprecated


class TestCards:
    def test_a_card_keeps_a_skill_that_is_gone(self, session: Session, tmp_path: Path) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        resource = builders.staff(session)
        card = StaffFacts(50, remote=True, skills={f"jobtech-{TAX_LAW}": 4})
        describe_staff(session, None, resource, card)
        import_release(session, jobtech(tmp_path, OF_JOBTECH[:2], "31"))
        held = queries.cards_by_id(session, [resource.id])[resource.id]
        assert held.facts.skills == {f"jobtech-{TAX_LAW}": 4}
        assert queries.deprecated_in_use(session, "jobtech") == [f"jobtech-{TAX_LAW}"]
        assert queries.skill_labels(session, swedish=True)[f"jobtech-{TAX_LAW}"] == "Skatterätt"

    @pytest.mark.parametrize("key", [LEGAL, LAWYER])
    def test_a_group_or_an_occupation_is_no_skill(self, session: Session, tmp_path: Path, key: str) -> None:
        import_release(session, jobtech(tmp_path, OF_JOBTECH))
        with pytest.raises(BadInput, match="it is no skill but a group"):
            describe_staff(
                session, None, builders.staff(session), StaffFacts(50, remote=True, skills={f"jobtech-{key}": 4})
            )
