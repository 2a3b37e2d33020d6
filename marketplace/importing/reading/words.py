"""Swedish words for codes, as people write them in a cell; the codes themselves work too. Families bring their own."""

from collections.abc import Mapping
from enum import StrEnum

from competence.approvals.models import Approver
from core.actor import Role
from marketplace.offers.models import OfferState, PriceBasis, Terms, Visibility
from marketplace.organisations.models import OrganisationKind
from marketplace.requests.models import Priority

Words = Mapping[str, StrEnum]

KINDS_OF_ORGANISATION: Words = {
    "myndighet": OrganisationKind.STATE_AGENCY,
    "statlig myndighet": OrganisationKind.STATE_AGENCY,
    "region": OrganisationKind.REGION,
    "kommun": OrganisationKind.MUNICIPALITY,
    "bolag": OrganisationKind.PUBLIC_COMPANY,
    "offentligt bolag": OrganisationKind.PUBLIC_COMPANY,
    "offentligt ägt bolag": OrganisationKind.PUBLIC_COMPANY,
}
ROLES: Words = {
    "utlånare": Role.LISTER,
    "resursägare": Role.LISTER,
    "beställare": Role.REQUESTER,
    "behovsägare": Role.REQUESTER,
    "samordnare": Role.COORDINATOR,
    "administratör": Role.ADMIN,
    "hr": Role.HR,
    "personalansvarig": Role.HR,
    "godkännare": Role.APPROVER,
    "chef": Role.MANAGER,
    "personalchef": Role.MANAGER,
    "hubbvärd": Role.HUB_HOST,
    "värd": Role.HUB_HOST,
    "granskare": Role.AUDITOR,
    "revisor": Role.AUDITOR,
}
VISIBILITIES: Words = {
    "enheten": Visibility.DEPARTMENT,
    "egen enhet": Visibility.DEPARTMENT,
    "organisationen": Visibility.ORGANISATION,
    "egen organisation": Visibility.ORGANISATION,
    "partner": Visibility.PARTNERS,
    "partners": Visibility.PARTNERS,
    "länet": Visibility.REGION,
    "alla": Visibility.ALL,
}
TERMS: Words = {
    "lån": Terms.LOAN,
    "överlåtelse": Terms.HAND_OVER,
}
PRICES: Words = {
    "ingen": PriceBasis.NONE,
    "utan kostnad": PriceBasis.NONE,
    "fast": PriceBasis.FIXED,
    "fast pris": PriceBasis.FIXED,
    "timme": PriceBasis.HOUR,
    "per timme": PriceBasis.HOUR,
    "dag": PriceBasis.DAY,
    "per dag": PriceBasis.DAY,
    "månad": PriceBasis.MONTH,
    "per månad": PriceBasis.MONTH,
}
STATES: Words = {
    "utkast": OfferState.DRAFT,
    "öppet": OfferState.OPEN,
    "pausat": OfferState.PAUSED,
    "stängt": OfferState.CLOSED,
    "avslutat": OfferState.CLOSED,
}
PRIORITIES: Words = {
    "kris": Priority.CRISIS,
    "lagstadgat": Priority.STATUTORY,
    "lagstadgad uppgift": Priority.STATUTORY,
    "ordinarie": Priority.ORDINARY,
    "utforskande": Priority.EXPLORATORY,
}
APPROVERS: Words = {
    "medarbetare": Approver.EMPLOYEE,
    "medarbetaren": Approver.EMPLOYEE,
    "chef": Approver.MANAGER,
    "chefen": Approver.MANAGER,
    "hr": Approver.HR,
}
