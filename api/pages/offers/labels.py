"""What the fields of an offer's form are called, by their names: one place for the labels and the error summary."""

from api.language.i18n import gettext as _
from api.pages.offers.form import PART_ROWS, SKILL_ROWS


def labels() -> dict[str, str]:
    """Return the label of every field."""
    found = _of_resource() | _of_families() | _of_site() | _of_offer()
    for n in range(PART_ROWS):
        found[f"parts.{n}.name"] = _("Part %(number)s, name") % {"number": n + 1}
        found[f"parts.{n}.seats"] = _("Part %(number)s, seats") % {"number": n + 1}
    for n in range(SKILL_ROWS):
        found[f"skills.{n}.code"] = _("Skill %(number)s") % {"number": n + 1}
        found[f"skills.{n}.level"] = _("Level of skill %(number)s") % {"number": n + 1}
    return found


def _of_resource() -> dict[str, str]:
    return {
        "name": _("What is it called?"),
        "kind": _("What is it?"),
        "description": _("Description"),
        "parts": _("Parts"),
        "skills": _("Skills"),
    }


def _of_families() -> dict[str, str]:
    return {
        "seats": _("Seats"),
        "areaM2": _("Area, m²"),
        "equipment": _("Equipment"),
        "access": _("Accessibility beside what the house has"),
        "visitorRules": _("Rules for visitors"),
        "count": _("How many"),
        "condition": _("Condition"),
        "widthCm": _("Width, cm"),
        "depthCm": _("Depth, cm"),
        "heightCm": _("Height, cm"),
        "pickup": _("When and how to fetch"),
        "valuationSek": _("Value of each, SEK"),
        "valuationBasis": _("Basis of the valuation"),
        "fuel": _("Fuel"),
        "rangeKm": _("Range, km"),
        "licenceClass": _("Driving licence needed"),
        "towingKg": _("May tow, kg"),
        "extentPercent": _("How much of full time, percent"),
        "municipalityCodes": _("Municipalities where work on site is possible"),
        "remote": _("Can work remotely"),
        "languages": _("Languages"),
    }


def _of_site() -> dict[str, str]:
    return {
        "siteId": _("Where does it stand?"),
        "siteName": _("Name of the new address"),
        "siteAddress": _("Street and number"),
        "municipalityCode": _("Municipality"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
        "siteAccess": _("Accessibility of the house"),
        "openingHours": _("Opening hours"),
    }


def _of_offer() -> dict[str, str]:
    return {
        "first": _("Offered from"),
        "last": _("Offered until and with"),
        "terms": _("Loan or hand-over"),
        "priceBasis": _("Price"),
        "priceSek": _("Kronor"),
        "conditions": _("What the borrower should know"),
        "visibility": _("Who may see it?"),
        "widenOn": _("More may see it from"),
        "widenTo": _("Who then?"),
        "department": _("Your unit"),
    }
