"""Photos of what is offered: for all who see the offer, and the page on which a lister adds and removes them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.presenters import lent
from core.actor import Actor, Permission, check_may
from core.errors import NotFound
from marketplace.offers import queries
from marketplace.offers.photos import shown_photo
from marketplace.offers.queries import OfferView
from resources.photos import service
from resources.photos.images import MEDIA_TYPE
from resources.photos.models import Photo
from resources.photos.queries import photos_of
from resources.photos.rules import LARGEST_BYTES, LONGEST_ALT, MOST_PHOTOS, PhotoSize

PHOTOS = "offers/photos.html"
FORM_FIELDS_BYTES = 10_000
_NAMES = {"content": "photo"}
KEPT = {"cache-control": "private, max-age=3600, immutable", "vary": "cookie"}
"""A photo never changes; whoever signs in next in the same browser is asked about anew."""
AnyRequest = Request[Any, Any, Any]


async def provide_sent_photo(request: AnyRequest) -> bytes:
    """Return the bytes of the photo that a form sent; nothing where none was chosen."""
    file = (await request.form()).get("photo")
    return await file.read() if isinstance(file, UploadFile) else b""


class PhotoPages(Controller):
    """See, add, remove."""

    path = "/offers/{key:uuid}/photos"

    @get("/", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the photos of what is offered, and the form of another."""
        return page(PHOTOS, _context(visit.session, _own(visit.session, visit.actor, key), visit.form))

    @post(
        "/",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + FORM_FIELDS_BYTES,
        dependencies={"sent_photo": Provide(provide_sent_photo)},
    )
    def add(self, visit: NamedDependency[Visit], sent_photo: NamedDependency[bytes], key: FromPath[UUID]) -> Redirect:
        """Add a photo."""
        view = _own(visit.session, visit.actor, key)
        with visit.form.shown_again(PHOTOS, _context(visit.session, view, visit.form), _NAMES):
            service.add_photo(visit.session, visit.actor, view.lent.resource.id, sent_photo, visit.form.value("alt"))
        return see_other(visit.request, f"/offers/{key}/photos", _("The photo is added."))

    @post("/{photo:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID], photo: FromPath[UUID]) -> Redirect:
        """Say anew what a photo shows, and move it among the others."""
        form = visit.form
        view = _own(visit.session, visit.actor, key)
        names = {name: f"{name}-{photo}" for name in ("alt", "place")}
        with form.shown_again(PHOTOS, _context(visit.session, view, form), names):
            place = form.whole(names["place"])
            form.check()
            alt = form.value(names["alt"])
            service.change_photo(visit.session, visit.actor, view.lent.resource.id, photo, alt=alt, place=place)
        return see_other(visit.request, f"/offers/{key}/photos", _("The photo is changed."))

    @post("/{photo:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID], photo: FromPath[UUID]) -> Redirect:
        """Remove a photo for good."""
        view = _own(visit.session, visit.actor, key)
        service.remove_photo(visit.session, visit.actor, view.lent.resource.id, photo)
        return see_other(visit.request, f"/offers/{key}/photos", _("The photo is removed."))

    @get("/{photo:uuid}/{size:str}", sync_to_thread=True)
    def image(
        self, visit: NamedDependency[Visit], key: FromPath[UUID], photo: FromPath[UUID], size: FromPath[str]
    ) -> Response[bytes]:
        """Give a photo in one size, `small` or `large`."""
        if size not in set(PhotoSize):
            raise NotFound("photo", photo)
        content = shown_photo(visit.session, visit.actor, key, photo, PhotoSize(size))[1]
        return Response(content, media_type=MEDIA_TYPE, headers=KEPT)


def _own(session: Session, actor: Actor, key: UUID) -> OfferView:
    view = queries.offer_view(session, actor, key)
    check_may(actor, Permission.OFFER, view.lent.resource.organisation_id, view.lent.resource.department)
    if view.lent.family.anonymous:
        raise NotFound("photo", key)
    return view


def _context(session: Session, view: OfferView, form: Form) -> dict[str, Any]:
    resource = view.lent.resource
    photos = photos_of(session, [resource.id]).get(resource.id, [])
    return {
        "form": form,
        "changed": next((each.id for each in photos if f"alt-{each.id}" in form.fields), None),
        "untouched": Form(),
        "view": view,
        "name": lent.name_of(view, named=view.named),
        "photos": photos,
        "places": [(number, str(number)) for number, _photo in enumerate(photos, 1)],
        "most": MOST_PHOTOS,
        "longest_alt": LONGEST_ALT,
        "labels": {"photo": _("Photo"), "alt": _("What does it show?")} | _labels(photos),
    }


def _labels(photos: Sequence[Photo]) -> dict[str, str]:
    """Return what the fields of the photos that are there are called."""
    alts = {f"alt-{each.id}": _("What does photo %(number)s show?") % {"number": n} for n, each in enumerate(photos, 1)}
    return alts | {
        f"place-{each.id}": _("Place of photo %(number)s") % {"number": n} for n, each in enumerate(photos, 1)
    }
