"""`/api/v1/resources/{id}/photos` for those who list it, `/api/v1/offers/{id}/photos` for all who see the offer."""

from uuid import UUID

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.responses import created
from api.schemas.photos import (
    PhotoChange,
    PhotoContent,
    PhotoIn,
    PhotoOut,
    PhotosOut,
    photo_content,
    photo_out,
    photos_out,
)
from core.actor import Actor
from marketplace.offers.photos import photos_of_offer, shown_photo
from resources.photos import service
from resources.photos.queries import photos_of
from resources.photos.rules import LARGEST_BYTES, PhotoSize
from resources.queries import resource as resource_of

LARGEST_BODY = LARGEST_BYTES * 4 // 3 + 10_000
"""Bytes of a photo in Base64, and the rest."""


class ResourcePhotos(Controller):
    """Show what one's own organisation can lend."""

    path = "/resources/{resource:uuid}/photos"
    tags = ("resources",)

    @get("/", operation_id="listPhotos", sync_to_thread=True, summary="List photos / Lista foton")
    def page(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], resource: FromPath[UUID]
    ) -> PhotosOut:
        """List the photos of a resource of your organisation."""
        shown = resource_of(session, actor, resource).id
        return photos_out(photos_of(session, [shown]).get(shown, ()))

    @post(
        "/",
        operation_id="addPhoto",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BODY,
        summary="Add a photo / Lägg till ett foto",
    )
    def add(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[PhotoIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[PhotoOut]:
        """Add a photo, which is made anew: upright, smaller, and without what the camera wrote. Not of people."""

        def make() -> Response[PhotoOut]:
            photo = service.add_photo(session, actor, resource, data.content, data.alt)
            return created(photo_out(photo), f"/api/v1/resources/{resource}/photos")

        return idempotency.answer(data, make)

    @post(
        "/{photo:uuid}/changes",
        operation_id="changePhoto",
        sync_to_thread=True,
        status_code=200,
        summary="Change a photo / Ändra ett foto",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        photo: FromPath[UUID],
        data: JSONBody[PhotoChange],
    ) -> PhotosOut:
        """Say anew what a photo shows, and move it among the others. For another picture, add one and remove this."""
        service.change_photo(session, actor, resource, photo, alt=data.alt, place=data.place)
        return photos_out(photos_of(session, [resource])[resource])

    @delete(
        "/{photo:uuid}", operation_id="removePhoto", sync_to_thread=True, summary="Remove a photo / Ta bort ett foto"
    )
    def remove(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        photo: FromPath[UUID],
    ) -> None:
        """Remove a photo for good."""
        service.remove_photo(session, actor, resource, photo)


class OfferPhotos(Controller):
    """See what is offered."""

    path = "/offers/{key:uuid}/photos"
    tags = ("offers",)

    @get("/", operation_id="listOfferPhotos", sync_to_thread=True, summary="List an offer's photos / Lista foton")
    def page(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> PhotosOut:
        """List the photos of what an offer that you may see lends."""
        return photos_out(photos_of_offer(session, actor, key))

    @get("/{photo:uuid}", operation_id="readPhoto", sync_to_thread=True, summary="See a photo / Se ett foto")
    def read(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        photo: FromPath[UUID],
    ) -> PhotoContent:
        """Read a photo of what an offer that you may see lends."""
        return photo_content(*shown_photo(session, actor, key, photo, PhotoSize.LARGE))
