"""What somebody answers questions about, on the wire."""

from typing import Annotated, Self
from uuid import UUID

from api.schemas.base import Wire, limited
from competence.models import Skill
from core.limits import LONGEST_CODE
from marketplace.offers.models import Visibility
from marketplace.questions.models import Adviser, AdviserState

_ID = "01980000-0000-7000-8000-0000000000{}"


class AdviserIn(Wire):
    """A skill that you answer questions about, and whose: `audience` reads your answers, too. Not `department`."""

    skill_code: Annotated[str, limited(min_length=1, max_length=LONGEST_CODE)]
    audience: Visibility = Visibility.ALL

    @classmethod
    def example(cls) -> Self:
        """Return somebody who answers everybody."""
        return cls(skill_code="procurement")


class AdviserOut(Wire):
    """What you answer questions about; paused, you are not asked."""

    id: UUID
    skill_code: str
    audience: Visibility
    state: AdviserState

    @classmethod
    def example(cls) -> Self:
        """Return somebody who answers everybody."""
        return cls(
            id=UUID(_ID.format("83")),
            skill_code="procurement",
            audience=Visibility.ALL,
            state=AdviserState.ACTIVE,
        )


def adviser_out(row: Adviser, skill: Skill) -> AdviserOut:
    """Return what its owner answers questions about."""
    return AdviserOut(id=row.id, skill_code=skill.code, audience=row.audience, state=row.state)
