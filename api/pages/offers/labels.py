"""What the fields of an offer's form are called, by their names, in the order of the page: for labels and summary."""

from api.language.i18n import gettext as _
from api.pages.families.controls import fact_labels
from api.pages.offers.form import MOST_WIDENS, PART_ROWS, SKILL_ROWS, widen_names
from api.pages.offers.hours import labels_of_hours
from resources.families.family import Family


def labels(family: Family, skill_rows: int = SKILL_ROWS) -> dict[str, str]:
    """Return the label of every field."""
    found = {"name": _("What is it called?"), "kind": _("What is it?"), **fact_labels(family)}
    for n in range(skill_rows):
        found[f"skills.{n}.code"] = _("Skill %(number)s") % {"number": n + 1}
        found[f"skills.{n}.level"] = _("Level of skill %(number)s") % {"number": n + 1}
    found["parts"] = _("Parts")
    for n in range(PART_ROWS):
        found[f"parts.{n}.name"] = _("Part %(number)s, name") % {"number": n + 1}
        found[f"parts.{n}.seats"] = _("Part %(number)s, seats") % {"number": n + 1}
    found |= {"description": _("Description"), **_of_site(family), **_of_offer()}
    for n in range(MOST_WIDENS):
        on, to = widen_names(n)
        found[on] = _("More may see it from, step %(number)s") % {"number": n + 1}
        found[to] = _("Who may see it in step %(number)s?") % {"number": n + 1}
    return found


def _of_site(family: Family) -> dict[str, str]:
    return {
        "siteId": _("Where is the room?") if family.name == "space" else _("Where does it stand?"),
        "siteName": _("Name of the new address"),
        "siteAddress": _("Street and number"),
        "municipalityCode": _("Municipality"),
        **labels_of_hours(),
        "siteAccess": _("Accessibility of the house"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
    }


def _of_offer() -> dict[str, str]:
    return {
        "first": _("Offered from"),
        "firstTime": _("From, time of day"),
        "last": _("Offered through"),
        "lastTime": _("Until, time of day"),
        "terms": _("Loan or hand-over"),
        "priceBasis": _("Price"),
        "priceSek": _("Kronor"),
        "conditions": _("What the borrower should know"),
        "visibility": _("Who may see it at first?"),
        "department": _("Your unit"),
        "calendarMailbox": _("E-mail address of its own calendar"),
    }
