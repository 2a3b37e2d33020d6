"""The form of a wish: what it may be filled in with, and what it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from api.language.i18n import gettext as _
from api.language.languages import language_name, languages_text
from api.pages.families.controls import Control
from api.pages.families.reading import MOST_ROWS, read_languages
from api.pages.families.skills import skill_choices
from api.pages.forms import Form
from api.pages.offers.choices import options
from core import geo
from core.time import clock
from marketplace.mobility.models import MobilityWish
from marketplace.mobility.rules import LONGEST_MONTHS, WishDraft

LEAST_ROWS = 3
_SKILL = "skills.{row}.{part}"


def wish_of(form: Form) -> WishDraft:
    """Return what a form says, all that is wrong in it told at once."""
    skills = {
        form.value(_code(row)): form.whole(_SKILL.format(row=row, part="level"), least=1, most=5)
        for row in range(MOST_ROWS)
        if form.value(_code(row))
    }
    percent = form.whole("extentPercent", least=1, most=100)
    months = form.whole("months", least=1, most=LONGEST_MONTHS)
    earliest = form.day("earliest", clock.today())
    languages = read_languages(form, "languages")
    with form.noting():
        draft = WishDraft(
            skills=skills,
            extent_percent=percent or 1,
            months=months or 1,
            earliest=earliest,
            county_codes=tuple(form.many("countyCodes")),
            remote=form.ticked("remote"),
            languages=frozenset(languages or ["sv"]),
            words=form.value("words"),
        )
    form.check()
    return draft


def fields_of(wish: MobilityWish) -> Form:
    """Return the form as what is stored fills it in."""
    skills = [
        (_SKILL.format(row=row, part=part), [text])
        for row, (code, level) in enumerate(sorted(wish.skills.items()))
        for part, text in (("code", code), ("level", str(level)))
    ]
    said = {
        "extentPercent": [str(wish.extent_percent)],
        "months": [str(wish.months)],
        "earliest": [wish.earliest.isoformat()],
        "countyCodes": list(wish.county_codes),
        "remote": ["yes"] if wish.remote else [],
        "languages": [languages_text(wish.languages)],
        "words": [wish.words],
        "version": [str(wish.version)],
    }
    return Form({**said, **dict(skills)})


def names_in(form: Form) -> Mapping[str, str]:
    """Return the fields of a form by what the rules call what stands there."""
    rows = {f"skills.{form.value(_code(row))}": _code(row) for row in range(MOST_ROWS) if form.value(_code(row))}
    return {**rows, "skills": _code(0)}


def form_context(session: Session, form: Form) -> dict[str, Any]:
    """Return what the template of the form needs."""
    rows = range(max(LEAST_ROWS, len(names_in(form))))
    said = labels(rows)
    return {
        "form": form,
        "skills": Control("levels", "skills", said["skills"], required=True),
        "skill_rows": rows,
        "counties": [(each.code, each.name) for each in geo.counties()],
        "choices": {"skill": skill_choices(session, form), "skill_level": options("12345", "skill_level")},
        "labels": said,
        "summary_labels": said,
        "today": clock.today().isoformat(),
        "swedish": language_name("sv"),
    }


def labels(rows: Sequence[int]) -> dict[str, str]:
    """Return what the fields are called, in their order."""
    parts = {"code": _("Skill %(number)s"), "level": _("Level of skill %(number)s")}
    return {
        "skills": _("What do you want to do?"),
        **{
            _SKILL.format(row=row, part=part): text % {"number": row + 1}
            for row in rows
            for part, text in parts.items()
        },
        "extentPercent": _("Percent of full time, at most"),
        "months": _("Months, at most"),
        "earliest": _("From when, at the earliest"),
        "countyCodes": _("In which counties?"),
        "remote": _("I can work remotely"),
        "languages": _("Languages I work in"),
        "words": _("My own notes"),
    }


def _code(row: int) -> str:
    return _SKILL.format(row=row, part="code")
