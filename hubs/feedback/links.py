"""The address at which a visit is told of from a mail: signed, so that whoever has the mail needs not sign in."""

from uuid import UUID

from core.secret import links

PURPOSE = "feedback"


def survey_path(survey_id: UUID) -> str:
    """Return the path at which somebody answers what it is asked."""
    return f"/feedback/{links.signed(PURPOSE, survey_id)}"


def survey_meant(secret: str) -> UUID | None:
    """Return which survey a path is about; None where it is none of ours."""
    return links.meant(PURPOSE, secret)
