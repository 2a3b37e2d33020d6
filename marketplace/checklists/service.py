"""Use cases of checklists."""

from collections.abc import Sequence

from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database import audit
from core.errors import NotFound
from core.limits import refuse_if
from marketplace.checklists import queries
from marketplace.checklists.models import Checklist
from marketplace.checklists.rules import Purpose, family_faults, item_faults, tidied
from resources.queries import site


def may_keep(actor: Actor) -> None:
    """Refuse whoever neither lists in the whole of its organisation nor administers it."""
    if not actor.may(Permission.ADMINISTER, actor.organisation_id):
        check_may(actor, Permission.OFFER, actor.organisation_id)


def keep(session: Session, actor: Actor, purpose: Purpose, items: Sequence[str]) -> Checklist | None:
    """Let this be what the actor's organisation goes through from now on; without items it has no list for it.

    For who lists in the whole of it, or administers it. What has been ticked before stays as it was worded then.

    Raises
    ------
    NotFound
        The site is none of the actor's.
    BadInput
        There are too many items, one is too long, or one stands there twice.
    """
    home, wanted = actor.organisation_id, tidied(items)
    may_keep(actor)
    if purpose.site_id is not None and site(session, actor, purpose.site_id).organisation_id != home:
        raise NotFound("site", purpose.site_id)
    refuse_if([*family_faults(purpose.family), *item_faults(wanted)])
    found = queries.checklist(session, home, purpose)
    if found is None and wanted:
        found = Checklist(
            organisation_id=home, site_id=purpose.site_id, family=purpose.family, step=purpose.step, items=wanted
        )
        session.add(found)
        session.flush()
    elif found is None:
        return None
    audit.record(session, actor, "checklist", found.id, reason_code="checklist_kept", details={"items": wanted})
    if wanted:
        found.items = wanted
    else:
        session.delete(found)
    session.flush()
    return found if wanted else None
