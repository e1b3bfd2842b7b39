"""What five public papers state about coverage, as records: the figure, the day, the paper, and how it seems made.

The figures are the papers'; the words are ours. Where a paper gives a month or a quarter, its last day stands for it
and the basis says so. Where a paper gives no day at all, the day is the portal's assumption and is marked so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cc2h.board.models import Measure, Statement
from practices.models import Commissioner

EARLY_2018 = date(2018, 3, 31)
LATE_2018 = date(2018, 12, 6)
HWB_JANUARY = date(2018, 1, 25)
END_OF_PLAN = date(2019, 3, 31)  # of stp-2017: the last quarter in its schedule for Barnet
CHIN_1, CHIN_2 = "barnet-1", "barnet-2"


@dataclass(frozen=True)
class Paper:
    """A public paper: its title, when it is from as far as it says, and its day where it bears one."""

    title: str
    dated: str
    day: date | None = None

    @property
    def cited(self) -> str:
        return f"{self.title}, {self.dated}"


PAPERS = {
    "workplan-2017": Paper("Barnet work plan 2017/18, with the CHIN development plan", "2017"),
    "stp-2017": Paper("North Central London: health and care closer to home, delivery plan", "March 2017"),
    "hwb-2018-01": Paper("Report to the Health and Wellbeing Board on CHINs in Barnet", "25 January 2018", HWB_JANUARY),
    "bfg-2018": Paper("Barnet Federated GPs, business plan 2018 to 2021", "2018"),
    "roadmap-2018": Paper("Investment and delivery road map, for the Health and Wellbeing Board", "December 2018"),
}


Stated = int | str | date | None
Facts = tuple[str, dict[str, Any]]


def _barnet(reference: str, measure: str, value: Stated, **facts: Any) -> Facts:
    return _of("07M", reference, measure, value, **facts)


def _of(commissioner: str, reference: str, measure: str, value: Stated, **facts: Any) -> Facts:
    paper = next(name for name in PAPERS if reference.startswith(name))
    stated = {"value_day": value} if isinstance(value, date) else {"value": None if value is None else Decimal(value)}
    named = {"reference": reference, "measure": measure, "paper": paper, "paper_day": PAPERS[paper].day}
    return commissioner, named | stated | facts


def statements() -> Iterator[Facts]:
    """Every statement: the code of the commissioner it is about, and the record's other fields."""
    assumed = {"as_at": LATE_2018, "day_assumed": True}
    start_of_year = {"as_at": EARLY_2018, "day_assumed": True}

    # How much of the borough is in a CHIN
    yield _barnet(
        "roadmap-2018-coverage-before",
        Measure.POPULATION_PERCENT,
        38,
        says="38% of registered patients were in a CHIN at the start of the year",
        basis="Called a share of patients. The year is read as 2018/19, so its eve stands for it. No whole number of "
        "54 practices gives 38%; 21 of 55 is 38.2%, and three CHINs of 12.5% each are 37.5%.",
        discrepancy="D3",
        **start_of_year,
    )
    yield _barnet(
        "roadmap-2018-coverage-after",
        Measure.POPULATION_PERCENT,
        89,
        says="89% of registered patients are in a CHIN",
        basis="Called a share of patients, but 48 of 54 practices is 88.9%: a share of practices. The paper bears no "
        "day, and counts CHINs that are only proposed.",
        discrepancy="D3",
        **assumed,
    )
    yield _barnet(
        "roadmap-2018-full-coverage",
        Measure.FULL_COVERAGE_DAY,
        date(2018, 12, 31),
        says="All practices will be in a CHIN by the end of December 2018",
        basis="An expectation, with six practices not yet answered.",
        **assumed,
    )

    # How many practices there are
    yield _barnet(
        "roadmap-2018-practices",
        Measure.PRACTICES_TOTAL,
        54,
        says="There are 54 practices in the borough",
        basis="The base of “48 of 54”. The same paper also says 55.",
        discrepancy="D1",
        **assumed,
    )
    yield _barnet(
        "roadmap-2018-federation-practices",
        Measure.PRACTICES_TOTAL,
        55,
        says="All 55 practices in Barnet are members of the federation",
        basis="Perhaps counted before a merger; the same paper also says 54.",
        discrepancy="D1",
        **assumed,
    )
    yield _barnet(
        "bfg-2018-practices",
        Measure.PRACTICES_TOTAL,
        60,
        says="All 60 practices in the borough work together in the federation",
        basis="Perhaps those of 2016, when the federation was formed. The plan runs from 2018; its first April stands "
        "for it.",
        discrepancy="D1",
        as_at=date(2018, 4, 1),
        day_assumed=True,
    )
    yield _barnet(
        "roadmap-2018-answered",
        Measure.PRACTICES_ANSWERED,
        48,
        says="48 practices have answered the CHIN Infrastructure LCS",
        basis="Having answered is not being in a CHIN; the paper takes one for the other.",
        discrepancy="D28",
        **assumed,
    )

    # How many CHINs there are
    yield _barnet(
        "roadmap-2018-chins-before",
        Measure.CHINS,
        3,
        says="There were three CHINs at the start of the year",
        basis="They had come together by themselves. The year is read as 2018/19, so its eve stands for it.",
        discrepancy="D7",
        **start_of_year,
    )
    yield _barnet(
        "roadmap-2018-chins-after",
        Measure.CHINS,
        6,
        says="Six CHINs are proposed",
        basis="Calls all six proposed, though one was to be operational since January 2018.",
        discrepancy="D26",
        **assumed,
    )
    yield _barnet(
        "hwb-2018-01-chins-approved",
        Measure.CHINS,
        3,
        says="Three expressions of interest were approved",
        basis="Of five that came in.",
        discrepancy="D7",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "hwb-2018-01-expressions",
        Measure.OTHER,
        5,
        says="Five expressions of interest came in",
        basis="Before any was evaluated, in 2017.",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "stp-2017-chins",
        Measure.CHINS,
        4,
        says="Four CHINs are planned across Barnet",
        basis="The last is planned for the fourth quarter of 2018/19; its last day stands for it.",
        discrepancy="D7",
        as_at=END_OF_PLAN,
    )

    # CHIN 1
    yield _barnet(
        "hwb-2018-01-chin-1-patients",
        Measure.CHIN_PATIENTS,
        50_000,
        chin_slug=CHIN_1,
        says="The first CHIN has about 50,000 registered patients",
        basis="A round figure.",
        discrepancy="D10",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "hwb-2018-01-chin-1-share",
        Measure.CHIN_SHARE,
        "12.5",
        chin_slug=CHIN_1,
        says="The first CHIN has about 12.5% of the borough’s registered patients",
        basis="Then 50,000 patients mean 400,000 in the borough.",
        discrepancy="D10",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "hwb-2018-01-chin-1-practices",
        Measure.CHIN_PRACTICES,
        5,
        chin_slug=CHIN_1,
        says="Five practices are the centre of the first CHIN",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "stp-2017-patients",
        Measure.PATIENTS_TOTAL,
        400_000,
        says="Four CHINs of 100,000 patients each would be 400,000",
        basis="The product of two figures of the plan, which prints a pound sign before the second. The day is the "
        "plan’s last quarter.",
        discrepancy="D10",
        as_at=END_OF_PLAN,
    )
    for reference, day, says, basis in (
        ("workplan-2017-chin-1-opening", date(2017, 6, 30), "The first CHIN delivers in June 2017", "the month"),
        ("stp-2017-chin-1-opening", date(2017, 9, 30), "The first hub opens in quarter 2 of 2017/18", "the quarter"),
        (
            "hwb-2018-01-chin-1-first-aim",
            date(2017, 9, 30),
            "The first CHIN was to be launched in September 2017",
            "the month",
        ),
        (
            "hwb-2018-01-chin-1-opening",
            date(2018, 1, 31),
            "The first CHIN is to be operational in January 2018",
            "the month",
        ),
    ):
        yield _barnet(
            reference,
            Measure.CHIN_OPENING,
            day,
            chin_slug=CHIN_1,
            says=says,
            basis=f"Gives {basis} only: its last day stands for it.",
            discrepancy="D8",
            as_at=day,
        )
    for reference, says, basis in (
        ("hwb-2018-01-chin-2-opening", "The second CHIN is to come online in March 2018", "the month"),
        ("stp-2017-chin-2-opening", "The second hub opens in quarter 4 of 2017/18", "the quarter"),
    ):
        yield _barnet(
            reference,
            Measure.CHIN_OPENING,
            EARLY_2018,
            chin_slug=CHIN_2,
            says=says,
            basis=f"Gives {basis} only: its last day stands for it.",
            discrepancy="D8",
            as_at=EARLY_2018,
        )

    yield _barnet(
        "roadmap-2018-education-network",
        Measure.OTHER,
        None,
        says="The community education provider network, a planning partner, is written CPEN",
        basis="The other papers write CEPN: one organisation, recorded as CEPN.",
        discrepancy="D22",
        **assumed,
    )

    # Money
    yield _barnet(
        "roadmap-2018-budget",
        Measure.BUDGET,
        2_061_000,
        says="The programme’s budget for 2018/19 is £2,061,000",
        basis="The total of table 1.",
        discrepancy="D6",
        **assumed,
    )
    yield _barnet(
        "roadmap-2018-local-money",
        Measure.BUDGET_LOCAL,
        1_300_000,
        says="£1.3m comes from local budgets",
        basis="Rounded: the three local lines of table 1 come to £1,290,000. The paper calls local money recurrent, and "
        "marks £90,000 of it non-recurrent.",
        discrepancy="D6",
        **assumed,
    )
    yield _barnet(
        "roadmap-2018-central-money",
        Measure.BUDGET_RECURRENT,
        0,
        says="The money of NHS England’s programmes is non-recurrent",
        basis="So none of it would be recurrent; table 1 marks two of its lines recurrent, for two years.",
        discrepancy="D6",
        **assumed,
    )
    yield _barnet(
        "roadmap-2018-chin-infrastructure",
        Measure.BUDGET_LINE,
        90_000,
        line_slug="chin-infrastructure-lcs",
        says="CHIN Infrastructure is £1,500 a practice, £90,000 overall",
        basis="£90,000 is £1,500 for 60 practices. For 54 it is £81,000, for 55 £82,500, and for the 48 that had "
        "answered £72,000.",
        discrepancy="D2",
        **assumed,
    )
    yield _barnet(
        "hwb-2018-01-diabetes",
        Measure.BUDGET_LINE,
        249_000,
        line_slug="diabetes-transformation-funding",
        says="£249,000 was received for a diabetes support team",
        basis="For which year is not said. Table 1 of December 2018 has £196,000, for two years. The paper of January "
        "also says that nothing was received for CHINs and their support teams.",
        discrepancy="D5",
        **assumed,
    )
    yield _barnet(
        "hwb-2018-01-no-funding",
        Measure.MONEY,
        0,
        says="No dedicated funding was received for CHINs and their support teams",
        basis="The same paper tells of £249,000 for the diabetes support team.",
        discrepancy="D5",
        as_at=HWB_JANUARY,
    )
    yield _barnet(
        "bfg-2018-investment",
        Measure.MONEY,
        1_570_000,
        says="The federation secured £1.57m of additional investment",
        basis="The contracts it lists, £1.4m, £0.016m and £0.072m, come to £1.488m: £0.082m is not listed.",
        discrepancy="D4",
        as_at=date(2018, 4, 1),
        day_assumed=True,
    )
    yield _barnet(
        "roadmap-2018-improved-access",
        Measure.BUDGET_LINE,
        None,
        line_slug="improved-access-lcs",
        says="Improved Access is part of £3 a head",
        basis="£3 × 400,000 patients would be £1.2m, outside the £2,061,000: table 1 has no line for it.",
        discrepancy="D24",
        **assumed,
    )

    # How large a CHIN should be
    for commissioner, reference, value, says in (
        ("07M", "stp-2017-size-range", None, "A CHIN has 50,000 to 80,000 patients"),
        ("07M", "stp-2017-size-about", 50_000, "A CHIN has about 50,000 patients"),
        ("07M", "stp-2017-size-barnet", 100_000, "A hub in Barnet has about 100,000 patients"),
        ("07M", "hwb-2018-01-size", None, "A CHIN typically has 50,000 to 80,000 patients"),
        ("07M", "bfg-2018-size", 80_000, "A CHIN has up to 80,000 patients"),
        ("07M", "workplan-2017-size", None, "An accountable care group, the step after a CHIN, has 30,000 to 50,000"),
        ("07R", "stp-2017-size-camden", None, "A Neighbourhood in Camden has 50,000 to 80,000 patients"),
        ("07X", "stp-2017-size-enfield", 80_000, "A Health and Care Team in Enfield has about 80,000 patients"),
        ("08D", "stp-2017-size-haringey", 50_000, "A CHIN in Haringey has about 50,000 patients"),
        ("08H", "stp-2017-size-islington", 80_000, "A CHIN in Islington has 80,000 patients"),
    ):
        paper_day = HWB_JANUARY if reference.startswith("hwb") else None
        yield _of(
            commissioner,
            reference,
            Measure.OTHER,
            value,
            says=says,
            basis="A size for planning, of no day.",
            discrepancy="D10",
            as_at=paper_day or END_OF_PLAN,
            day_assumed=paper_day is None,
        )
    for commissioner, reference, chins, says in (
        ("07R", "stp-2017-chins-camden", 4, "About four Neighbourhoods are expected in Camden"),
        ("07X", "stp-2017-chins-enfield", 4, "Four Health and Care Teams, one for each locality of Enfield"),
        ("08D", "stp-2017-chins-haringey", 6, "About six CHINs are planned in Haringey"),
        ("08H", "stp-2017-chins-islington", 4, "Three to four CHINs are likely in Islington; the schedule lists four"),
    ):
        yield _of(
            commissioner,
            reference,
            Measure.CHINS,
            chins,
            says=says,
            basis="The schedule ends in June 2018; its last day stands for it.",
            discrepancy="D15" if commissioner == "08H" else "",
            as_at=date(2018, 6, 30),
        )


def record_after_removal(by: Any) -> str:
    """What papers state of a commissioner is true of any programme; what was settled in the illustrative one is not."""
    record_statements()
    return ""


def record_statements() -> int:
    """Add the statements about commissioners that are here and that are not there yet; returns how many."""
    commissioners = dict(Commissioner.objects.values_list("ods_code", "pk"))
    there = set(Statement.objects.values_list("reference", flat=True))
    new = [
        Statement(commissioner_id=commissioners[code], **facts)
        for code, facts in statements()
        if code in commissioners and facts["reference"] not in there
    ]
    return len(Statement.objects.bulk_create(new))
