"""Another time that the calendar of what is lent proposes: decided on the page of its booking."""

from uuid import UUID

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from api.language.i18n import gettext as _
from api.pages.bookings.pages import acting
from api.pages.rendering import see_other
from api.pages.visit import Visit
from marketplace.invitations import answering


class RoomAnswerPages(Controller):
    """Decide."""

    path = "/bookings"

    @post("/{key:uuid}/invitations/{invitation:uuid}/acceptance", sync_to_thread=True)
    def accept(self, visit: NamedDependency[Visit], key: FromPath[UUID], invitation: FromPath[UUID]) -> Redirect:
        """Move a date to the time that the room's calendar proposes."""
        with acting(visit.session, visit.actor, key, visit.form):
            answering.decide(visit.session, visit.actor, key, invitation, accepted=True)
        return see_other(visit.request, f"/bookings/{key}", _("The date is moved, and both sides are told."))

    @post("/{key:uuid}/invitations/{invitation:uuid}/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID], invitation: FromPath[UUID]) -> Redirect:
        """Keep to the time that is booked, and ask the room's calendar again."""
        with acting(visit.session, visit.actor, key, visit.form):
            answering.decide(visit.session, visit.actor, key, invitation, accepted=False)
        return see_other(
            visit.request, f"/bookings/{key}", _("The calendar is asked again for the time that is booked.")
        )
