"""Notices in words: a sentence for each, and the address of what it is about."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from api.language import activity_notices, meeting_notices
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label, reason_label
from core.swedish import swedish_key
from hubs.feedback.links import survey_path
from marketplace.bookings.ledger import MovementKind
from marketplace.notices.models import Notice
from marketplace.notices.rules import OF_WISHES, NoticeCode

Facts = Mapping[str, Any]


def notice_text(notice: Notice) -> str:
    """Return a notice as a sentence."""
    return _SENTENCES[NoticeCode(notice.code)](notice.facts)


_LISTS = {
    NoticeCode.CARD_YOURS: "/my-card",
    NoticeCode.YOU_ARE_CALLED: "/my-card",
    NoticeCode.CARD_YOURS_RUNS_OUT: "/my-card",
    NoticeCode.TAKEN_BACK: "/proposals",
    NoticeCode.PASSKEY_REGISTERED: "/passkeys",
    NoticeCode.PASSKEYS_REMOVED: "/passkeys",
    NoticeCode.SEARCH_FOUND: "/saved-searches",
    NoticeCode.BUSY_CONFLICT: "/busy-calendars",
    NoticeCode.DAMAGE_REPORTED: "/things/{key}",
    NoticeCode.WEBHOOK_DISABLED: "/webhooks/{key}",
    **activity_notices.PATHS,
    **meeting_notices.PATHS,
    NoticeCode.HUB_DAYS: "/hubs/{key}/days",
    **dict.fromkeys(OF_WISHES, "/my-wishes/{key}"),
    NoticeCode.QUESTION_PASSED: "/questions?whose=for_me",
    **dict.fromkeys(
        (NoticeCode.HUB_MEMBERSHIP_ASKED, NoticeCode.HUB_MEMBERSHIP_ENDED, NoticeCode.HUB_APPLIED),
        "/hubs/{hubId}/people",
    ),
    NoticeCode.HUB_MEMBERSHIP_MOVED: "/hubs/{key}/membership",
    NoticeCode.HUB_MEMBER_MOVED: "/hubs/{key}/membership",
    NoticeCode.HUB_MANIFESTO: "/hubs/{hubId}/membership",
}
"""Where one reads on of what has no page of its own, or is asked no more."""


def link_of(notice: Notice) -> str:
    """Return the address of what a notice is about."""
    if notice.code == NoticeCode.HUB_FEEDBACK:
        return survey_path(notice.entity_id)
    path = _LISTS.get(NoticeCode(notice.code))
    return (
        path.format(key=notice.entity_id, **notice.facts)
        if path
        else f"/{notice.entity.replace('_', '-')}s/{notice.entity_id}"
    )


def _approved(facts: Facts) -> str:
    text = _("A proposal for “%(request)s” waits for your answer by %(until)s.")
    return text % {"request": facts["request"], "until": _until(facts["answerBy"])}


def _card_yours(_facts: Facts) -> str:
    return _("There is a capacity card of yours. Read what it says, and say whether you may be lent.")


def _card_to_approve(facts: Facts) -> str:
    text = _("You are asked whether you approve that a person is lent. Answer by %(until)s.")
    return text % {"until": _until(facts["answerBy"])}


def _card_answered(facts: Facts) -> str:
    text = _("A capacity card: %(who)s – %(what)s.")
    who, what = label(facts["who"], "approver"), label(facts["to"], "approval_state")
    return text % {"who": who.lower() if facts["who"] != "hr" else who, "what": what.lower()}


def _card_runs_out(facts: Facts) -> str:
    if facts["lent"]:
        text = _(
            "A loan goes on for longer than a yes to it: %(who)s, through %(day)s. Have it said anew before that, or "
            "HR has to decide about the loan."
        )
    else:
        text = _(
            "A capacity card is offered for longer than a yes to it: %(who)s, through %(day)s. Have it said anew "
            "before that, or nobody finds the card."
        )
    return text % {"who": label(facts["who"], "approver"), "day": facts["lastDay"]}


def _card_yours_runs_out(facts: Facts) -> str:
    if facts["lent"]:
        text = _("Your yes to being lent ends on %(day)s, and your loan goes on. Say yes anew if you want to go on.")
    else:
        text = _("Your yes to being lent ends on %(day)s. Say yes anew if you want the card to be found after that.")
    return text % {"day": facts["lastDay"]}


def _loan_withdrawn(facts: Facts) -> str:
    text = _(
        "“%(request)s”: a yes to the person's loan no longer stands. The loan stands until the lender's HR has "
        "decided, by %(until)s; without an answer it goes on until the notice has run."
    )
    return text % {"request": facts["request"], "until": _until(facts["decideBy"])}


def _loan_withdrawal_decided(facts: Facts) -> str:
    text = _("“%(request)s”, after a yes that no longer stands: %(what)s. The last day is %(day)s.")
    what = label(facts["to"], "withdrawal_state").lower()
    return text % {"request": facts["request"], "what": what, "day": facts["lastDay"]}


def _person_asked_for(facts: Facts) -> str:
    text = _("Somebody of your unit is asked for in “%(request)s”. The proposal waits for an answer by %(until)s.")
    return text % {"request": facts["request"], "until": _until(facts["answerBy"])}


def _called(facts: Facts) -> str:
    text = ngettext(
        "“%(surge)s”: %(num)s capacity card of yours is called. Answer by %(until)s.",
        "“%(surge)s”: %(num)s capacity cards of yours are called. Answer by %(until)s.",
        facts["cards"],
    )
    return text % {"surge": facts["surge"], "num": facts["cards"], "until": _until(facts["answerBy"])}


def _you_are_called(facts: Facts) -> str:
    text = _("“%(surge)s”: you are asked whether you can come. Answer by %(until)s.")
    return text % {"surge": facts["surge"], "until": _until(facts["answerBy"])}


def _person_answered(facts: Facts) -> str:
    if facts["comes"]:
        text = _("“%(surge)s”: somebody whose card is called can come. Answer the call.")
    else:
        text = _("“%(surge)s”: somebody whose card is called does not come.")
    return text % {"surge": facts["surge"]}


def _stood_down(facts: Facts) -> str:
    text = _("“%(surge)s” has ended: nobody is called any more. What is agreed stands until its sides end it.")
    return text % {"surge": facts["surge"]}


def _thanked(_facts: Facts) -> str:
    return _("Whoever borrowed a person of yours says thank you.")


def _thanked_you(facts: Facts) -> str:
    return _("Thank you, says who borrowed you: “%(words)s”") % {"words": facts["words"]}


def _taken_back(facts: Facts) -> str:
    text = _("The coordinator has taken back the question about “%(request)s”. You need not answer.")
    return text % {"request": facts["request"]}


def _accepted(facts: Facts) -> str:
    text = _("“%(request)s”: %(who)s has accepted.")
    return text % {"request": facts["request"], "who": _(" and ").join(_side(side) for side in facts["by"])}


def _refused(facts: Facts) -> str:
    text = _("The proposal for “%(request)s” was refused: %(why)s.")
    return text % {"request": facts["request"], "why": reason_label(facts["reason"]).lower()}


def _agreed(facts: Facts) -> str:
    text = ngettext(
        "“%(request)s” is agreed: %(n)s booking.", "“%(request)s” is agreed: %(n)s bookings.", facts["bookings"]
    )
    return text % {"request": facts["request"], "n": facts["bookings"]}


def _taken(facts: Facts) -> str:
    text = _("“%(request)s” could not be booked: %(resource)s was taken meanwhile. The request is open again.")
    resources = sorted({clash["resource"] for clash in facts["clashes"] if clash["resource"]}, key=swedish_key)
    return text % {"request": facts["request"], "resource": ", ".join(resources) or _("something in it")}


def _reminder(facts: Facts) -> str:
    text = _("A reminder: the proposal for “%(request)s” waits for your answer by %(until)s.")
    return text % {"request": facts["request"], "until": _until(facts["answerBy"])}


def _expired(facts: Facts) -> str:
    text = _("The proposal for “%(request)s” has expired: not all answered in time.")
    return text % {"request": facts["request"]}


def _withdrawn(facts: Facts) -> str:
    text = _("The proposal for “%(request)s” has ended: %(why)s.")
    return text % {"request": facts["request"], "why": reason_label(facts["reason"]).lower()}


def _cancelled(facts: Facts) -> str:
    text = _("The booking of %(resource)s for “%(request)s” was cancelled by %(who)s: %(why)s.")
    return text % _of_booking(facts)


def _disputed(facts: Facts) -> str:
    text = _("%(who)s reports a problem with %(resource)s for “%(request)s”: %(why)s.")
    return text % _of_booking(facts)


def _damage_reported(facts: Facts) -> str:
    return _("Somebody who has scanned the label says that something is wrong with %(resource)s.") % facts


def _overdue(facts: Facts) -> str:
    text = ngettext(
        "%(resource)s for “%(request)s” was to be back by %(until)s, and %(n)s is still out. Bring it back, or ask the "
        "lender for more time.",
        "%(resource)s for “%(request)s” was to be back by %(until)s, and %(n)s are still out. Bring them back, or ask "
        "the lender for more time.",
        facts["away"],
    )
    return text % _of_overdue(facts)


def _not_back(facts: Facts) -> str:
    text = ngettext(
        "%(resource)s for “%(request)s” was to be back by %(until)s, and %(n)s is not. The borrower has been told.",
        "%(resource)s for “%(request)s” was to be back by %(until)s, and %(n)s are not. The borrower has been told.",
        facts["away"],
    )
    return text % _of_overdue(facts)


def _ended_early(facts: Facts) -> str:
    text = _("The loan for “%(request)s” ends on %(day)s already, says %(who)s: %(why)s.")
    return text % {**_of_booking(facts), "day": facts["lastDay"]}


def _extension_asked(facts: Facts) -> str:
    return _("The borrower asks for the loan for “%(request)s” to go on: look at the proposal.") % facts


def _not_ticked(facts: Facts) -> str:
    if facts["kind"] == MovementKind.OUT:
        text = _("When %(resource)s was handed over for “%(request)s”, this was not ticked: %(items)s.")
    else:
        text = _("When %(resource)s came back from “%(request)s”, this was not ticked: %(items)s.")
    return text % {**facts, "items": ", ".join(facts["items"])}


def _shortfall(facts: Facts) -> str:
    if facts["side"] == "borrower":
        text = _(
            "%(resource)s for “%(request)s”: of %(amount)s that are booked, %(missing)s are lost and missing. Take "
            "those that are left, or have it matched anew, by %(until)s. Without an answer you get what there is; if "
            "none is left, it is matched anew."
        )
    else:
        text = _(
            "%(resource)s for “%(request)s”: of %(amount)s that are booked, %(missing)s are lost and missing. Find or "
            "replace them, or the borrower decides by %(until)s: to take fewer, or to have it matched anew."
        )
    return text % {**facts, "until": _until(facts["decideBy"])}


def _shortfall_decided(facts: Facts) -> str:
    text = _("%(resource)s for “%(request)s”, of which %(missing)s were missing: %(what)s.")
    return text % {**facts, "what": label(facts["to"], "shortfall_state").lower()}


def _later_end_asked(facts: Facts) -> str:
    text = _(
        "The borrower asks to keep %(resource)s for “%(request)s” until %(later)s. Answer by %(until)s; without an "
        "answer it ends as agreed."
    )
    return text % {**facts, "later": _until(facts["until"]), "until": _until(facts["answerBy"])}


def _later_end_decided(facts: Facts) -> str:
    match facts["to"]:
        case "granted":
            text = _("%(resource)s for “%(request)s” ends later: %(until)s.")
        case "refused":
            text = _("%(resource)s for “%(request)s” ends as agreed, %(ends)s: %(why)s.")
        case _:
            text = _("%(resource)s for “%(request)s” ends as agreed, %(ends)s: nobody answered about a later end.")
    why = reason_label(facts["reason"]).lower() if facts["reason"] else ""
    return text % {**facts, "until": _until(facts["until"]), "ends": _until(facts["endsAt"]), "why": why}


def _bundle_broken(facts: Facts) -> str:
    text = _(
        "A booking for “%(request)s” was cancelled, and the rest belongs together with it. The borrower decides by"
        " %(until)s: keep the rest, replace what is missing, or cancel all. Without an answer the rest is kept."
    )
    return text % {"request": facts["request"], "until": _until(facts["decideBy"])}


def _room_declined(facts: Facts) -> str:
    text = _("The calendar of %(resource)s has declined %(when)s for “%(request)s”. %(became)s")
    when = written.moment(datetime.fromisoformat(facts["start"]))
    return text % {**facts, "when": when, "became": label(facts["became"], "room_became")}


def _room_proposed(facts: Facts) -> str:
    text = _(
        "The calendar of %(resource)s proposes %(proposed)s instead of %(when)s for “%(request)s”. The borrower"
        " decides; until then the booking stands."
    )
    when, proposed = (written.moment(datetime.fromisoformat(facts[each])) for each in ("start", "proposed"))
    return text % {**facts, "when": when, "proposed": proposed}


def _room_decided(facts: Facts) -> str:
    if facts["to"] == "accepted":
        text = _("“%(request)s”: the borrower takes the other time that %(resource)s proposed.")
    else:
        text = _("“%(request)s”: the borrower keeps to the time that is booked, and %(resource)s is asked again.")
    return text % facts


def _bundle_decided(facts: Facts) -> str:
    text = _("“%(request)s”: %(what)s.")
    return text % {"request": facts["request"], "what": label(facts["to"], "bundle_state").lower()}


def _inquired(facts: Facts) -> str:
    text = _(
        "The coordinator asks whether a change of “%(request)s” would do, so that you get something. "
        "Answer by %(until)s."
    )
    return text % {"request": facts["request"], "until": _until(facts["answerBy"])}


def _inquiry_ended(facts: Facts) -> str:
    match facts["to"]:
        case "accepted":
            text = _("“%(request)s”: the change would do. The need is changed and is being matched.")
        case "refused" if facts["words"]:
            text = _("“%(request)s”: the change would not do: %(words)s")
        case "refused":
            text = _("“%(request)s”: the change would not do.")
        case _:
            text = _("“%(request)s”: nobody has answered whether the change would do, or the need has changed since.")
    return text % facts


def _published(facts: Facts) -> str:
    text = ngettext(
        "A matching run has made %(n)s proposal for a coordinator to look at.",
        "A matching run has made %(n)s proposals for a coordinator to look at.",
        facts["proposals"],
    )
    return text % {"n": facts["proposals"]}


def _organisation_left(facts: Facts) -> str:
    return " ".join((_("%(organisation)s takes no part any longer.") % facts, *_of_organisation(facts)))


def _organisation_returned(facts: Facts) -> str:
    return " ".join((_("%(organisation)s takes part again.") % facts, *_of_organisation(facts)))


def _of_organisation(facts: Facts) -> Iterator[str]:
    """Tell how many bookings and proposals the reader's organisation has with another."""
    if n := facts["bookings"]:
        text = ngettext("%(n)s booking that you have with it stands.", "%(n)s bookings that you have with it stand.", n)
        yield text % {"n": n}
    if n := facts["proposals"]:
        text = ngettext("%(n)s proposal ends.", "%(n)s proposals end.", n)
        yield text % {"n": n}


