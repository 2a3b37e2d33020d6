"""All pages.

Not in the package itself: the command line uses presenters and need not load the web for them.
"""

from litestar import Controller

from api.pages.about import AboutPages
from api.pages.board.exchange import ExchangePages
from api.pages.board.map import RunMapPage
from api.pages.board.networks import NetworkPages
from api.pages.board.overview import OverviewPages
from api.pages.board.scenarios.changing import ScenarioChangePages
from api.pages.board.scenarios.comparing import ScenarioComparisonPage
from api.pages.board.scenarios.pages import ScenarioPages
from api.pages.board.timeline import TimelinePages
from api.pages.board.waiting import WaitingPages
from api.pages.bookings.agreements.pages import PaperPages
from api.pages.bookings.changes.later_ends import LaterEndPages
from api.pages.bookings.changes.shortfalls import ShortfallPages
from api.pages.bookings.damage import DamagePages
from api.pages.bookings.labels import LabelPages
from api.pages.bookings.loans import LoanPages
from api.pages.bookings.pages import BookingPages
from api.pages.bookings.room_answers import RoomAnswerPages
from api.pages.bookings.scanning import ScanPage
from api.pages.bookings.things import LabelledThingPages
from api.pages.bookings.withdrawals import WithdrawalPages
from api.pages.calendars.busy import BusyCalendarPages
from api.pages.calendars.files import CalendarFiles
from api.pages.calendars.mine import MyCalendarPages
from api.pages.drafts import DraftPages
from api.pages.hubs.activities import ActivityPages
from api.pages.hubs.declining import DecliningPages
from api.pages.hubs.desk.desk import HubDeskPages
from api.pages.hubs.feedback import FeedbackPages
from api.pages.hubs.figures import FigurePages
from api.pages.hubs.groups import HubGroupPages
from api.pages.hubs.initiatives import InitiativePages
from api.pages.hubs.joining import JoiningPages, OwnAgreementPages
from api.pages.hubs.lending import HubLendingPages
from api.pages.hubs.letters.archive import LetterPages
from api.pages.hubs.letters.newsletter import LetterStopPages, NewsletterPages
from api.pages.hubs.letters.writing import LetterWritingPages
from api.pages.hubs.meeting.coffee import CoffeePages
from api.pages.hubs.meeting.community import AllHubsPeoplePages, HubCommunityPages
from api.pages.hubs.meeting.days import HubDayPages
from api.pages.hubs.meeting.introductions import IntroductionPages
from api.pages.hubs.pages import HubPages
from api.pages.hubs.people import AgreementPages, HubMemberPages, HubPeoplePages
from api.pages.hubs.questions import HubQuestionPages
from api.pages.hubs.visits import HubVisitPages, VisitPages
from api.pages.members import MemberPages
from api.pages.notices.mail_choices import MailChoicePages
from api.pages.notices.pages import NoticePages
from api.pages.notices.sent import SentMailPages
from api.pages.notices.undelivered import UndeliveredMailPages
from api.pages.offers.competence import CompetencePage
from api.pages.offers.map import OfferMapPage
from api.pages.offers.pages import OfferPages
from api.pages.offers.photos import PhotoPages
from api.pages.offers.saved import SavedSearchPages
from api.pages.offers.things import ThingPages
from api.pages.offers.uploads import UploadPages
from api.pages.organisations.emptying import EmptyingPages
from api.pages.organisations.leaving import LeavingPages
from api.pages.organisations.paper_series import PaperSeriesPages
from api.pages.organisations.register import OrganisationPages
from api.pages.organisations.sites import SitePages
from api.pages.people.answering import AnsweringPages
from api.pages.people.asking import AskingPages
from api.pages.people.my_card import MyCardPages
from api.pages.proposals.pages import ProposalPages
from api.pages.proposals.reviewing import ReviewPages
from api.pages.questions.advising import AdvisingPages
from api.pages.questions.pages import QuestionPages
from api.pages.requests.cases import CasePages
from api.pages.requests.filing.pages import FilingPages
from api.pages.requests.inquiries import InquiryPages
from api.pages.requests.pages import RequestPages
from api.pages.runs import RunPages
from api.pages.sign_in.access_tokens import AccessTokenPages
from api.pages.sign_in.choice import SignInPages
from api.pages.sign_in.confirmation import ConfirmationPages
from api.pages.sign_in.development import DevelopmentSignIn
from api.pages.sign_in.machine_clients import MachineClientPages
from api.pages.sign_in.passkeys import PasskeyPages
from api.pages.sign_in.providers import ProviderPages
from api.pages.sign_in.provisioning import ProvisioningPages
from api.pages.sign_in.sessions import SessionPages
from api.pages.start import StartPage
from api.pages.stock.checklists import ChecklistPages
from api.pages.stock.stocktakes import StocktakePages
from api.pages.surges.alerts import SurgePages
from api.pages.surges.report import SurgeReportPages
from api.pages.surges.rosters import RosterPages
from api.pages.webhooks import WebhookPages
from api.pages.wishes.pages import WishPages
from core.settings import settings

PAGES: list[type[Controller]] = [
    StartPage,
    AboutPages,
    OfferPages,
    OfferMapPage,
    CompetencePage,
    SavedSearchPages,
    ThingPages,
    PhotoPages,
    UploadPages,
    EmptyingPages,
    FilingPages,
    AskingPages,
    AnsweringPages,
    MyCardPages,
    WishPages,
    RequestPages,
    InquiryPages,
    CasePages,
    ProposalPages,
    ReviewPages,
    NoticePages,
    MailChoicePages,
    UndeliveredMailPages,
    MemberPages,
    LeavingPages,
    PaperSeriesPages,
    OrganisationPages,
    SitePages,
    HubPages,
    JoiningPages,
    OwnAgreementPages,
    HubPeoplePages,
    AgreementPages,
    HubQuestionPages,
    LetterPages,
    LetterWritingPages,
    NewsletterPages,
    LetterStopPages,
    HubMemberPages,
    BookingPages,
    LabelPages,
    ScanPage,
    ChecklistPages,
    StocktakePages,
    LabelledThingPages,
    DamagePages,
    WithdrawalPages,
    LaterEndPages,
    ShortfallPages,
    RoomAnswerPages,
    LoanPages,
    PaperPages,
    BusyCalendarPages,
    WebhookPages,
    CalendarFiles,
    AllHubsPeoplePages,
    HubCommunityPages,
    HubDayPages,
    HubVisitPages,
    HubLendingPages,
    VisitPages,
    HubDeskPages,
    IntroductionPages,
    CoffeePages,
    MyCalendarPages,
    RunPages,
    OverviewPages,
    RunMapPage,
    TimelinePages,
    ExchangePages,
    NetworkPages,
    ScenarioPages,
    ScenarioChangePages,
    ScenarioComparisonPage,
    WaitingPages,
    RosterPages,
    ActivityPages,
    DecliningPages,
    FeedbackPages,
    FigurePages,
    HubGroupPages,
    InitiativePages,
    QuestionPages,
    AdvisingPages,
    SurgePages,
    SurgeReportPages,
    DraftPages,
    SessionPages,
    PasskeyPages,
    ConfirmationPages,
    AccessTokenPages,
    SignInPages,
    ProviderPages,
    ProvisioningPages,
    MachineClientPages,
]


def pages() -> list[type[Controller]]:
    """Return the pages of this installation: choosing who to be, and reading all mail, only in development."""
    return [*PAGES, *([DevelopmentSignIn, SentMailPages] if settings().may_choose_member else [])]
