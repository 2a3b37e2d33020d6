"""The papers of a loan of a person: the agreement's particulars, and what each side sees to."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.language.i18n import gettext as _
from api.language.labels import label
from api.presenters.lent import facts_of, lent_of, place_of, price_of, sum_of, times_of
from api.presenters.loans import LoanRule, confirmed_by, told
from competence.loans.packs import RuleEffect, packs
from core.geo import municipality
from core.time.interval import from_range
from marketplace.bookings.queries import BookingView
from marketplace.loans.queries import Confirmation
from marketplace.loans.rules import PersonLoan, days_of
from marketplace.organisations.models import Member

Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Papers:
    """The agreement's particulars, what rules and sources it rests on, what was confirmed, and what each side does."""

    particulars: Facts
    terms: Facts
    rules: Sequence[LoanRule]
    pack: str
    version: str
    confirmed: Sequence[tuple[str, str]]
    lender: Sequence[str]
    borrower: Sequence[str]


def papers_of(view: BookingView, loan: PersonLoan, confirmed: Sequence[Confirmation], *, named: bool = True) -> Papers:
    """Return the papers of a loan. They do not name who is lent: the two know by then who it is.

    With `named` they tell whom to call on both sides, and who has confirmed what.
    """
    return Papers(
        particulars=[*(_sides(view) if named else ()), *_particulars(view, loan)],
        terms=_terms(view, loan),
        rules=[told(each) for each in loan.findings],
        pack=label(loan.pack.code, "loan_pack"),
        version=packs().version,
        confirmed=confirmed_by(confirmed, named=named),
        lender=_lender(loan),
        borrower=_borrower(loan),
    )


def _sides(view: BookingView) -> Facts:
    return [
        (_("Home employer"), side_of(view.lender.name, view.lending)),
        (_("Borrower"), side_of(view.borrower.name, view.borrowing)),
    ]


def _particulars(view: BookingView, loan: PersonLoan) -> Facts:
    first, last = days_of(from_range(view.booking.during))
    own = [each for each in loan.lines if each.line.id == view.line.id]
    agreed = max(day for each in own for _first, day in map(days_of, each.during))
    times = [from_range(each.claim.during) for each in view.claims if each.claim.released_at is None]
    return [
        (
            _("Who is lent"),
            _("The one whom the home employer has put forward for it. The name stands in neither paper."),
        ),
        (_("Skills"), dict(facts_of(view.offered)).get(label("skills", "staff_shown"), "")),
        (_("Period"), f"{first}–{last}"),
        (_("Ends early"), _("Agreed through %(day)s at first.") % {"day": agreed} if last < agreed else ""),
        (_("Days"), ", ".join(times_of(times)) if len(times) > 1 else ""),
        (_("Goes on from"), _("Earlier loans since %(day)s.") % {"day": loan.since} if loan.since else ""),
        (_("Goes on in"), _("Later loans through %(day)s.") % {"day": loan.until} if loan.until else ""),
        (_("Extent"), lent_of(view.need, view.offered.lent.resource, view.booking.amount, times)),
        (_("It comes to"), sum_of(view.cost_sek) if view.line.price_sek else ""),
        (_("Tasks"), ": ".join(part for part in (view.request.title, view.need.title) if part)),
        (_("Purpose"), view.request.purpose),
        (_("Place"), _place(view)),
    ]


def _terms(view: BookingView, loan: PersonLoan) -> Facts:
    months = next((rule.months for rule in loan.pack.rules if rule.code == "notice"), None)
    return [
        (_("Who leads"), _("The borrower leads and distributes the work.")),
        (_("Work environment"), _("The borrower answers for it day by day; absence and accidents are told to both.")),
        (_("Employment"), _("It goes on at the home employer, unchanged, with pay, holidays and pension.")),
        (_("Who pays"), _("The home employer pays, and invoices the borrower.")),
        (_("Price"), price_of(view.line)),
        (_("Conditions"), view.line.conditions),
        (_("Insurance"), _("That of the home employer holds, unless the two have agreed otherwise below.")),
        (
            _("Notice"),
            _("%(n)s month, in writing, by either side.") % {"n": months} if months == 1 else _months(months),
        ),
        (_("Extension"), _("Never by itself: it is asked for, assessed anew and agreed on as a loan of its own.")),
        (
            _("Ending"),
            _("On the last day, or earlier with the notice. What was borrowed and all access is given back."),
        ),
    ]


def _months(months: int | None) -> str:
    return _("%(n)s months, in writing, by either side.") % {"n": months} if months else ""


def _lender(loan: PersonLoan) -> list[str]:
    return [
        _("Tell the employee in writing of the period, the tasks, the place and who leads the work."),
        _("Keep paying, and invoice the borrower each month."),
        _("Keep the contact with the employee: development talk, holidays and sick leave stay with you."),
        _("Enter the loan in your records, and why it was decided."),
        *_to_see_to(loan),
    ]


def _borrower(loan: PersonLoan) -> list[str]:
    return [
        _("Name who leads the work, and introduce the employee to it, to the place and to what is secret there."),
        _("See to access, equipment and the work environment from the first day, and take access back on the last."),
        _("Tell the home employer at once of absence, accidents and if the tasks change."),
        *_to_see_to(loan),
    ]


def _to_see_to(loan: PersonLoan) -> list[str]:
    return [told(each).text for each in loan.findings if each.rule.effect is RuleEffect.WARN]


def _place(view: BookingView) -> str:
    """Return where the work is done: what the one who asks has named, else where the person can work."""
    if view.need.municipality_code:
        return municipality(view.need.municipality_code).name
    return place_of(view.offered, view.offered.home, exact=False)


def side_of(organisation: str, contact: Member | None) -> str:
    """Return an organisation with whom to call there."""
    return f"{organisation}: {contact.name}, {contact.email}" if contact else organisation
