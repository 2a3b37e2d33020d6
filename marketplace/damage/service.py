"""Use cases of reports of damage."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Permission
from core.database.audit import record
from core.errors import Faults
from core.limits import refuse_if
from core.text import check_text
from core.time import clock
from marketplace.damage.models import DamageReport
from marketplace.damage.queries import reported_since
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from resources.families import family_of
from resources.models import Resource
from resources.photos.images import made_anew
from resources.photos.rules import PhotoSize, size_faults

LONGEST = 500
"""Characters that are written standing beside a thing."""
MOST_A_DAY = 20
"""Kept of one thing: its owner has been told as often by then."""


def report(session: Session, resource_id: UUID, words: str, photo: bytes) -> None:
    """Tell whoever lists a thing what is wrong with it; of what is no thing of anybody's nothing is kept or told.

    Whoever reports learns nothing of which it was.

    Raises
    ------
    BadInput
        Nothing is said, or too much, or the photo is none.
    Unavailable
        Too many photos are looked at.
    """
    faults, picture = Faults(), None
    with faults.under():
        check_text("words", words, least=1, most=LONGEST)
    with faults.under():
        refuse_if(size_faults(photo))
        picture = made_anew(photo).bodies[PhotoSize.LARGE] if photo else None
    faults.refuse()
    thing, now = session.get(Resource, resource_id), clock.now()
    if thing is None or family_of(thing.family).anonymous:
        return
    if reported_since(session, thing.id, now - timedelta(days=1)) >= MOST_A_DAY:
        return
    made = DamageReport(resource_id=thing.id, at=now, words=words.strip(), picture=picture)
    session.add(made)
    session.flush()
    record(session, None, "resource", thing.id, reason_code="damage_reported", details={"report": str(made.id)})
    notify(
        session,
        [thing.organisation_id],
        NoticeCode.DAMAGE_REPORTED,
        "resource",
        thing.id,
        permission=Permission.OFFER,
        department=thing.department or "",
        resource=thing.name,
    )
