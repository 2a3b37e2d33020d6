"""Notices of what is on at hubs, in words."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from marketplace.notices.rules import NoticeCode

Facts = Mapping[str, Any]


def _proposed(facts: Facts) -> str:
    return _("“%(activity)s” is proposed for the hub. Set it, or send it back with words.") % facts


def _decided(facts: Facts) -> str:
    text = _("“%(activity)s”, which you have initiated: %(what)s.") % _what(facts)
    return f"{text} {facts['words']}".rstrip()


def _changed(facts: Facts) -> str:
    if facts["to"] == "moved":
        return _("“%(activity)s”, for which you have registered, has another time or place: %(starts)s.") % _when(facts)
    if facts["to"] == "fewer":
        text = _("“%(activity)s” has fewer seats now. You stand in line for as many as there are: %(seats)s.")
        return text % {**facts, "seats": _seats(facts["seats"])}
    text = _("“%(activity)s” on %(starts)s, for which you have registered, is cancelled.") % _when(facts)
    return f"{text} {facts['words']}".rstrip()


def _documented(facts: Facts) -> str:
    return _("What was written down at “%(activity)s”, for which you had registered, is there to read.") % facts


def _taken_over(facts: Facts) -> str:
    return _("“%(activity)s” is yours to hold: who has initiated it has left. It stands, with all who come.") % facts


def _registration(facts: Facts) -> str:
    text = {
        "registered": _("You are registered for “%(activity)s”, %(starts)s: %(seats)s."),
        "waiting": _("You stand in line for “%(activity)s”, %(starts)s: %(seats)s. You are told when they are free."),
        "lapsed": _("You have not answered in time, and stand in line for “%(activity)s” no more."),
        "declined": _("You have no seats at “%(activity)s” any more: you do not belong to the hub now."),
    }[facts["to"]]
    return text % {**_when(facts), "seats": _seats(facts["seats"])}


def _offered(facts: Facts) -> str:
    if facts["offered"] + facts["taken"] == facts["seats"]:
        text = _("There is room for you at “%(activity)s”, %(starts)s: %(offered)s. Answer by %(until)s.")
    else:
        text = _(
            "There is room for some of you at “%(activity)s”, %(starts)s: %(offered)s, and you are %(all)s. Take them, "
            "or wait for all and let others pass meanwhile. Answer by %(until)s; without an answer you wait."
        )
    until = written.deadline(datetime.fromisoformat(facts["answerBy"]))
    return text % {**_when(facts), "offered": _seats(facts["offered"]), "all": facts["seats"], "until": until}


def _feedback(facts: Facts) -> str:
    if facts["kind"] == "worth":
        return _("What is %(hub)s worth to your organisation? Two taps, once a year, without your name.") % facts
    text = _("How was it at %(hub)s on %(day)s? Two taps, without your name.")
    return text % {**facts, "day": written.day(date.fromisoformat(facts["day"]))}


def _what(facts: Facts) -> Facts:
    return {**facts, "what": label(facts["to"], "activity_state").lower()}


def _when(facts: Facts) -> Facts:
    return {**facts, "starts": written.moment(datetime.fromisoformat(facts["starts"]))}


def _seats(number: int) -> str:
    return ngettext("%(n)s seat", "%(n)s seats", number) % {"n": number}


SENTENCES: Mapping[NoticeCode, Callable[[Facts], str]] = {
    NoticeCode.ACTIVITY_PROPOSED: _proposed,
    NoticeCode.ACTIVITY_DECIDED: _decided,
    NoticeCode.ACTIVITY_CHANGED: _changed,
    NoticeCode.ACTIVITY_DOCUMENTED: _documented,
    NoticeCode.ACTIVITY_TAKEN_OVER: _taken_over,
    NoticeCode.REGISTRATION: _registration,
    NoticeCode.SEATS_OFFERED: _offered,
    NoticeCode.HUB_FEEDBACK: _feedback,
}
"""What each says; the rest of the sentences are the marketplace's."""

PATHS: Mapping[NoticeCode, str] = {
    **dict.fromkeys(SENTENCES, "/activities/{key}"),
    NoticeCode.REGISTRATION: "/activities/{activityId}",
    NoticeCode.SEATS_OFFERED: "/activities/{activityId}",
}
"""Where one reads on."""
