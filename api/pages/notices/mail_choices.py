"""The page on which one chooses which notices come by mail, and when."""

from typing import Any

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.language.labels import label
from api.mail.message import CHOICES as ADDRESS
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.settings import settings
from marketplace.mail import choosing
from marketplace.mail.rules import CHOICES, MailFrequency, NoticeGroup
from marketplace.organisations import queries as organisations

TEMPLATE = "notices/mail_choices.html"
CHOSEN = [group for group in NoticeGroup if len(CHOICES[group].allowed) > 1]


class MailChoicePages(Controller):
    """Look, and choose."""

    path = ADDRESS

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit]) -> Template:
        """Show what the member gets by mail."""
        return page(TEMPLATE, _context(visit))

    @post("/", sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit]) -> Redirect:
        """Note what the member wants from now on."""
        form = visit.form
        with form.shown_again(TEMPLATE, _context(visit)):
            wanted = {group: form.choice(group, MailFrequency) for group in CHOSEN}
            form.check()
            choosing.choose(visit.session, visit.actor, wanted)
        return see_other(visit.request, ADDRESS, _("Your choice is saved. It holds for what happens from now on."))


def _context(visit: Visit) -> dict[str, Any]:
    return {
        "form": visit.form,
        "chosen": choosing.chosen(visit.session, visit.actor),
        "groups": [
            (group, [(when, label(when)) for when in MailFrequency if when in CHOICES[group].allowed])
            for group in CHOSEN
        ],
        "labels": {group.value: label(group) for group in CHOSEN},
        "email": organisations.member(visit.session, visit.actor.member_id).email,
        "is_sent": settings().mail_url is not None,
    }