def _run_failed(facts: Facts) -> str:
    return _("A matching run failed: %(why)s") % {"why": label(facts["failure"], "run_failure")}


def _set_aside(facts: Facts) -> str:
    if facts["fault"]:
        return label(facts["fault"], "fault")
    text = ngettext(
        "A matching run had to leave out %(n)s need or offer.",
        "A matching run had to leave out %(n)s needs and offers.",
        facts["count"],
    )
    return text % {"n": facts["count"]}


def _search_found(facts: Facts) -> str:
    text = ngettext(
        "%(n)s new offer fits your search “%(search)s”.",
        "%(n)s new offers fit your search “%(search)s”.",
        facts["offers"],
    )
    return text % {"n": facts["offers"], "search": facts["search"]}


def _webhook_disabled(facts: Facts) -> str:
    return _("The webhook to %(host)s has taken nothing, and is told no more until somebody begins again.") % facts


def _busy_conflict(facts: Facts) -> str:
    text = ngettext(
        "%(resource)s: its calendar is busy during %(n)s booking. Both stand: look which is right.",
        "%(resource)s: its calendar is busy during %(n)s bookings. All stand: look which are right.",
        facts["bookings"],
    )
    return text % {"n": facts["bookings"], "resource": facts["resource"]}


def _wish_fits(facts: Facts) -> str:
    text = ngettext(
        "%(n)s need elsewhere fits your wish to try another employer. You alone see this.",
        "%(n)s needs elsewhere fit your wish to try another employer. You alone see this.",
        facts["needs"],
    )
    return text % {"n": facts["needs"]}


