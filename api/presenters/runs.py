"""What a matching run is worth in words: points say nothing to whoever has not counted them."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from marketplace.requests.models import Priority
from marketplace.runs.models import MatchingRun

HUNDREDTH = Decimal("0.01")


def nearness_text(run: MatchingRun) -> str:
    """Return how near the best possible plan a run's is, and what at most is left to win; nothing before there is one.

    Rounded against the run, so that "at most" and "at least" are true.
    """
    if run.objective is None or run.bound is None:
        return ""
    left = run.bound - run.objective
    if left <= 0:
        return _("No plan can be worth more")
    if run.bound <= 0:  # of nothing there is no share
        return ""
    share = {"share": share_text(run.objective, run.bound), "left": share_text(left, run.bound, rounding=ROUND_CEILING)}
    of_best = _("At least %(share)s of the best possible. At most %(left)s is left to win") % share
    ordinary = run.policy.get("values", {}).get(Priority.ORDINARY)
    if not ordinary:
        return f"{of_best}."
    number = left // ordinary + 1
    as_needs = ngettext(
        "less than %(n)s need of ordinary priority", "less than %(n)s needs of ordinary priority", number
    )
    return f"{of_best}: {as_needs % {'n': written.number(number)}}."


def first_come_text(run: MatchingRun) -> str:
    """Return what first come, first served comes to beside a run; nothing where that is not known."""
    if run.baseline is None or run.served is None:
        return ""
    served, fewer = run.baseline.served, run.served - run.baseline.served
    told = ngettext("%(n)s need served", "%(n)s needs served", served) % {"n": written.number(served)}
    if fewer > 0:
        told += ngettext(", %(n)s fewer", ", %(n)s fewer", fewer) % {"n": written.number(fewer)}
    elif fewer < 0:
        told += ngettext(", %(n)s more", ", %(n)s more", -fewer) % {"n": written.number(-fewer)}
    if not run.bound or run.bound <= 0:
        return told
    return _("%(told)s; %(share)s of the best possible") % {
        "told": told,
        "share": share_text(run.baseline.value, run.bound),
    }


def share_text(part: int, whole: int, rounding: str = ROUND_FLOOR) -> str:
    """Return a share in percent with at most two decimals."""
    return written.percent(float((Decimal(100) * part / whole).quantize(HUNDREDTH, rounding)), 2)
