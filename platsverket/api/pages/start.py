"""The start page: what is waiting for me."""

from litestar import Controller, get
from litestar.response import Template

from platsverket.api.rendering import page


class StartPage(Controller):
    """What this is for somebody new; what is waiting for somebody signed in."""

    path = "/"

    @get("/", sync_to_thread=True)
    def start(self) -> Template:
        """Show the start page."""
        return page("start.html")