def _wish_expires(facts: Facts) -> str:
    if facts["over"]:
        return _("The time of your wish to try another employer is over. Open it again if you still want to.")
    text = _("Your wish to try another employer is open until %(day)s. Keep it open longer if you still want to.")
    return text % {"day": written.day(datetime.fromisoformat(facts["expires"]))}


def _wish_ended(facts: Facts) -> str:
    return f"{facts['need']}: {label(facts['to'], 'interest_state')}."


def _wish_asked(_facts: Facts) -> str:
    return _("An employee asks to try another employer. Read the card, ask the manager, and decide.")


def _hub_days(facts: Facts) -> str:
    days = [written.day(date.fromisoformat(each)) for each in facts["days"]]
    told = {"hub": facts["hub"], "days": ", ".join(days), "monday": written.day(date.fromisoformat(facts["monday"]))}
    if not days:
        return _("%(hub)s: no particular day of the week from %(monday)s is better than the others for you.") % told
    if facts["moved"]:
        return _("%(hub)s: come on %(days)s instead. Those whom you would meet come then.") % told
    return _("%(hub)s: come on %(days)s. Then you meet the most of those whom you would like to meet.") % told


def _passkey_registered(facts: Facts) -> str:
    text = _("A passkey was registered for %(member)s. If that was somebody else: remove it, and sign out everywhere.")
    return text % facts


