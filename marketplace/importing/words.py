"""Swedish words for the codes of the vocabulary, as people write them in a cell. The codes themselves work too."""

from collections.abc import Mapping
from enum import StrEnum

from competence.rules import Consenting
from core.actor import Role
from marketplace.offers.models import OfferState, PriceBasis, Terms, Visibility
from marketplace.organisations.models import OrganisationKind
from marketplace.requests.models import Priority
from resources.models import Family
from resources.vocabulary import Access, Equipment, Fuel, FurnitureKind, Licence, SpaceKind, ValuationBasis, VehicleKind

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
}
FAMILIES: Words = {
    "lokal": Family.SPACE,
    "möbler": Family.FURNITURE,
    "möbel": Family.FURNITURE,
    "fordon": Family.VEHICLE,
    "personal": Family.STAFF,
}
SPACES: Words = {
    "mötesrum": SpaceKind.MEETING_ROOM,
    "projektyta": SpaceKind.PROJECT_AREA,
    "skrivbordsplatser": SpaceKind.DESK_POOL,
    "arbetsplatser": SpaceKind.DESK_POOL,
    "verkstad": SpaceKind.WORKSHOP,
    "hall": SpaceKind.HALL,
    "sal": SpaceKind.HALL,
}
FURNITURE: Words = {
    "skrivbord": FurnitureKind.DESK,
    "höj- och sänkbart skrivbord": FurnitureKind.STANDING_DESK,
    "stol": FurnitureKind.CHAIR,
    "stolar": FurnitureKind.CHAIR,
    "mötesbord": FurnitureKind.MEETING_TABLE,
    "skåp": FurnitureKind.CABINET,
    "skärm": FurnitureKind.SCREEN,
    "skärmvägg": FurnitureKind.SCREEN,
    "soffa": FurnitureKind.SOFA,
    "skrivtavla": FurnitureKind.WHITEBOARD,
    "lampa": FurnitureKind.LAMP,
    "annat": FurnitureKind.OTHER,
    "annan möbel": FurnitureKind.OTHER,
}
VEHICLES: Words = {
    "bil": VehicleKind.CAR,
    "personbil": VehicleKind.CAR,
    "skåpbil": VehicleKind.VAN,
    "minibuss": VehicleKind.MINIBUS,
    "cykel": VehicleKind.BICYCLE,
    "lastbil": VehicleKind.TRUCK,
}
EQUIPMENT: Words = {
    "projektor": Equipment.PROJECTOR,
    "bildskärm": Equipment.SCREEN,
    "skärm": Equipment.SCREEN,
    "videokonferens": Equipment.VIDEO_CONFERENCE,
    "videomöte": Equipment.VIDEO_CONFERENCE,
    "skrivtavla": Equipment.WHITEBOARD,
    "ljudanläggning": Equipment.SOUND_SYSTEM,
    "kök": Equipment.KITCHEN,
    "skrivare": Equipment.PRINTER,
    "telefonbås": Equipment.PHONE_BOOTH,
    "laddning": Equipment.CHARGING,
    "verktyg": Equipment.TOOLS,
}
ACCESS: Words = {
    "utan trappsteg": Access.STEP_FREE,
    "hiss": Access.LIFT,
    "tillgänglig toalett": Access.ACCESSIBLE_TOILET,
    "rwc": Access.ACCESSIBLE_TOILET,
    "hörslinga": Access.HEARING_LOOP,
    "vilrum": Access.QUIET_ROOM,
    "automatiska dörrar": Access.AUTOMATIC_DOORS,
    "parkering": Access.PARKING,
}
FUELS: Words = {
    "el": Fuel.ELECTRIC,
    "hybrid": Fuel.HYBRID,
    "bensin": Fuel.PETROL,
    "diesel": Fuel.DIESEL,
    "biogas": Fuel.BIOGAS,
    "hvo": Fuel.HVO,
    "hvo (förnybar diesel)": Fuel.HVO,
    "inget": Fuel.NONE,
    "inget bränsle": Fuel.NONE,
}
VALUATIONS: Words = {
    "intern omdisponering": ValuationBasis.INTERNAL_REDISPOSITION,
    "marknadsvärde": ValuationBasis.MARKET_VALUE,
    "försäljning till marknadsvärde": ValuationBasis.MARKET_VALUE,
    "utan värde": ValuationBasis.NIL_VALUE,
    "nollvärde": ValuationBasis.NIL_VALUE,
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
CONSENTS: Words = {
    "medarbetare": Consenting.EMPLOYEE,
    "medarbetaren": Consenting.EMPLOYEE,
    "chef": Consenting.MANAGER,
    "chefen": Consenting.MANAGER,
    "hr": Consenting.HR,
}
LICENCES: Words = {licence.value: licence for licence in Licence} | {"inget körkort": Licence.NONE}
