"""All pages, and the form that they may ask for.

Not in the package itself: the command line uses presenters and need not load the web for them.
"""

from typing import Any

from litestar import Controller, Request

from api.pages.about import AboutPages
from api.pages.bookings import BookingPages
from api.pages.forms import Form
from api.pages.notices import NoticePages
from api.pages.offers.pages import OfferPages
from api.pages.proposals.pages import ProposalPages
from api.pages.requests.pages import RequestPages
from api.pages.runs import RunPages
from api.pages.sign_in import SignInPages
from api.pages.start import StartPage
from core.settings import settings

PAGES: list[type[Controller]] = [
    StartPage,
    AboutPages,
    OfferPages,
    RequestPages,
    ProposalPages,
    NoticePages,
    BookingPages,
    RunPages,
]


def pages() -> list[type[Controller]]:
    """Return the pages of this installation: choosing who to be exists only where development sign-in is on."""
    return [*PAGES, *([SignInPages] if settings().may_choose_member else [])]


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """Read the form of a request; files are left out."""
    data = await request.form()
    fields: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if isinstance(value, str) and name != "_csrf_token":
            fields.setdefault(name, []).append(value)
    return Form(fields or {"": [""]})