def _passkeys_removed(facts: Facts) -> str:
    return _("The passkeys of %(member)s were removed. A new one has to be registered to confirm anything.") % facts


def _question_asked(facts: Facts) -> str:
    return _("A question that you may answer: “%(question)s”") % facts


def _question_passed(facts: Facts) -> str:
    return _("HR has passed a question on to you: “%(question)s”") % facts


def _question_returned(facts: Facts) -> str:
    return _("“%(question)s” was passed on, and is not answered: it is HR's again.") % facts


def _question_answered(facts: Facts) -> str:
    return _("Your question “%(question)s” has an answer.") % facts


def _question_ended(facts: Facts) -> str:
    if facts["to"] == "answer_removed":
        return _("Your answer to “%(question)s” has been taken away.") % facts
    text = _("Your question “%(question)s”: %(what)s.")
    return text % {"question": facts["question"], "what": label(facts["to"], "question_state").lower()}


def _question_reported(facts: Facts) -> str:
    return _("“%(question)s” or an answer to it was reported: %(words)s") % facts


def _hub_membership_asked(facts: Facts) -> str:
    return _("%(organisation)s wants to be a member of %(hub)s. Answer it.") % facts


def _hub_membership_ended(facts: Facts) -> str:
    return _("%(organisation)s is no member of %(hub)s any more.") % facts


