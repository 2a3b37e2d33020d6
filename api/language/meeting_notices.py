"""Notices of meeting others at hubs, in words: none says who anybody else is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from api.language import format as written
from api.language.i18n import gettext as _
from marketplace.notices.rules import NoticeCode

Facts = Mapping[str, Any]


def _asked(facts: Facts) -> str:
    text = _("%(hub)s: would you like to meet another member? Answer by %(until)s.")
    return text % {**facts, "until": written.deadline(datetime.fromisoformat(facts["answerBy"]))}


def _introduction(facts: Facts) -> str:
    text = {
        "made": _("%(hub)s: both of you have said yes. Read who the other is."),
        "lapsed": _("%(hub)s: the meeting that you were asked about did not come about."),
        "ended": _(
            "%(hub)s: an introduction is over. You are shown to each other no more, and nothing more is sent. What "
            "was read before cannot be untold."
        ),
    }[facts["to"]]
    return text % facts


def _coffee(facts: Facts) -> str:
    text = {
        "meet": _("%(hub)s: a new round of coffee. Read whom you have coffee with."),
        "rest": _("%(hub)s: you rest this round of coffee, as the number of those who take part is odd."),
        "off": _("%(hub)s: the one whom you were to have coffee with takes part no more. You are in the next round."),
    }[facts["to"]]
    return text % facts


SENTENCES: Mapping[NoticeCode, Callable[[Facts], str]] = {
    NoticeCode.INTRODUCTION_ASKED: _asked,
    NoticeCode.INTRODUCTION: _introduction,
    NoticeCode.COFFEE: _coffee,
}
"""What each says; the rest of the sentences are the marketplace's."""

PATHS: Mapping[NoticeCode, str] = {
    NoticeCode.INTRODUCTION_ASKED: "/introductions/{key}",
    NoticeCode.INTRODUCTION: "/introductions/{key}",
    NoticeCode.COFFEE: "/hubs/{key}/coffee",
}
"""Where one reads on."""
