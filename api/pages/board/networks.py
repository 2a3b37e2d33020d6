"""Networks of a skill: how many are in each, what they lend, how evenly, and how one is asked."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template

from api.language.i18n import language
from api.pages.rendering import page
from api.pages.visit import Visit
from competence.queries import skill_labels
from core.actor import Permission
from marketplace.networks.standing import standings


class NetworkPages(Controller):
    """Show the networks."""

    path = "/networks"

    @get("/", sync_to_thread=True)
    def all(self, visit: NamedDependency[Visit]) -> Template:
        """Show how the networks stand; where one's own people are in one, what they have lent."""
        called = skill_labels(visit.session, swedish=language() == "sv")
        told = [(called.get(each.skill, each.skill), each) for each in standings(visit.session, visit.actor)]
        lends, asks = visit.actor.may(Permission.OFFER), visit.actor.may(Permission.REQUEST)
        own = [(name, each) for name, each in told if lends and each.own_hours]
        return page("board/networks.html", {"told": told, "own": own, "lends": lends, "asks": asks})
