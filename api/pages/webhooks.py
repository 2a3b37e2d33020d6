"""*Webhooks*: where an organisation's own systems are told, what they were told, and sending it again."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.forms.once import keep_outcome
from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Permission, check_may
from core.outward.addresses import LONGEST_ADDRESS
from marketplace.notices.rules import NoticeCode
from marketplace.webhooks import queries, service
from marketplace.webhooks.rules import KINDS, MOST_ENDPOINTS

LIST, ONE, PAGE = "webhooks/list.html", "webhooks/one.html", "/webhooks"


class WebhookPages(Controller):
    """List, add, look at, enable, remove, send again."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the organisation's webhooks, and show the form of a new one."""
        return page(LIST, _context(visit, visit.form, paging))

    @post("/", sync_to_thread=True)
    def add(self, visit: NamedDependency[Visit]) -> Template:
        """Add a webhook, and show its secret this once."""
        check_may(visit.actor, Permission.ADMINISTER)
        form = visit.form
        with form.shown_again(LIST, _context(visit, form, Paging())):
            address = form.text("address", required=True, most=LONGEST_ADDRESS)
            kinds = form.choices("kinds", NoticeCode)
            form.check()
            secret, made = service.add(visit.session, visit.actor, address, kinds)
        done = _("It was done already. The secret was shown once: if you don't have it, remove the webhook and add it.")
        keep_outcome(visit.request, PAGE, {"message": done, "tone": "warning"})  # never the secret itself
        return page(LIST, _context(visit, Form(), Paging()) | {"made": made, "secret": secret})

    @get("/{key:uuid}", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """Show what a webhook was told, or is to be told."""
        context = {
            "endpoint": queries.endpoint(visit.session, visit.actor, key),
            "found": queries.deliveries_page(visit.session, visit.actor, key, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(ONE, context)

    @post("/{key:uuid}/enabling", sync_to_thread=True)
    def enable(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Tell a webhook again that was given up."""
        service.enable(visit.session, visit.actor, key)
        return see_other(visit.request, f"{PAGE}/{key}", _("The webhook is told again of what happens from now on."))

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Tell a webhook nothing more."""
        service.remove(visit.session, visit.actor, key)
        return see_other(visit.request, PAGE, _("The webhook is removed."))

    @post("/{key:uuid}/deliveries/{delivery:uuid}/repetition", sync_to_thread=True)
    def send_again(self, visit: NamedDependency[Visit], key: FromPath[UUID], delivery: FromPath[UUID]) -> Redirect:
        """Send a delivery again."""
        service.send_again(visit.session, visit.actor, key, delivery)
        return see_other(visit.request, f"{PAGE}/{key}", _("It is sent again within a minute."))


def _context(visit: Visit, form: Form, paging: Paging) -> dict[str, Any]:
    labels = {"address": _("The system's address"), "kinds": _("What it is told of")}
    return {
        "found": queries.endpoints_page(visit.session, visit.actor, paging.page, paging.limit),
        "address": lambda number: address_of_page(visit.request, number),
        "form": form,
        "labels": labels,
        "summary_labels": labels,
        "kinds": [(each.value, label(each, "webhook_kind")) for each in KINDS],
        "made": None,
        "most": MOST_ENDPOINTS,
    }
