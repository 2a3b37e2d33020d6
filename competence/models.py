"""Rows for skills and for the anonymous capacity cards of people with time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, Range
from sqlmodel import Field, SQLModel

from competence.taxonomies.releases import ConceptKind, Relation
from core.database.tables import Identified, stored_by_value

_NONE = {"server_default": text("'{}'")}


class Skill(Identified, SQLModel, table=True):
    """A concept of a vocabulary, with labels: a skill, a group of skills, or an occupation that needs some."""

    __table_args__ = (
        Index(
            "ix_skill_words_letters",
            "words",
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},  # it is written seldom, and read with each search
        ),
    )

    code: str = Field(unique=True, max_length=60, description="Short key, as in CSV files.")
    uri: str = Field(unique=True)
    kind: ConceptKind = Field(
        default=ConceptKind.SKILL,
        sa_type=stored_by_value(ConceptKind),
        sa_column_kwargs={"server_default": ConceptKind.SKILL.value},
    )
    label_sv: str
    label_en: str
    synonyms_sv: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False, sa_column_kwargs=_NONE)
    synonyms_en: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False, sa_column_kwargs=_NONE)
    words: str = Field(description="Its labels and synonyms with bars between, in which words are looked for.")
    scheme: str = Field(index=True)
    scheme_version: str = Field(description="The last version of the scheme that has it.")
    deprecated: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    in_use: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": text("false")},
        description="Whether a card or a need has named it, so that its label is looked up with those of our own.",
    )
    ssyk: str | None = None


class SkillRelease(SQLModel, table=True):
    """The last version of a scheme that was imported and has concepts of a kind: what it has not is deprecated."""

    __tablename__ = "skill_release"

    scheme: str = Field(primary_key=True)
    kind: ConceptKind = Field(primary_key=True, sa_type=stored_by_value(ConceptKind))
    version: str


class SkillRelation(SQLModel, table=True):
    """What a concept says of another, which is named by its URI: it may be of a scheme that is not here yet."""

    __tablename__ = "skill_relation"

    skill_id: UUID = Field(primary_key=True, foreign_key="skill.id")
    kind: Relation = Field(primary_key=True, sa_type=stored_by_value(Relation))
    uri: str = Field(primary_key=True, index=True)


class SkillClosure(SQLModel, table=True):
    """Which concepts a skill counts as, itself among them, and how many levels `less`: derived from all relations."""

    __tablename__ = "skill_closure"
    __table_args__ = (Index(None, "as_id", "skill_id"),)

    skill_id: UUID = Field(primary_key=True, foreign_key="skill.id")
    as_id: UUID = Field(primary_key=True, foreign_key="skill.id")
    less: int = Field(sa_type=SmallInteger)


class StaffCapacity(SQLModel, table=True):
    """What only staff has. Anonymous: it names no person, and is listed only when all three have said yes."""

    __tablename__ = "staff_capacity"
    model_config = {"arbitrary_types_allowed": True}
    __table_args__ = (
        CheckConstraint("extent_percent between 1 and 100", name="extent"),
        CheckConstraint("people_meant > 0", name="people_meant"),
        CheckConstraint("(network = '') = (network_hours is null)", name="network"),
    )

    resource_id: UUID = Field(primary_key=True, foreign_key="resource.id")
    extent_percent: int
    remote: bool = False
    municipality_codes: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        nullable=False,
        description="Where work on site is possible.",
    )
    languages: list[str] = Field(default_factory=lambda: ["sv"], sa_type=ARRAY(String), nullable=False)
    extent_changes: dict[str, int] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
        description="How many percent can be lent from a day on, by the day; claims keep the rest.",
    )
    clearance_may_be_needed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    people_meant: int | None = Field(
        default=None, description="How many at the employer the card could be about; unknown is as few."
    )
    network: str = Field(
        default="", max_length=60, sa_column_kwargs={"server_default": ""}, description="Of which skill; none is none."
    )
    network_hours: int | None = Field(default=None, description="How many of a month its network may ask for.")
    approved_during: Range[datetime] | None = Field(
        default=None,
        sa_type=TSTZRANGE,
        description="When all three say yes to its being lent; nothing: they do not. See `approvals`.",
    )
    member_id: UUID | None = Field(
        default=None,
        foreign_key="member.id",
        index=True,
        description="Whose card it is, known to that one, HR and whoever is asked to approve it.",
    )


class StaffSkill(SQLModel, table=True):
    """A skill of a capacity card, with its level."""

    __tablename__ = "staff_skill"
    __table_args__ = (CheckConstraint("level between 1 and 5", name="level"),)

    resource_id: UUID = Field(primary_key=True, foreign_key="staff_capacity.resource_id")
    skill_id: UUID = Field(primary_key=True, foreign_key="skill.id", index=True)
    level: int = Field(description="1 knows of it … 3 works independently … 5 leads and teaches.")