def _hub_membership_moved(facts: Facts) -> str:
    text = _("Your organisation's membership of %(hub)s: %(what)s.")
    return text % {"hub": facts["hub"], "what": label(facts["to"], "hub_membership_state").lower()}


def _hub_letter_drafted(facts: Facts) -> str:
    text = _("A letter from %(hub)s is drafted, to go on %(sendAt)s. Read it, change it, and let it go.")
    return text % {"hub": facts["hub"], "sendAt": written.moment(datetime.fromisoformat(facts["sendAt"]))}


def _hub_applied(facts: Facts) -> str:
    return _("Somebody wants to be a member of %(hub)s. Read the application, and answer it.") % facts


def _hub_member_moved(facts: Facts) -> str:
    match facts["to"]:
        case "active":
            return _("Welcome to %(hub)s: you are a member now. Read the manifesto, and sign it.") % facts
        case "refused":
            return _("You did not become a member of %(hub)s.") % facts
    return _("Your membership of %(hub)s is over.") % facts


def _hub_manifesto(facts: Facts) -> str:
    return _("%(hub)s has a new version of its manifesto. Read it, and sign it.") % facts


def _of_booking(facts: Facts) -> Facts:
    who, why = label(facts["by"], "part").lower(), reason_label(facts["reason"]).lower()
    return {"request": facts["request"], "resource": facts["resource"] or _("the person"), "who": who, "why": why}


def _of_overdue(facts: Facts) -> Facts:
    return {**facts, "until": _until(facts["until"]), "n": facts["away"]}


def _until(instant: str) -> str:
    return written.deadline(datetime.fromisoformat(instant))


def _side(side: str) -> str:
    return label("lender" if side == "lister" else "borrower", "part").lower()


