"""How Barnet judges its series: targets, a note, and two new baselines, one decided and one that waits."""

from datetime import date, timedelta
from decimal import Decimal

from cc2h.accounts.models import User
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.measures import OPENED, OPENED_FROM, SUPPORTED, SUPPORTED_FROM
from cc2h.config.demonstration.places import BARNET
from cc2h.kit.dated import recording_at
from cc2h.kit.days import month_end, month_ends
from chins.models import Chin
from kpis.models import Measure
from kpis.tracking import services
from kpis.tracking.models import EVERY, SeriesSettings, TrajectoryWay
from kpis.tracking.services import At
from kpis.whose import Whose
from practices.models import Commissioner

MANAGER, ANALYST = BARNET.mail("manager"), BARNET.mail("analyst")
DIABETES, ADMISSIONS, ACCESS = "diabetes-three-targets", "emergency-admissions", "extended-access-minutes"
FIRST_MONTH = date(2017, 4, 30)
AGREED, PROPOSED, DECIDED, WAITS_SINCE = date(2018, 4, 3), date(2018, 9, 17), date(2018, 10, 2), date(2018, 11, 20)
WRITTEN = date(2018, 2, 5)
TARGETS = ((DIABETES, Decimal(43)), (ACCESS, Decimal(30)))


def write(today: date) -> None:
    """What was recorded of it by the day."""
    barnet = Commissioner.objects.get(ods_code=BARNET.code)
    measures = Measure.objects.in_bulk([DIABETES, ADMISSIONS, ACCESS], field_name="code")
    chins = Chin.objects.in_bulk([SUPPORTED, OPENED], field_name="slug")
    people = {one.email: one for one in User.objects.filter(email__in=[MANAGER, ANALYST])}
    if len(chins) < 2:  # before they were proposed
        return
    manager, analyst = people.get(MANAGER), people.get(ANALYST)
    supported, opened = (
        At(measures[DIABETES], Whose.of(chins[SUPPORTED])),
        At(measures[ADMISSIONS], Whose.of(chins[OPENED])),
    )
    ends = [*month_ends(FIRST_MONTH, today - timedelta(days=15))]
    SeriesSettings.objects.create(measure=measures[ADMISSIONS], kind=EVERY, organisation=0, fixed=12)
    if today >= WRITTEN:
        services.write_note(
            by=analyst, at=supported, day=date(2018, 1, 8), text="The D-QIST begins here", today=WRITTEN
        )
    if today >= AGREED:
        with recording_at(moment(AGREED)):
            for code, value in TARGETS:
                for whose in (Whose.of(barnet), Whose.of(chins[SUPPORTED]), Whose.of(chins[OPENED])):
                    services.set_target(
                        by=manager,
                        at=At(measures[code], whose),
                        value=value,
                        first=date(2018, 4, 1),
                        reason="Agreed with the plan for 2018/19",
                    )
            services.set_trajectory(
                by=manager,
                at=At(measures[DIABETES], Whose.of(barnet)),
                way=TrajectoryWay.LINEAR,
                points=services.linear(date(2018, 4, 30), 38.5, date(2019, 3, 31), 43),
                reason="From what there was in April to the target by the end of the year",
                now=moment(AGREED),
            )
    if today >= PROPOSED:
        rebase = services.propose_rebase(
            by=None,
            at=supported,
            day=month_end(SUPPORTED_FROM),
            reason="From February 2018 on, 7 points in a row lie above the mean, after “The D-QIST begins here” of 8 January 2018.",
            ends=ends,
            today=PROPOSED,
        )
        if today >= DECIDED:
            services.decide_rebase(
                by=manager,
                rebase=rebase,
                approve=True,
                why="The D-QIST stays, and practices keep its recall: this is how it now is.",
                today=DECIDED,
            )
    if today >= WAITS_SINCE:
        services.propose_rebase(
            by=analyst,
            at=opened,
            day=month_end(OPENED_FROM),
            reason="The CHIN opened in March 2018, and admissions have been lower since",
            ends=ends,
            today=WAITS_SINCE,
        )
