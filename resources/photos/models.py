"""Rows for photos, and apart from them what they look like: a list of photos reads no pictures."""

from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, stored_by_value
from resources.photos.rules import LONGEST_ALT, LONGEST_SIDE, PhotoSize


class Photo(Identified, Timestamped, SQLModel, table=True):
    """A photo of a resource. What it looks like never changes: another picture has another id."""

    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    alt: str = Field(max_length=LONGEST_ALT, description="What it shows, for those who do not see it.")
    place: int = Field(default=1, description="Among those of the resource, from 1; of two in one the older is first.")
    width: int = Field(description="Of the large one, in pixels.")
    height: int

    @property
    def small(self) -> tuple[int, int]:
        """Width and height of the small one, but for a rounding."""
        share = min(1.0, LONGEST_SIDE[PhotoSize.SMALL] / max(self.width, self.height))
        return max(1, round(self.width * share)), max(1, round(self.height * share))


class PhotoImage(SQLModel, table=True):
    """A photo in one size, as WebP."""

    __tablename__ = "photo_image"

    photo_id: UUID = Field(primary_key=True, foreign_key="photo.id")
    size: PhotoSize = Field(primary_key=True, sa_type=stored_by_value(PhotoSize))
    body: bytes = Field(sa_type=LargeBinary, nullable=False)
