"""The coordinator's queue: which proposals it goes through, and where one stands in it."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session

from api.pages.forms import Form, uuid_of
from core.actor import Actor
from marketplace.proposals import review
from marketplace.proposals.queries import ProposalSearch
from marketplace.proposals.review import Place

IN_TURN = "queue"
"""The field of forms and of addresses that says that proposals are looked at in turn."""


@dataclass(frozen=True)
class Queue:
    """What is looked at in turn: all that waits, or that of a run or a county."""

    search: ProposalSearch

    @classmethod
    def of(cls, form: Form) -> "Queue":
        """Return the queue that a form or an address narrows to."""
        return cls(ProposalSearch(run_id=uuid_of(form.value("run")), county_code=form.value("county")[:2] or None))

    @classmethod
    def asked(cls, form: Form) -> "Queue | None":
        """Return the queue that a form or an address goes on in, if it does."""
        return cls.of(form) if form.ticked(IN_TURN) else None

    @property
    def fields(self) -> dict[str, str]:
        """What forms and addresses carry to go on in it."""
        narrowed = {"run": self.search.run_id, "county": self.search.county_code}
        return {name: str(value) for name, value in narrowed.items() if value}

    @property
    def beginning(self) -> str:
        """The address that shows what is to be looked at first."""
        return f"/proposals/queue?{urlencode(self.fields)}".rstrip("?")

    @property
    def listed(self) -> str:
        """The address of all that waits in it."""
        return f"/proposals?{urlencode({'state': 'proposed', **self.fields})}"

    def address(self, key: UUID | None) -> str:
        """Return where a proposal is looked at in turn; after the last, the list of what is left."""
        return f"/proposals/{key}?{urlencode({IN_TURN: 'yes', **self.fields})}" if key else self.listed

    def place(self, session: Session, actor: Actor, key: UUID) -> Place:
        """Return where a proposal stands in it."""
        return review.place(session, actor, self.search, key)
