"""What is said above a form that is shown again as it was typed."""

from typing import Any

from api.http.forms.kept import Why
from api.language.i18n import gettext as _
from core.database.kept_forms import Content


def restored_flash(content: Content | None) -> dict[str, Any]:
    """Return the message above a form that was kept, or that could not be."""
    if content is None:
        text = _("What was written here is not kept any longer, or it was somebody else who wrote it.")
        return {"message": text, "tone": "warning"}
    if content.why == Why.LANGUAGE:
        return {"message": _("What you have written is kept. It is not sent yet."), "tone": "info"}
    if content.why == Why.DRAFT:
        return {"message": _("This is a draft. It is not sent yet."), "tone": "info"}
    if content.why == Why.DISCARDED:
        return {"message": _("The draft is discarded. Save it again if you want to keep it."), "tone": "warning"}
    if content.why == Why.SENT_BEFORE:
        text = _(
            "This form has been sent once already. What you have changed since is not sent: look it over, "
            "and send it if you want it too."
        )
        return {"message": text, "tone": "warning", "link": content.led_to, "link_text": _("To what was sent first")}
    text = _("Here is what you had written. Nothing is sent yet: look it over and send it again.")
    return {"message": text, "tone": "info"}
