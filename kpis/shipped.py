"""The impacts and measures that the papers name, and those that published files tell, in the portal's own words.

What a paper sets beside an impact that doesn't measure it is said in its remark, and no measure is tied to it. Every target
of the delivery plan is still to be set by the commissioners, so that a measure comes without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from cc2h.kit.dated import now
from kpis.models import Better, Definition, Impact, Initiative, Measure, MeasureKind, Periodicity, Unit

STP, HWB = "stp-2017", "hwb-2018-01"
SINCE = date(2010, 4, 1)  # before the first period of any file the portal reads
SURVEY_CHANGED = date(2024, 1, 1)  # results before and after are not comparable, its publisher says

CHINS, QISTS, ACCESS, WHOLE = (
    Initiative.CHINS,
    Initiative.QISTS,
    Initiative.EXTENDED_ACCESS,
    Initiative.CLOSER_TO_HOME,
)
UP, DOWN, NEITHER = Better.UP, Better.DOWN, Better.NEITHER


@dataclass(frozen=True)
class ShippedImpact:
    code: str
    name: str
    initiative: Initiative
    remark: str = ""


# stp-2017, the tables of what the programme is to bring about, in their order.
OF_THE_DELIVERY_PLAN = (
    ShippedImpact("better-experience", "Patients’ experience is better", ACCESS),
    ShippedImpact(
        "standard-access", "Access is to one standard", ACCESS,
        "Part of the row’s text is lost in the paper that the portal has.",
    ),
    ShippedImpact("case-finding", "More cases are found and reviewed", CHINS),
    ShippedImpact(
        "fewer-premature-deaths",
        "Fewer people die early of heart disease, COPD, severe mental illness, high blood pressure, learning disability or alcohol",
        CHINS,
    ),
    ShippedImpact("fewer-preventable-cancer-deaths", "Fewer people die of cancers that could be prevented", CHINS),
    ShippedImpact("fewer-diabetes-complications", "Diabetes leads to fewer complications", CHINS),
    ShippedImpact("fewer-inequalities", "Health is less unequal", CHINS),
    ShippedImpact("cancer-survival", "More people are alive a year after cancer was found", CHINS),
    ShippedImpact(
        "feeling-supported", "More people feel supported to manage their condition", CHINS,
        "The paper sets A&E attendances and emergency admissions beside it.",
    ),
    ShippedImpact(
        "in-control", "More people feel in control of their health", CHINS,
        "The paper sets flu immunisation of vulnerable groups beside it.",
    ),
    ShippedImpact(
        "range-of-support", "Where a need is found, there are more ways to improve one’s health", CHINS,
        "The paper sets diabetes’ nine care processes beside it.",
    ),
    ShippedImpact(
        "death-in-place-of-choice", "More people die in the place of their choice", CHINS,
        "The paper sets NHS Health Checks in the most deprived fifth beside it, which don’t measure it; perhaps a fault of its layout.",
    ),
    ShippedImpact(
        "carers", "Carers’ lives are better", CHINS,
        "The paper sets brief interventions for alcohol beside it, which don’t measure it; perhaps a fault of its layout.",
    ),
)  # fmt: skip
_LIVES = "People with long-term conditions live better"
# hwb-2018-01, section 1.6, what each driver of change is to bring about: outcomes named twice are two.
OF_THE_HEALTH_AND_WELLBEING_BOARD = (
    ShippedImpact("access-satisfaction", "Patients are more satisfied with access to primary care", ACCESS),
    ShippedImpact(
        "less-primary-care-in-a-and-e", "Fewer people are seen in A&E or urgent care with what primary care could see to", ACCESS
    ),
    ShippedImpact("chins-less-variation", "Clinical practice varies less", CHINS),
    ShippedImpact("chins-less-hospital-care", "Less hospital care is needed, at less cost", CHINS),
    ShippedImpact("chins-fewer-early-deaths", "Fewer residents die early", CHINS),
    ShippedImpact("chins-long-term-conditions", _LIVES, CHINS),
    ShippedImpact("chins-positive-experience", "More patients have a good experience of care", CHINS),
    ShippedImpact("chins-resilience", "More people live independently, and build on whom and what they know", CHINS),
    ShippedImpact("chins-earlier-help", "People reach professionals and other services sooner, before a problem is serious", CHINS),
    ShippedImpact("qists-less-variation", "Clinical practice varies less", QISTS),
    ShippedImpact("qists-less-hospital-care", "Less hospital care is needed, at less cost", QISTS),
    ShippedImpact("qists-fewer-early-deaths", "Fewer residents die early", QISTS),
    ShippedImpact("qists-long-term-conditions", _LIVES, QISTS),
    ShippedImpact("qists-positive-experience", "More patients have a good experience of care", QISTS),
)  # fmt: skip
IMPACTS = ((STP, OF_THE_DELIVERY_PLAN), (HWB, OF_THE_HEALTH_AND_WELLBEING_BOARD))


@dataclass(frozen=True)
class ShippedMeasure:
    """A measure with its definition. files: the names it has in publishers' files; since: those of its later definitions,

    which can't be compared with the earlier.
    """

    code: str
    name: str
    meaning: str
    numerator: str
    denominator: str = ""
    kind: MeasureKind = MeasureKind.PROPORTION
    multiplier: int = 100
    unit: Unit = Unit.PERCENT
    better: Better = UP
    months: Periodicity = Periodicity.YEAR
    initiative: Initiative = WHOLE
    impacts: Sequence[str] = ()
    paper: str = ""
    source: str = ""
    why: str = ""
    files: Sequence[str] = ()
    places: int = 1
    suppress_below: int = 5
    since: Sequence[tuple[date, str]] = ()  # first day, and what it means from then on


SURVEY = "GP Patient Survey, weighted percentages by practice"
QOF_PREVALENCE = "Quality and Outcomes Framework, prevalence (NHS Digital, yearly)"
QOF_ACHIEVEMENT = "Quality and Outcomes Framework, achievement (NHS Digital, yearly)"
AUDIT = "National Diabetes Audit"
PAYMENTS = "NHS Payments to General Practice (NHS Digital, yearly)"
LOCAL = "Extracts of practices’ records, for local use"
HOSPITAL = "Hospitals’ activity by practice, from the commissioning support unit"
WITH_DIABETES = "people with diabetes aged 17 or over"
_REGISTERED = "registered patients"
_LESS_HOSPITAL = ("chins-less-hospital-care", "qists-less-hospital-care")
_LESS_VARIATION = ("chins-less-variation", "qists-less-variation")

# The nine that stp-2017 names, one or more measures each: what a KPI of the paper joins is measured one by one.
KPIS = (
    (
        ShippedMeasure(
            "patient-satisfaction", "Good overall experience of the practice",
            "Of the patients who answered, how many call their experience of the practice very good or fairly good.",
            "answers of very or fairly good, weighted", "patients who answered",
            kind=MeasureKind.MEAN, initiative=ACCESS, paper=STP, source=SURVEY,
            impacts=("better-experience", "chins-positive-experience", "qists-positive-experience"),
            why="What patients say of their practice is what closer care is for.",
            files=("GPPS Q28_12pct", "GPPS overallexp.pcteval", "GPPS gpps_overall_pct"),
            since=((SURVEY_CHANGED, "The survey asks anew since 2024; earlier results can’t be compared with these."),),
        ),
    ),
    (
        ShippedMeasure(
            "extended-access-minutes", "Minutes of extended access a week",
            "Minutes of appointments in evenings and at weekends, a week, for every 1,000 registered patients.",
            "minutes of appointments offered in evenings and at weekends, a week", _REGISTERED,
            kind=MeasureKind.RATE, multiplier=1000, unit=Unit.MINUTES, months=Periodicity.MONTH, initiative=ACCESS, paper=STP,
            source="Providers of extended access", impacts=("standard-access", "chins-earlier-help"),
            why="The national minimum is 30 minutes a week for every 1,000 patients.", suppress_below=0,
        ),
    ),
    tuple(
        ShippedMeasure(
            f"{code}-found", f"{name}: found of those expected",
            f"How many of the people expected to have {said} are on practices’ registers. Less than 100% is a gap of people not yet found.",
            f"people on the register of {said}", f"people expected to have {said}, by a model",
            kind=MeasureKind.RATIO, initiative=QISTS, paper=STP, impacts=("case-finding",),
            source="Registers, and modelled prevalence",
            why="Somebody who isn’t found isn’t treated.",
        )
        for code, name, said in (
            ("diabetes", "Diabetes", "diabetes"),
            ("hypertension", "High blood pressure", "high blood pressure"),
            ("atrial-fibrillation", "Atrial fibrillation", "atrial fibrillation"),
            ("ckd", "Chronic kidney disease", "chronic kidney disease"),
        )
    ),
    (
        ShippedMeasure(
            "mortality-by-social-class", "Illness and death by social class",
            "Deaths under 75 in the least well-off social classes, for every 100,000 people, as if all areas were of one age.",
            "deaths under 75 in the least well-off social classes", "residents under 75 in those classes",
            kind=MeasureKind.DSR, multiplier=100_000, unit=Unit.EVENTS, better=DOWN, initiative=CHINS, paper=STP,
            impacts=("fewer-preventable-cancer-deaths",), source="Office for National Statistics", suppress_below=10,
            why="Where people are poorer they die sooner.",
        ),
    ),
    (
        ShippedMeasure(
            "ae-attendances", "A&E attendances", "Attendances at A&E by the practice’s patients, for every 1,000.",
            "attendances at A&E", _REGISTERED, kind=MeasureKind.RATE, multiplier=1000, unit=Unit.EVENTS, better=DOWN,
            months=Periodicity.MONTH, initiative=CHINS, paper=STP, source=HOSPITAL,
            impacts=("less-primary-care-in-a-and-e", *_LESS_HOSPITAL),
            why="Care closer to home is to spare people a way to hospital.",
        ),
        ShippedMeasure(
            "emergency-admissions", "Emergency admissions", "Emergency admissions of the practice’s patients, for every 1,000.",
            "emergency admissions", _REGISTERED, kind=MeasureKind.RATE, multiplier=1000, unit=Unit.EVENTS, better=DOWN,
            months=Periodicity.MONTH, initiative=CHINS, paper=STP, source=HOSPITAL, impacts=_LESS_HOSPITAL, places=2,
            why="Many are for conditions that primary care can keep in hand.",
        ),
    ),
    (
        ShippedMeasure(
            "flu-immunisation", "Flu immunisation of vulnerable groups",
            "Of the patients who are vulnerable to flu, how many were immunised in the season.",
            "patients of vulnerable groups immunised against flu", "patients of vulnerable groups",
            initiative=CHINS, paper=STP, source="ImmForm, yearly",
            why="Flu brings people with long-term conditions to hospital.",
        ),
    ),
    (
        ShippedMeasure(
            "diabetes-nine-care-processes", "Diabetes: all nine care processes",
            "Of the people with diabetes, how many had all eight yearly checks and their eyes screened within the audit’s period.",
            "people with diabetes who had all nine", WITH_DIABETES, initiative=QISTS, paper=STP, months=Periodicity.YEAR, source=AUDIT,
            impacts=_LESS_VARIATION, why="A check that is missed is harm found late.",
        ),
    ),
    (
        ShippedMeasure(
            "health-checks-most-deprived", "NHS Health Checks in the most deprived fifth",
            "How many of those who could have an NHS Health Check and live in the most deprived fifth of areas had one.",
            "people in the most deprived fifth who had a health check", kind=MeasureKind.COUNT, multiplier=1, unit=Unit.PATIENTS,
            months=Periodicity.QUARTER, initiative=CHINS, paper=STP, source=LOCAL, places=0, impacts=("fewer-inequalities",),
            why="Those who are most at risk come least.",
        ),
    ),
    (
        ShippedMeasure(
            "alcohol-brief-interventions", "Brief interventions for alcohol",
            "How many patients had a brief intervention for what they drink.", "brief interventions",
            kind=MeasureKind.COUNT, multiplier=1, unit=Unit.PATIENTS, months=Periodicity.QUARTER, initiative=CHINS, paper=STP,
            source=LOCAL, places=0, why="A short talk at the right time makes some people drink less.",
        ),
    ),
)  # fmt: skip


def _of_diabetes(code: str, name: str, meaning: str, numerator: str, **more: object) -> ShippedMeasure:
    facts: dict[str, object] = {
        "months": Periodicity.MONTH, "initiative": QISTS, "paper": HWB, "source": LOCAL,
        "impacts": (*_LESS_VARIATION, "qists-long-term-conditions"),
        "why": "Sugar, blood pressure and cholesterol in hand make complications rarer.",
    }  # fmt: skip
    return ShippedMeasure(code, name, meaning, numerator, WITH_DIABETES, **{**facts, **more})  # type: ignore[arg-type]


DIABETES_TARGETS = (
    _of_diabetes(
        "diabetes-hba1c-target", "Diabetes: blood sugar at its target",
        "Of the people with diabetes, how many have an HbA1c of 58 mmol/mol or less.", "people with diabetes at 58 mmol/mol or less",
    ),
    _of_diabetes(
        "diabetes-blood-pressure-target", "Diabetes: blood pressure at its target",
        "Of the people with diabetes, how many have a blood pressure of 140/80 or less.", "people with diabetes at 140/80 or less",
    ),
    _of_diabetes(
        "diabetes-cholesterol-target", "Diabetes: cholesterol at its target",
        "Of the people with diabetes, how many have a total cholesterol below 5 mmol/l.", "people with diabetes below 5 mmol/l",
    ),
)  # fmt: skip
DIABETES_TOGETHER = (
    _of_diabetes(
        "diabetes-three-targets", "Diabetes: all three treatment targets",
        "Of the people with diabetes, how many have HbA1c, blood pressure and cholesterol at their targets, cholesterol below 5 mmol/l.",
        "people with diabetes at all three targets",
    ),
    _of_diabetes(
        "diabetes-three-targets-new", "Diabetes: all three treatment targets, new set",
        "Of the people with diabetes, how many have HbA1c and blood pressure at their targets and take a statin where they should. "
        "Not to be joined with the earlier set, which counts cholesterol.",
        "people with diabetes at all three of the new targets", paper="", source=AUDIT, months=Periodicity.YEAR,
    ),
    _of_diabetes(
        "diabetes-eight-care-processes", "Diabetes: all eight care processes",
        "Of the people with diabetes, how many had HbA1c, blood pressure, cholesterol, creatinine, urine albumin, feet, weight and "
        "smoking looked at within the audit’s period. Without eye screening, which another programme runs.",
        "people with diabetes who had all eight", paper="", impacts=_LESS_VARIATION, why="A check that is missed is harm found late.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Register:
    """A disease register of the QOF: its group code, the code and name of the measure, and who can be on it."""

    group: str
    code: str
    name: str
    aged: int = 0


REGISTERS = (
    Register("AF", "atrial-fibrillation", "Atrial fibrillation"), Register("AST", "asthma", "Asthma", 6),
    Register("CAN", "cancer", "Cancer"), Register("CHD", "coronary-heart-disease", "Coronary heart disease"),
    Register("CKD", "ckd", "Chronic kidney disease", 18), Register("COPD", "copd", "COPD"),
    Register("DEM", "dementia", "Dementia"), Register("DEP", "depression", "Depression", 18),
    Register("DM", "diabetes", "Diabetes", 17), Register("EP", "epilepsy", "Epilepsy", 18),
    Register("HF", "heart-failure", "Heart failure"), Register("HYP", "hypertension", "High blood pressure"),
    Register("LD", "learning-disability", "Learning disability"), Register("MH", "mental-health", "Severe mental illness"),
    Register("NDH", "non-diabetic-hyperglycaemia", "Raised blood sugar without diabetes", 18),
    Register("OB", "obesity", "Obesity", 18), Register("OST", "osteoporosis", "Osteoporosis", 50),
    Register("PAD", "peripheral-arterial-disease", "Peripheral arterial disease"),
    Register("PC", "palliative-care", "Palliative care"), Register("RA", "rheumatoid-arthritis", "Rheumatoid arthritis", 16),
    Register("STIA", "stroke", "Stroke or transient ischaemic attack"),
)  # fmt: skip


def _prevalence(one: Register) -> ShippedMeasure:
    who = f"{_REGISTERED} aged {one.aged} or over" if one.aged else _REGISTERED
    return ShippedMeasure(
        f"{one.code}-prevalence", f"{one.name}: prevalence",
        f"Of the {who}, how many are on the practice’s register. As recorded: it isn’t adjusted for age, and what isn’t found isn’t in it.",
        f"patients on the QOF register {one.group}", who,
        better=NEITHER, initiative=QISTS, source=QOF_PREVALENCE, files=(f"QOF {one.group}",), places=2,
    )  # fmt: skip


def _achieved(indicator: str, code: str, name: str, meaning: str, denominator: str) -> ShippedMeasure:
    return ShippedMeasure(
        code, name, meaning, f"patients for whom {indicator} was achieved", denominator,
        initiative=QISTS, source=QOF_ACHIEVEMENT, files=(f"QOF {indicator}",), impacts=_LESS_VARIATION,
    )  # fmt: skip


ACHIEVEMENT = (
    _achieved(
        "HYP003", "hypertension-controlled", "High blood pressure: 140/90 or less, to age 79",
        "Of the patients with high blood pressure aged 79 or under, how many were last measured at 140/90 or less.",
        "patients with high blood pressure aged 79 or under, without exceptions",
    ),
    _achieved(
        "HYP007", "hypertension-controlled-80-plus", "High blood pressure: 150/90 or less, from age 80",
        "Of the patients with high blood pressure aged 80 or over, how many were last measured at 150/90 or less.",
        "patients with high blood pressure aged 80 or over, without exceptions",
    ),
    _achieved(
        "DM019", "diabetes-qof-blood-pressure", "Diabetes without frailty: 140/80 or less",
        "Of the people with diabetes and without frailty, how many were last measured at 140/80 or less.",
        "people with diabetes and without frailty, without exceptions",
    ),
    _achieved(
        "DM020", "diabetes-qof-hba1c", "Diabetes without frailty: HbA1c of 58 or less",
        "Of the people with diabetes and without frailty, how many had a last HbA1c of 58 mmol/mol or less.",
        "people with diabetes and without frailty, without exceptions",
    ),
    _achieved(
        "DM012", "diabetes-feet-examined", "Diabetes: feet examined",
        "Of the people with diabetes, how many had their feet examined and their risk classed within the year.",
        "people with diabetes, without exceptions",
    ),
    _achieved(
        "AF006", "atrial-fibrillation-risk-assessed", "Atrial fibrillation: risk of stroke assessed",
        "Of the patients with atrial fibrillation, how many had their risk of stroke assessed within the year.",
        "patients with atrial fibrillation, without exceptions",
    ),
    _achieved(
        "AF007", "atrial-fibrillation-anticoagulated", "Atrial fibrillation: anticoagulated",
        "Of the patients with atrial fibrillation at risk of stroke, how many take an anticoagulant.",
        "patients with atrial fibrillation and a risk score of 2 or more, without exceptions",
    ),
    _achieved(
        "COPD010", "copd-reviewed", "COPD: reviewed within the year",
        "Of the patients with COPD, how many were reviewed, with their breathlessness and flare-ups, within the year.",
        "patients with COPD, without exceptions",
    ),
)  # fmt: skip


def _paid(column: str, code: str, name: str, what: str, *more: str, better: Better = NEITHER) -> ShippedMeasure:
    return ShippedMeasure(
        code, name, f"What the NHS paid the practice for {what} in the year, for each registered patient.",
        f"pounds paid for {what}", "registered patients, on average of the year",
        kind=MeasureKind.RATE, multiplier=1, unit=Unit.POUNDS, better=better, initiative=WHOLE, source=PAYMENTS,
        files=(f"Payments {column}", *(f"Payments {other}" for other in more)), places=2, suppress_below=0,
    )  # fmt: skip


PUBLISHED = (
    ShippedMeasure(
        "smoking-prevalence", "Smokers",
        "Of the patients aged 15 or over, how many are recorded as smokers.", "patients aged 15 or over recorded as smokers",
        "registered patients aged 15 or over", better=DOWN, initiative=CHINS, source="OHID Fingertips, indicator 91547",
        files=("Fingertips 91547",), impacts=("chins-fewer-early-deaths",), why="Nothing that can be prevented kills more people.",
    ),
    ShippedMeasure(
        "deprivation", "Deprivation score",
        "The Index of Multiple Deprivation where a practice’s patients live, on average. The higher, the more deprived.",
        "scores of the areas where patients live", _REGISTERED, kind=MeasureKind.MEAN, multiplier=1, unit=Unit.POINTS,
        better=NEITHER, source="OHID Fingertips, indicator 93553", files=("Fingertips 93553",), suppress_below=0,
    ),
    ShippedMeasure(
        "patient-contact", "Good experience of contacting the practice",
        "Of the patients who answered, how many call contacting the practice, or making an appointment before 2024, very good or "
        "fairly good.",
        "answers of very or fairly good, weighted", "patients who answered", kind=MeasureKind.MEAN, initiative=ACCESS,
        source=SURVEY, impacts=("access-satisfaction",), why="Whoever can’t get through goes elsewhere, or nowhere.",
        files=("GPPS Q18_12pct", "GPPS gpcontactoverall.pcteval", "GPPS gpps_contact_pct", "GPPS gpps-contact-experience"),
        since=((SURVEY_CHANGED, "Since 2024 the survey asks how it was to contact the practice; before, how it was to make an appointment."),),
    ),
    *(
        ShippedMeasure(
            code, name, f"Of the appointments in general practice, how many {said}. Published of whole areas.",
            f"appointments that {said}", "appointments in general practice", better=NEITHER, initiative=ACCESS,
            source="Appointments in General Practice (NHS England)", files=(f"Appointments {called}",),
        )
        for code, name, said, called in (
            ("appointments-same-day", "Appointments on the day they were booked", "took place on the day they were booked", "same-day-capacity"),
            ("appointments-with-gp", "Appointments with a GP", "were with a GP", "gp-clinical-assessment"),
        )
    ),
    ShippedMeasure(
        "type-2-diabetes-audited", "Type 2 diabetes in the audit",
        "Of the patients aged 17 or over, how many the audit has with type 2 diabetes. Its counts are rounded to the nearest 5.",
        "patients with type 2 diabetes", "registered patients aged 17 or over", better=NEITHER, initiative=QISTS, source=AUDIT,
        files=("NDA t2dm_n",), places=1,
    ),
    ShippedMeasure(
        "ndh-audited", "Raised blood sugar in the audit",
        "Of the patients aged 17 or over, how many the audit has with raised blood sugar and no diabetes. Its counts are rounded to "
        "the nearest 5.",
        "patients with non-diabetic hyperglycaemia", "registered patients aged 17 or over", better=NEITHER, initiative=QISTS,
        source=AUDIT, files=("NDA ndh_n",),
    ),
    _paid("GP Extended Hours Access", "extended-hours-paid", "Paid for extended hours", "extended hours"),
    _paid(
        "Influenza and Pneumococcal Immunisations", "seasonal-immunisations-paid", "Paid for seasonal immunisations",
        "immunisations against flu and pneumonia",
    ),
    _paid("Learning Disabilities", "learning-disabilities-paid", "Paid for learning disability checks", "learning disability checks"),
    _paid("Total QOF Payments", "qof-paid", "Paid for quality and outcomes", "the Quality and Outcomes Framework"),
)  # fmt: skip


def measures() -> Iterator[ShippedMeasure]:
    """All of them."""
    for kpi in KPIS:
        yield from kpi
    yield from DIABETES_TARGETS
    yield from DIABETES_TOGETHER
    yield from map(_prevalence, REGISTERS)
    yield from ACHIEVEMENT
    yield from PUBLISHED


@transaction.atomic
def load(recorded_at: datetime | None = None) -> None:
    """Write them, unless a measure is there. recorded_at: since when the portal is to have known them."""
    if Measure.objects.exists():
        return
    since = recorded_at or now()
    impacts = {
        one.code: one
        for one in Impact.objects.bulk_create(
            Impact(
                code=one.code,
                name=one.name,
                initiative=one.initiative,
                paper=paper,
                place=place,
                remark=one.remark,
            )
            for paper, rows in IMPACTS
            for place, one in enumerate(rows, 1)
        )
    }
    shipped = list(measures())
    made = Measure.objects.bulk_create(
        Measure(code=one.code, initiative=one.initiative, paper=one.paper, external_codes=list(one.files))
        for one in shipped
    )
    evidence = Measure.impacts.through
    evidence.objects.bulk_create(
        evidence(measure=measure, impact=impacts[code])
        for measure, one in zip(made, shipped, strict=True)
        for code in one.impacts
    )
    Definition.objects.bulk_create(
        version for measure, one in zip(made, shipped, strict=True) for version in _definitions(measure, one, since)
    )


def _definitions(measure: Measure, one: ShippedMeasure, known: datetime) -> Iterator[Definition]:
    days = [SINCE, *(first for first, _ in one.since)]
    meanings = [one.meaning, *(f"{one.meaning} {more}" for _, more in one.since)]
    for number, (first, meaning) in enumerate(zip(days, meanings, strict=True)):
        until = days[number + 1] if number + 1 < len(days) else None
        yield Definition(
            thread=uuid4(),
            period=DateRange(first, until),
            held=DateTimeTZRange(known, None),
            measure=measure,
            name=one.name,
            meaning=meaning,
            why=one.why,
            numerator=one.numerator,
            denominator=one.denominator,
            kind=one.kind,
            multiplier=Decimal(one.multiplier),
            unit=one.unit,
            places=one.places,
            better=one.better,
            months=one.months,
            source=one.source,
            suppress_below=one.suppress_below,
            breaks=number > 0,
        )
