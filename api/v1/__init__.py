"""The JSON API: one controller per aggregate. How to add one, in four steps.

1. ``api/schemas/<aggregate>.py``: what comes in and goes out, as `Wire` structs, each whole body with an example::

       class OfferOut(Wire):
           \"\"\"A resource put up for sharing.\"\"\"

           id: UUID
           state: OfferState
           price_sek: int

           @classmethod
           def example(cls) -> Self:
               return cls(id=UUID("01980000-0000-7000-8000-000000000001"), state=OfferState.OPEN, price_sek=0)


       def offer_out(view: OfferView) -> OfferOut: ...

2. ``api/v1/<aggregate>.py``: a controller. Paths are plural nouns, parameters without ``_`` (``{offer:uuid}``);
   every handler is sync with ``sync_to_thread=True``, has an ``operation_id`` of its own (a verb and what it is done
   to; it never changes, since generated clients are called by it), a ``summary`` in English and Swedish divided by
   `` / ``, and a docstring, which becomes the description::

       class Offers(Controller):
           path = "/offers"
           tags = ("offers",)

           @get("/", operation_id="listOffers", sync_to_thread=True, summary="Search offers / Sök erbjudanden")
           def search(
               self, request: Request[Any, Any, Any], session: NamedDependency[Session], actor: NamedDependency[Actor],
               paging: NamedDependency[Paging],
               min_seats: Annotated[int | None, QueryParameter(name="minSeats")] = None,
           ) -> Listing[OfferOut]:
               \"\"\"List the offers that you may see.\"\"\"
               search = OfferSearch(min_seats=min_seats)
               found = queries.search_offers(session, actor, search, paging.page, paging.limit)
               return listing(request, found, offer_out)

           @get("/{offer:uuid}", operation_id="readOffer", sync_to_thread=True, summary="Read an offer / …")
           def read(self, session: ..., actor: ..., offer: FromPath[UUID]) -> Response[OfferOut]:
               view = queries.offer_view(session, actor, offer)
               return answered(offer_out(view), view.offer.version)  # with its ETag

           @post("/", operation_id="createOffer", sync_to_thread=True, summary="Make an offer / Skapa ett erbjudande")
           def create(
               self, session: ..., actor: ..., data: JSONBody[OfferIn], idempotency: NamedDependency[Idempotency]
           ) -> Response[OfferOut]:
               def make() -> Response[OfferOut]:
                   offer = service.create_offer(session, actor, data.draft())
                   view = queries.offer_view(session, actor, offer.id)
                   return created(offer_out(view), f"/api/v1/offers/{offer.id}", offer.version)

               return idempotency.answer(data, make)  # honours Idempotency-Key

           @patch("/{offer:uuid}", operation_id="changeOffer", sync_to_thread=True, summary="Change an offer / …")
           def change(
               self, ..., offer: FromPath[UUID], data: JSONBody[OfferChange], if_match: NamedDependency[int | None]
           ) -> Response[OfferOut]: ...

           @post("/{offer:uuid}/opening", operation_id="openOffer", sync_to_thread=True, status_code=200, summary="…")
           def open(self, ...) -> Response[OfferOut]: ...

3. Append the controller to ``CONTROLLERS`` below.
4. ``tests/api/v1/test_<aggregate>.py`` with the fixtures ``client`` and ``bearer`` of tests/api/conftest.py.
   ``tests/api/v1/test_openapi.py`` already checks the conventions for you.

Dependencies to ask for by name: ``session``, ``actor`` (from the bearer token; GET needs the scope ``read``, the rest
``write``), ``paging``, ``if_match``, ``idempotency``. The session is committed before the answer is sent. Errors of
`core.errors` are raised as they are; they become problem+json in `api.http.problem_details`. Never catch them here.
"""

from litestar import Controller

from api.v1.asking.advisers import Advisers
from api.v1.asking.card_approvals import CardApprovalRequests, CardApprovals
from api.v1.asking.inquiries import Inquiries
from api.v1.asking.my_cards import MyCards
from api.v1.asking.questions import Questions
from api.v1.bookings import Bookings
from api.v1.calendars.busy import BusyCalendars
from api.v1.calendars.feeds import CalendarFeeds
from api.v1.calendars.invitations import Invitations
from api.v1.history import Histories
from api.v1.hubs.activities import Activities
from api.v1.hubs.community import HubCommunity, HubPeople
from api.v1.hubs.desk import HubDesk
from api.v1.hubs.figures import HubFigures
from api.v1.hubs.groups import HubGroups
from api.v1.hubs.hubs import Hubs
from api.v1.hubs.introductions import HubCoffee, Introductions
from api.v1.hubs.letters import HubLetters, HubLettersOfHub
from api.v1.hubs.memberships import HubMemberships
from api.v1.hubs.people import HubMembers
from api.v1.hubs.questions import HubQuestions
from api.v1.hubs.visits import HubVisits
from api.v1.lending.checklists import Checklists
from api.v1.lending.later_ends import LaterEnds
from api.v1.lending.shortfalls import Shortfalls
from api.v1.lending.stocktakes import Stocktakes
from api.v1.listed.photos import OfferPhotos, ResourcePhotos
from api.v1.listed.resources import Resources
from api.v1.listed.sites import Sites
from api.v1.lookups import Information, Municipalities, Skills
from api.v1.machine_clients import MachineClients
from api.v1.matching_runs import MatchingPolicies, MatchingRuns
from api.v1.members import AccessTokens, Members
from api.v1.moving.wishes import MobilityWishes
from api.v1.notices import Notices
from api.v1.offers import Offers
from api.v1.organisations import Organisations
from api.v1.papers.papers import BookingPapers, Papers, PaperSeriesOfOrganisation
from api.v1.proposals import Proposals
from api.v1.requests import Requests
from api.v1.scenarios import Scenarios
from api.v1.searching.competence import SkillCapacity
from api.v1.searching.facets import OfferFacets
from api.v1.searching.networks import Networks
from api.v1.searching.saved_searches import SavedSearches
from api.v1.surging.alerts import Surges
from api.v1.surging.rosters import Rosters
from api.v1.uploads import Uploads
from api.v1.webhooks import Webhooks

CONTROLLERS: list[type[Controller]] = [
    Activities,
    Advisers,
    CardApprovalRequests,
    CardApprovals,
    Hubs,
    HubMembers,
    HubMemberships,
    HubQuestions,
    HubLetters,
    HubLettersOfHub,
    Information,
    Requests,
    Inquiries,
    Histories,
    Bookings,
    BookingPapers,
    Papers,
    PaperSeriesOfOrganisation,
    Invitations,
    LaterEnds,
    Shortfalls,
    Checklists,
    Stocktakes,
    BusyCalendars,
    Webhooks,
    CalendarFeeds,
    HubCommunity,
    HubPeople,
    HubVisits,
    HubFigures,
    HubDesk,
    HubCoffee,
    Introductions,
    HubGroups,
    Notices,
    Proposals,
    MatchingRuns,
    MatchingPolicies,
    MobilityWishes,
    Municipalities,
    MyCards,
    Questions,
    Resources,
    ResourcePhotos,
    Networks,
    Rosters,
    SavedSearches,
    Scenarios,
    Sites,
    Skills,
    Surges,
    Offers,
    OfferFacets,
    SkillCapacity,
    OfferPhotos,
    Organisations,
    MachineClients,
    Members,
    AccessTokens,
    Uploads,
]
