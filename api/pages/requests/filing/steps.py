"""The steps in which a request is filed: each shows some fields of the one form, and a draft has the others.

Each step has an address, `/requests/new?kept=…&step=when`, and every button on it saves the draft.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode
from uuid import UUID

from api.http.forms.kept import KEPT_QUERY, STEP
from api.language.labels import label
from api.pages.forms import Form
from api.pages.overtaken import OF_THE_FORM, opened_fields
from core.errors import InvalidParameter

WHOLE, NEXT = "all", "next"
"""What stands instead of a step for all of them on one page; and the button that goes on."""
_HEADING = ("title", "purpose", "priority")
_PLACE = ("municipalityCode", "maxDistanceKm", "latitude", "longitude")


class Step(StrEnum):
    """A step, in their order."""

    PURPOSE = "purpose"
    WHAT = "what"
    WHERE = "where"
    WHEN = "when"
    SEND = "send"

    @property
    def next(self) -> "Step":
        """The step after this one; after the last itself."""
        return _STEPS[min(self.number, len(_STEPS) - 1)]

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return _STEPS.index(self) + 1


_STEPS = tuple(Step)
ALL_PARTS = frozenset(Step) - {Step.SEND}


@dataclass(frozen=True)
class Stage:
    """How a step stands: done, left to do, or nothing to say of it."""

    step: Step
    state: str


def step_of(field: str) -> Step:
    """Return the step that shows a field."""
    if field in _HEADING:
        return Step.PURPOSE
    of_need = field.split(".", 2)[-1]
    if of_need.startswith("timing"):
        return Step.WHEN
    return Step.WHERE if of_need in _PLACE else Step.WHAT


def named(text: str) -> Step | None:
    """Return the step of a name, None for all of the form on one page."""
    return Step(text) if text in set(Step) else None


def whole(form: Form, stored: Form | None, step: Step) -> Form:
    """Return all of the form: what a step says, and of the others what the draft has, or had when it was opened."""
    others = stored.fields if stored else opened_fields(form.fields)
    if not others:
        return form
    kept = {name: texts for name, texts in others.items() if name not in OF_THE_FORM and step_of(name) is not step}
    said = {name: texts for name, texts in form.fields.items() if name in _OF_A_STEP or step_of(name) is step}
    merged = Form(kept | said)
    merged.errors += form.errors
    return merged


def carried(form: Form, step: Step) -> Mapping[str, Sequence[str]]:
    """Return the fields of the other steps, for a form that no draft stands behind yet."""
    return {name: texts for name, texts in form.fields.items() if name not in _OF_A_STEP and step_of(name) is not step}


def alike(form: Form, step: Step) -> Form:
    """Return the form with what a step asks of each need said as of the first: one place, or one time, for all."""
    asked = {name: texts for name, texts in form.fields.items() if step_of(name) is step}
    first = {name: texts for name, texts in asked.items() if name.startswith("needs.0.")}
    others = [
        name.split(".")[1] for name in form.fields if name.endswith(".family") and not name.startswith("needs.0.")
    ]
    said = {f"needs.{n}.{name.removeprefix('needs.0.')}": texts for n in others for name, texts in first.items()}
    kept = {name: texts for name, texts in form.fields.items() if name in first or name not in asked}
    return Form(kept | said)


def saved_by(stored: Form | None, step: Step, member_id: UUID) -> list[str]:
    """Return who has saved each step last, once a member saves one; all of a new draft is whose it is."""
    others = [each for each in stored.many(SAVED_BY) if not each.startswith(f"{step}:")] if stored else list(Step)
    return [each if ":" in each else f"{each}:{member_id}" for each in [*others, *([step] if stored else [])]]


def concerned(saved: Mapping[str, Sequence[str]], step: Step | None, member_id: UUID) -> Callable[[str], bool]:
    """Return which fields of a draft nobody else may have changed when a member saves a step, or sends all of it.

    What the member has saved last may be saved again, as whoever goes back does. But which needs there are may not have
    changed at all where a step speaks of them by their numbers.
    """
    mine = {each for each in Step if f"{each}:{member_id}" in saved.get(SAVED_BY, ())}
    numbered = step in (Step.WHERE, Step.WHEN)

    def is_concerned(name: str) -> bool:
        if numbered and name.endswith(".family"):
            return True
        of = step_of(name)
        return name != SAVED_BY and step in (None, of) and of not in mine

    return is_concerned


SAVED_BY = "saved_by"
"""The field of a draft that says of each step who has saved it last."""
_OF_A_STEP = (*OF_THE_FORM, STEP, SAVED_BY)


def address(key: UUID | str, step: Step, **more: str) -> str:
    """Return where a step of a draft stands; `told` with what is wrong in it, `do` with what a button asked for."""
    return f"/requests/new?{urlencode({KEPT_QUERY: str(key), STEP: step, **more})}"


def goes_to(form: Form, step: Step) -> Step | None:
    """Return the step that a button leads to: the next one, or one by its name."""
    do = form.value("do")
    if do == NEXT:
        return step.next
    action, _colon, name = do.partition(":")
    return named(name) if action == STEP else None


def stages(form: Form, faults: Sequence[InvalidParameter]) -> list[Stage]:
    """Return how each step stands."""
    left = {step_of(each.property) for each in faults}
    if not any(name.endswith(".family") for name in form.fields):
        left.add(Step.WHEN)  # there is nothing yet that needs a time
    anywhere = not any(form.value(name) for name in form.fields if name.endswith(".municipalityCode"))
    return [Stage(step, _state(step, left, anywhere=anywhere)) for step in Step]


def _state(step: Step, left: set[Step], *, anywhere: bool) -> str:
    if step is Step.SEND:
        return ""
    if step in left:
        return label("left", "step_state")
    return label("anywhere" if step is Step.WHERE and anywhere else "done", "step_state")
