"""What came of an alert, on the wire."""

from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Wire
from marketplace.exchange.alerts import AlertReport, Answers


class CallAnswersOut(Wire):
    """How many of those called have said yes and not taken it back, have said no, and have said nothing."""

    called: int
    yes: int
    no: int
    silent: int


class RoleFilledOut(Wire):
    """How a role was answered and filled: `filled` in percent after each of `afterHours`."""

    title: str
    number: int
    answers: CallAnswersOut
    agreed: int
    unfilled: int
    filled: list[int]


class AlertLenderOut(Wire):
    """How an organisation answered, and the working days that it lends; `organisation` null: all others together."""

    organisation: str | None
    answers: CallAnswersOut
    days: int | None


class FloorKeptOut(Wire):
    """What a roster leaves to be away at once, and the most that was or will be, in percent of full time."""

    organisation: str
    roster: str
    floor_percent: int
    may_be_away: int
    most_away: int


class AlertReportOut(Wire):
    """What has come of an alert, and is kept with it. `medianHours` is from the call to the answer."""

    surge_id: UUID
    in_time: int
    late: int
    median_hours: float | None
    after_hours: Annotated[list[int], Meta(description="Hours after the call of which `filled` tells.")]
    roles: list[RoleFilledOut]
    lenders: list[AlertLenderOut]
    floors: list[FloorKeptOut]

    @classmethod
    def example(cls) -> Self:
        """Return what came of an alert for twenty."""
        answers = CallAnswersOut(called=25, yes=20, no=3, silent=2)
        return cls(
            surge_id=UUID("01980000-0000-7000-8000-000000000081"),
            in_time=21,
            late=2,
            median_hours=3.5,
            after_hours=[1, 4, 12],
            roles=[
                RoleFilledOut(
                    title="Handläggare", number=20, answers=answers, agreed=18, unfilled=2, filled=[10, 60, 100]
                )
            ],
            lenders=[AlertLenderOut(organisation="Arbetsförmedlingen", answers=answers, days=540)],
            floors=[
                FloorKeptOut(
                    organisation="Arbetsförmedlingen",
                    roster="Mottagning",
                    floor_percent=30,
                    may_be_away=2100,
                    most_away=1800,
                )
            ],
        )


def alert_report_out(found: AlertReport) -> AlertReportOut:
    """Return a report as whoever may read it does."""
    return AlertReportOut(
        surge_id=found.view.surge.id,
        in_time=found.in_time,
        late=found.late,
        median_hours=found.median_hours,
        after_hours=[round(each.total_seconds() / 3600) for each in found.marks],
        roles=[
            RoleFilledOut(
                title=each.title,
                number=each.number,
                answers=_answers(each.answers),
                agreed=each.agreed,
                unfilled=each.unfilled,
                filled=list(each.filled),
            )
            for each in found.roles
        ],
        lenders=[
            AlertLenderOut(organisation=each.organisation, answers=_answers(each.answers), days=each.days)
            for each in found.lenders
        ],
        floors=[
            FloorKeptOut(
                organisation=each.organisation,
                roster=each.roster,
                floor_percent=each.floor_percent,
                may_be_away=each.may_be_away,
                most_away=each.most_away,
            )
            for each in found.floors
        ],
    )


def _answers(answers: Answers) -> CallAnswersOut:
    return CallAnswersOut(called=answers.asked, yes=answers.yes, no=answers.no, silent=answers.silent)
