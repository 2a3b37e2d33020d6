"""What a paper of a booking says, in words: its facts, and what holds by its template."""

from dataclasses import dataclass
from typing import Any

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import language
from api.language.labels import label
from api.papers.person_loans import Papers
from api.papers.templates import ADDENDUM, Fact, Facts, Template, templates
from api.presenters.lent import facts_of, kind_of, lent_of, name_of, place_of, price_of, sum_of, times_of
from core.errors import InvalidParameter
from core.limits import GREATEST_WHOLE, LONGEST_WORDS, refuse_if, whole_faults
from core.text import text_faults
from core.time.interval import from_range
from marketplace.bookings.models import BookingKind, BookingState
from marketplace.bookings.queries import BookingView
from marketplace.organisations.models import Organisation
from marketplace.papers.service import Draft

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Given:
    """What whoever has a paper made says beside what the booking says: on what something is handed over, and its value.

    Raises
    ------
    BadInput
        A text is too long, or the value no whole number of SEK that may be.
    """

    basis: str = ""
    valuation_sek: int | None = None

    def __post_init__(self) -> None:
        refuse_if(
            [
                *text_faults("basis", self.basis, 0, LONGEST_WORDS),
                *whole_faults("valuationSek", self.valuation_sek, 0, GREATEST_WHOLE),
            ]
        )


def draft(view: BookingView, given: Given, papers: Papers | None, *, addendum: bool) -> Draft:
    """Return what a paper of a booking says in the reader's language; `papers`: what those of a person's loan say.

    Nobody is named in it, so that it can be kept for as long as the agreement.

    Raises
    ------
    BadInput
        Something that the template needs is missing.
    """
    kind = ADDENDUM if addendum else str(view.booking.kind)
    template = templates()[kind]
    _refuse_unasked(templates()[view.booking.kind], given)
    facts = _facts(view, given)
    sections = template.filled_in(facts, language())
    if papers is not None and not addendum:
        sections += _of_person(papers)
    shown = _particulars(templates()[view.booking.kind], facts, papers)
    return Draft(
        template=f"{kind} {template.version}",
        content={
            "language": language(),
            "title": template.title.said(language()),
            "intro": template.intro.said(language()),
            "facts": shown,
            "sections": [{"heading": heading, "points": points} for heading, points in sections],
            "signers": [view.lender.name, view.borrower.name],
            "given": {"basis": given.basis, "valuationSek": given.valuation_sek},
            "words": _words(),
        },
    )


def _refuse_unasked(template: Template, given: Given) -> None:
    told = {Fact.BASIS: given.basis.strip(), Fact.VALUATION: given.valuation_sek}
    refuse_if(
        InvalidParameter(each.field, str(value), "papers of this kind do not say it: leave it out")
        for each, value in told.items()
        if value not in ("", None) and each not in template.asks
    )


def _particulars(template: Template, facts: Facts, papers: Papers | None) -> Rows:
    told = {Fact.LENDER: template.lender.said(language()), Fact.BORROWER: template.borrower.said(language())}
    sides = [(told[each], facts[each]) for each in told]
    if papers is not None:
        rest = [*papers.particulars, (label(Fact.CANCELLED, "fact"), facts.get(Fact.CANCELLED, ""))]
    else:
        rest = [(label(each), facts[each]) for each in Fact if each not in told and facts.get(each)]
    return [*sides, *(row for row in rest if row[1])]


def _facts(view: BookingView, given: Given) -> dict[Fact, str]:
    booking, resource = view.booking, view.offered.lent.resource
    held = [each for each in view.claims if each.claim.released_at is None]
    times = list(dict.fromkeys(from_range(each.claim.during) for each in held or view.claims))
    person = booking.kind is BookingKind.STAFF_LOAN
    asked = (view.request.title, view.need.title, view.request.purpose)
    worth = given.valuation_sek
    return {
        Fact.LENDER: _side(view.lender),
        Fact.BORROWER: _side(view.borrower),
        Fact.WHAT: kind_of(resource) if person else f"{kind_of(resource)}: {name_of(view.offered, named=True)}",
        Fact.DETAILS: "; ".join(f"{name}: {text}" for name, text in facts_of(view.offered) if text),
        Fact.AMOUNT: lent_of(view.need, resource, booking.amount, times),
        Fact.PERIOD: written.period(booking.during),
        Fact.DATES: ", ".join(times_of(times)) if len(times) > 1 else "",
        Fact.PLACE: place_of(view.offered, view.offered.home, exact=True),
        Fact.PURPOSE: ": ".join(part for part in asked if part),
        Fact.PRICE: price_of(view.line),
        Fact.SUM: sum_of(view.cost_sek) if view.line.price_sek else "",
        Fact.CONDITIONS: view.line.conditions,
        Fact.BASIS: given.basis.strip(),
        Fact.VALUATION: "" if worth is None else written.money(worth),
        Fact.CANCELLED: _("Yes") if booking.state is BookingState.CANCELLED else "",
    }


def _side(organisation: Organisation) -> str:
    return f"{organisation.name} ({organisation.number})" if organisation.number else organisation.name


def _of_person(papers: Papers) -> list[tuple[str, Rows]]:
    """Return what the papers of a person's loan say beside the particulars: no point has a term where it is a list."""
    confirmed = [("", f"{text} {who}") for text, who in papers.confirmed]
    rules = [("", f"{each.text} {each.sources}") for each in papers.rules]
    return [
        (_("What holds"), [(term, text) for term, text in papers.terms if text]),
        *([(_("What has been confirmed"), confirmed)] if confirmed else []),
        (_("What it rests on, version %(version)s") % {"version": papers.version}, rules),
        (_("For the home employer"), [("", each) for each in papers.lender]),
        (_("For the borrower"), [("", each) for each in papers.borrower]),
    ]


def _words() -> dict[str, Any]:
    """Return the words that the layout itself needs."""
    return {
        "what": _("What"),
        "says": _("What it says"),
        "number": _("Number of the agreement"),
        "addendum": _("Addendum"),
        "date": _("Date"),
        "template": _("Template and version"),
        "changes": _("What is changed"),
        "before": _("Before"),
        "now": _("From now on"),
        "particulars": _("Particulars"),
        "signatures": _("Signatures"),
        "place": _("Place and date:"),
        "name": _("Name:"),
        "page": _("Page"),
    }