_SENTENCES: Mapping[NoticeCode, Callable[[Facts], str]] = {
    **activity_notices.SENTENCES,
    **meeting_notices.SENTENCES,
    NoticeCode.APPROVED: _approved,
    NoticeCode.CARD_YOURS: _card_yours,
    NoticeCode.CARD_TO_APPROVE: _card_to_approve,
    NoticeCode.CARD_ANSWERED: _card_answered,
    NoticeCode.CARD_RUNS_OUT: _card_runs_out,
    NoticeCode.CARD_YOURS_RUNS_OUT: _card_yours_runs_out,
    NoticeCode.LOAN_WITHDRAWN: _loan_withdrawn,
    NoticeCode.LOAN_WITHDRAWAL_DECIDED: _loan_withdrawal_decided,
    NoticeCode.PERSON_ASKED_FOR: _person_asked_for,
    NoticeCode.TAKEN_BACK: _taken_back,
    NoticeCode.ACCEPTED: _accepted,
    NoticeCode.REFUSED: _refused,
    NoticeCode.AGREED: _agreed,
    NoticeCode.TAKEN: _taken,
    NoticeCode.REMINDER: _reminder,
    NoticeCode.EXPIRED: _expired,
    NoticeCode.WITHDRAWN: _withdrawn,
    NoticeCode.CANCELLED: _cancelled,
    NoticeCode.DISPUTED: _disputed,
    NoticeCode.DAMAGE_REPORTED: _damage_reported,
    NoticeCode.OVERDUE: _overdue,
    NoticeCode.NOT_BACK: _not_back,
    NoticeCode.ENDED_EARLY: _ended_early,
    NoticeCode.EXTENSION_ASKED: _extension_asked,
    NoticeCode.LATER_END_ASKED: _later_end_asked,
    NoticeCode.LATER_END_DECIDED: _later_end_decided,
    NoticeCode.NOT_TICKED: _not_ticked,
    NoticeCode.SHORTFALL: _shortfall,
    NoticeCode.SHORTFALL_DECIDED: _shortfall_decided,
    NoticeCode.BUNDLE_BROKEN: _bundle_broken,
    NoticeCode.ROOM_DECLINED: _room_declined,
    NoticeCode.ROOM_PROPOSED: _room_proposed,
    NoticeCode.ROOM_DECIDED: _room_decided,
    NoticeCode.BUNDLE_DECIDED: _bundle_decided,
    NoticeCode.INQUIRED: _inquired,
    NoticeCode.INQUIRY_ENDED: _inquiry_ended,
    NoticeCode.ORGANISATION_LEFT: _organisation_left,
    NoticeCode.ORGANISATION_RETURNED: _organisation_returned,
    NoticeCode.CALLED: _called,
    NoticeCode.YOU_ARE_CALLED: _you_are_called,
    NoticeCode.PERSON_ANSWERED: _person_answered,
    NoticeCode.STOOD_DOWN: _stood_down,
    NoticeCode.THANKED: _thanked,
    NoticeCode.THANKED_YOU: _thanked_you,
    NoticeCode.QUESTION_ASKED: _question_asked,
    NoticeCode.QUESTION_PASSED: _question_passed,
    NoticeCode.QUESTION_RETURNED: _question_returned,
    NoticeCode.QUESTION_ANSWERED: _question_answered,
    NoticeCode.QUESTION_ENDED: _question_ended,
    NoticeCode.QUESTION_REPORTED: _question_reported,
    NoticeCode.HUB_MEMBERSHIP_ASKED: _hub_membership_asked,
    NoticeCode.HUB_MEMBERSHIP_ENDED: _hub_membership_ended,
    NoticeCode.HUB_MEMBERSHIP_MOVED: _hub_membership_moved,
    NoticeCode.HUB_APPLIED: _hub_applied,
    NoticeCode.HUB_LETTER_DRAFTED: _hub_letter_drafted,
    NoticeCode.HUB_MEMBER_MOVED: _hub_member_moved,
    NoticeCode.HUB_MANIFESTO: _hub_manifesto,
    NoticeCode.PUBLISHED: _published,
    NoticeCode.RUN_FAILED: _run_failed,
    NoticeCode.SET_ASIDE: _set_aside,
    NoticeCode.SEARCH_FOUND: _search_found,
    NoticeCode.BUSY_CONFLICT: _busy_conflict,
    NoticeCode.WEBHOOK_DISABLED: _webhook_disabled,
    NoticeCode.PASSKEY_REGISTERED: _passkey_registered,
    NoticeCode.PASSKEYS_REMOVED: _passkeys_removed,
    NoticeCode.WISH_FITS: _wish_fits,
    NoticeCode.WISH_EXPIRES: _wish_expires,
    NoticeCode.WISH_ENDED: _wish_ended,
    NoticeCode.WISH_ASKED: _wish_asked,
    NoticeCode.HUB_DAYS: _hub_days,
}
