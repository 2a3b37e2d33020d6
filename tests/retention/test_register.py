"""The register of processing names every table, and its columns exist."""

import re

from core.settings import Settings
from migrations.tables import metadata
from retention.register import REGISTER, as_markdown
from retention.rules import RULES

SAYS_OF_A_PERSON = re.compile(r"member_id|actor_id|email|words|note|browser|subject|grants|consent|department")
OF_NO_PERSON = {
    ("provisioned_group", "department"),
    ("resource", "department"),
    ("request", "department"),
    ("notice", "department"),
    ("stocktake", "department"),
    ("kept_form", "browser"),
    ("skill", "words"),
    ("hub_manifesto", "words"),
    ("hub_letter", "subject"),
}
"""Who sees an offer, what unit is counted, a digest of what the browser was told, what a skill is
called, and what all sign."""


def test_every_table_has_its_line_and_no_other():
    assert sorted(each.table for each in REGISTER) == sorted(metadata.tables)


def test_what_is_personal_is_a_column_and_no_column_that_looks_so_is_left_out():
    for record in REGISTER:
        columns = set(metadata.tables[record.table].columns.keys())
        assert set(record.personal) <= columns, record.table
        looks_so = {name for name in columns if SAYS_OF_A_PERSON.search(name)}
        left_out = {(record.table, name) for name in looks_so - set(record.personal)} - OF_NO_PERSON
        assert left_out == set()


def test_the_settings_that_it_names_exist():
    named = set(re.findall(r"PLATSVERKET_([A-Z_]+)", as_markdown()))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_what_it_says_is_forgotten_after_some_days_is_and_nothing_else():
    promised = {(each.table, days) for each in REGISTER for days in re.findall(r"KEEP_[A-Z]+_DAYS", each.kept)}
    of_a_part = {"claim_note": "claim", "capacity_card": "resource"}
    assert promised == {(of_a_part.get(rule.name, rule.name), rule.setting.upper()) for rule in RULES}
