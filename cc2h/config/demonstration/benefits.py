"""Benefits of the plan of 2017, whose amounts stand in an appendix that is not to be had; and some made up beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.config.demonstration.ledger import moment
from cc2h.kit import dated
from cc2h.kit.dated import recording_at
from chins.models import Chin, Post
from kpis.benefits import kept, services
from kpis.benefits.models import Benefit
from kpis.models import Initiative, Measure
from practices.models import Commissioner

PLAN = "North Central London delivery plan, March 2017"
APPENDIX = f"{PLAN}: “See Finance Appendix”"
PLANNED_ON = date(2017, 3, 31)
YEARS = range(2016, 2021)
DUE = date(2018, 6, 30)  # “Q1 2018/19”
MADE_UP = "Illustrative: its amounts are made up for the demonstration."
UNKNOWN = "The plan refers to its finance appendix for every amount: none is known."
MANAGER, OFFICER = "manager@barnet.example", "finance.officer@barnet.example"


@dataclass(frozen=True)
class OfPlan:
    """A benefit that the plan names, whose amounts it leaves to the appendix."""

    title: str
    initiative: Initiative
    measures: Sequence[str] = ()


OF_PLAN = (
    OfPlan("Better experience of patients with access to primary care", Initiative.EXTENDED_ACCESS),
    OfPlan("Standard access: extended hours for each thousand people", Initiative.EXTENDED_ACCESS),
    OfPlan("Case finding and review of long-term conditions", Initiative.QISTS),
    OfPlan("Fewer deaths before their time in the areas named", Initiative.CHINS),
    OfPlan("Fewer complications of diabetes", Initiative.QISTS),
    OfPlan("People feel supported to manage their condition", Initiative.CHINS),
    OfPlan("Better quality of life for carers", Initiative.CHINS),
)


@dataclass(frozen=True)
class MadeUp:
    """An illustrative benefit. years: activity, gross saving, recurrent and non-recurrent investment by year."""

    slug: str
    title: str
    initiative: Initiative
    point: str
    price: int | None
    years: Mapping[int, tuple[int | None, int | None, int | None, int | None]]
    chin: str = ""
    qipp: str = ""


ILLUSTRATIVE = (
    MadeUp(
        "fewer-a-and-e-attendances-through-extended-access",
        "Fewer A&E attendances through extended access",
        Initiative.EXTENDED_ACCESS,
        "a_and_e",
        130,
        {
            2017: (-600, 78_000, 60_000, 15_000),
            2018: (-1_800, 234_000, 120_000, 0),
            2019: (-2_600, 338_000, 120_000, 0),
            2020: (-3_000, 390_000, None, None),
        },
        qipp="Urgent care in primary care",
    ),
    MadeUp(
        "fewer-emergency-admissions-through-chins",
        "Fewer emergency admissions through CHINs",
        Initiative.CHINS,
        "emergency",
        1_600,
        {
            2017: (-40, 64_000, 90_000, 30_000),
            2018: (-150, 240_000, 90_000, 0),
            2019: (-260, 416_000, 90_000, 0),
            2020: (-320, 512_000, None, None),
        },
        qipp="Frailty and long-term conditions",
    ),
    MadeUp(
        "fewer-emergency-admissions-of-frail-people-in-chin-1",
        "Fewer emergency admissions of frail people",
        Initiative.CHINS,
        "emergency",
        1_600,
        {2018: (-30, 48_000, 12_500, 0), 2019: (-45, 72_000, None, None)},
        chin="barnet-1",
    ),
    MadeUp(
        "fewer-outpatient-appointments-for-diabetes",
        "Fewer outpatient appointments for diabetes",
        Initiative.QISTS,
        "outpatient",
        None,
        {2018: (-400, None, 196_000, 0), 2019: (-700, None, 196_000, 0)},
    ),
)
FORECASTS = {  # of 2018/19, since 1 October
    "fewer-a-and-e-attendances-through-extended-access": (-1_500, 195_000),
    "fewer-emergency-admissions-through-chins": (-160, 256_000),
}
VALIDATED = ("fewer-a-and-e-attendances-through-extended-access", date(2018, 6, 28), 2017, -520, 67_600)


def write(today: date, people: Mapping[Any, Any]) -> None:
    """What had been planned, forecast and validated by `today`. people: users by e-mail address."""
    with recording_at(moment(PLANNED_ON)):
        _of_the_plan()
        made = {one.slug: _illustrative(one, people[MANAGER]) for one in ILLUSTRATIVE}
    forecast_on = date(2018, 10, 1)
    if today >= forecast_on:
        with recording_at(moment(forecast_on)):
            for slug, (activity, saving) in FORECASTS.items():
                services.forecast(
                    by=people[MANAGER],
                    benefit=made[slug],
                    year=2018,
                    day=forecast_on,
                    reason="Half a year’s contract monitoring",
                    activity=Decimal(activity),
                    saving=Decimal(saving),
                )
    slug, day, year, fewer, pounds = VALIDATED
    if today >= day:
        with recording_at(moment(day)):
            services.validate(
                by=people[OFFICER],
                benefit=made[slug],
                year=year,
                first_quarter=1,
                last_quarter=4,
                activity=Decimal(fewer),
                saving=Decimal(pounds),
                evidence="Contract monitoring of the acute trust, month 12, agreed with the trust’s finance team",
                day=day,
            )
    kept.recompute(today=today)


def _of_the_plan() -> None:
    for one in OF_PLAN:
        services.add_benefit(
            by=None,
            day=PLANNED_ON,
            years=YEARS,
            measures=list(Measure.objects.filter(code__in=one.measures)),
            title=one.title,
            initiative=one.initiative,
            paper=APPENDIX,
            note=UNKNOWN,
            due=DUE,
        )


def _illustrative(one: MadeUp, manager: Any) -> Benefit:
    barnet = Commissioner.objects.get(ods_code="07M")
    post = Post.objects.filter(commissioner=barnet, role="transformation_manager").order_by("pk").first()
    benefit = services.add_benefit(
        by=manager,
        day=PLANNED_ON,
        years=sorted(one.years),
        slug=one.slug,
        title=one.title,
        initiative=one.initiative,
        commissioner=barnet,
        chin=Chin.objects.get(slug=one.chin) if one.chin else None,
        owner=post,
        point_of_delivery=one.point,
        unit_price=None if one.price is None else Decimal(one.price),
        price_source="" if one.price is None else "Illustrative tariff",
        price_year=None if one.price is None else 2017,
        qipp=one.qipp,
        paper="Illustrative",
        note=MADE_UP,
        due=DUE,
    )
    for year, amounts in one.years.items():
        held = benefit.profiles.held().get(year=year)
        activity, saving, recurrent, non_recurrent = (None if n is None else Decimal(n) for n in amounts)
        facts = {"activity": activity, "saving": saving, "recurrent": recurrent, "non_recurrent": non_recurrent}
        dated.correct(held, by=manager, reason="Amounts entered", **facts)
    return benefit
