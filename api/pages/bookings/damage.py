"""Saying that something is wrong with a thing whose label one has scanned, without being signed in.

The page is the same whatever the label says, so that nobody learns which things there are.
"""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import refuse_if_too_often
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.photos import FORM_FIELDS_BYTES, KEPT, provide_sent_photo
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.rate_limits import DAMAGES_REPORTED, of_address
from marketplace.damage import queries, service
from resources.photos.images import MEDIA_TYPE
from resources.photos.rules import LARGEST_BYTES

REPORT = "bookings/damage.html"
_NAMES = {"content": "photo"}


class DamagePages(Controller):
    """Report; see what was sent with it."""

    path = "/things/{key:uuid}/damage"

    @get("/", sync_to_thread=True)
    def ask(self, key: FromPath[UUID]) -> Template:
        """Ask anybody what is wrong with a thing."""
        return page(REPORT, _context(key, Form()))

    @post(
        "/",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + FORM_FIELDS_BYTES,
        dependencies={"sent_photo": Provide(provide_sent_photo)},
    )
    def report(
        self,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        form: NamedDependency[Form],
        sent_photo: NamedDependency[bytes],
        key: FromPath[UUID],
    ) -> Redirect:
        """Tell whoever answers for a thing, if it is one, what is wrong with it."""
        refuse_if_too_often(DAMAGES_REPORTED.spend(of_address(request.client.host if request.client else None)))
        with form.shown_again(REPORT, _context(key, form), _NAMES):
            service.report(session, key, form.value("words"), sent_photo)
        return see_other(request, f"/things/{key}/damage", _("Thank you. Whoever answers for the thing is told now."))

    @get("/{report:uuid}", sync_to_thread=True)
    def picture(self, visit: NamedDependency[Visit], key: FromPath[UUID], report: FromPath[UUID]) -> Response[bytes]:
        """Give the photo that came with a report."""
        content = queries.picture(visit.session, visit.actor, key, report)
        return Response(content, media_type=MEDIA_TYPE, headers=KEPT)


def _context(key: UUID, form: Form) -> dict[str, Any]:
    return {
        "form": form,
        "key": key,
        "longest": service.LONGEST,
        "labels": {"words": _("What is wrong?"), "photo": _("Photo")},
    }
