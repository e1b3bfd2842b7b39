"""What the CHINs of the demonstration wrote in their business cases: made up, on topics that the papers name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cc2h.cases.models import Topic
from cc2h.cases.sections import CHARACTERISTICS, LOGIC, ONLY_FIRST_LIMB
from cc2h.config.demonstration.barnet import CHIN_1, CHIN_2, CHIN_3, CHIN_4, CHIN_5, CHIN_6
from cc2h.config.demonstration.lists import first_of_months
from cc2h.config.demonstration.story import MadeUpChin

Form = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Cost:
    """So much in each of the months (0: the first of the test)."""

    what: str
    type: str
    amount: int
    months: tuple[int, ...]
    recurrent: bool = False


@dataclass(frozen=True)
class Measure:
    """library: its code there, which says all that is left empty here."""

    name: str
    unit: str
    direction: str
    baseline: str
    prediction: str
    target: str = ""
    library: str = ""


@dataclass(frozen=True)
class Long:
    """What only the long form asks. logic: input, activity, output and outcome, two chains. avoided: by point of
    delivery, activity with what it saves gross and net; None: not known.
    """

    logic: tuple[tuple[str, str, str, str], ...]
    avoided: Mapping[str, tuple[int | None, int | None, int | None]]
    quality: str
    risks: tuple[tuple[str, int, int, str], ...]
    asked: str
    said: str
    plan: str
    steps: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Words:
    """A case in words. full: it needs the full equality assessment, with what each limb says of some."""

    chin: MadeUpChin
    topic: Topic
    title: str
    problem: str
    data: str = ""
    idea: str = ""
    population: str = ""
    where: str = ""
    people: int | None = None
    months: int = 3
    costs: tuple[Cost, ...] = ()
    measures: tuple[Measure, ...] = ()
    how: str = ""
    affects: str = ""
    shares: str = ""
    full: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    long: Long | None = None

    @property
    def asked(self) -> int:
        return sum(cost.amount * len(cost.months) for cost in self.costs)


def form(words: Words, first: date) -> Form:
    """Everything that was written, by section; first: the first month of the test."""
    begins = first.replace(day=1)
    months = [*first_of_months(begins, begins + timedelta(days=31 * words.months))][: words.months]
    named = [f"{month:%Y-%m}" for month in months]
    rows = [(cost, month) for cost in words.costs for month in cost.months]
    found: Form = {
        "problem": {"problem": words.problem, "data": words.data},
        "idea": {"idea": words.idea, "population": words.population, "where": words.where},
        "costs": {
            "asked": f"{words.asked}.00",
            "first": named[0],
            "last": named[-1],
            "rows": [
                {
                    "id": f"c{number}", "what": cost.what, "month": named[month], "type": cost.type,
                    "recurrent": "yes" if cost.recurrent else "no", "amount": f"{cost.amount}.00",
                }
                for number, (cost, month) in enumerate(rows, 1)
            ],
        },
        "predict": {
            "measures": [
                _without_blanks(
                    id=f"m{number}", name=one.name, unit=one.unit, direction=one.direction, baseline=one.baseline,
                    library=one.library, prediction=one.prediction, target=one.target, by=months[-1].replace(day=28).isoformat(),
                )
                for number, one in enumerate(words.measures, 1)
            ],
            "how": words.how,
        },
        "equality": _without_blanks(
            affects="yes" if words.affects else "no", who=words.affects, full="yes" if words.full else "no"
        ),
        "ig": _without_blanks(
            personal="no", shared="yes" if words.shares else "no", new_system="no", how=words.shares
        ),
    }  # fmt: skip
    if words.people is not None:
        found["idea"]["people"] = str(words.people)
    if words.full:
        none = ("no effect",) * 3
        found["equality-full"] = {
            "limbs": [_limbs(key, words.full.get(key, none)) for key, _ in CHARACTERISTICS],
        }
    return found | (_long(words.long, named) if words.long else {})


def _without_blanks(**said: str) -> dict[str, str]:
    return {key: value for key, value in said.items() if value}


def _limbs(key: str, said: tuple[str, str, str]) -> dict[str, str]:
    limbs = dict(zip(("eliminate", "advance", "foster"), said, strict=True))
    return {"id": key} | ({"eliminate": limbs["eliminate"]} if key == ONLY_FIRST_LIMB else limbs)


def _long(long: Long, named: list[str]) -> Form:
    logic: dict[str, list[dict[str, str]]] = {key: [] for key, _ in LOGIC}
    for number, chain in enumerate(long.logic, 1):
        for place, ((key, _), what) in enumerate(zip(LOGIC, chain, strict=True)):
            leads = {"leads": f"{LOGIC[place + 1][0]}{number}"} if place + 1 < len(LOGIC) else {}
            logic[key].append({"id": f"{key}{number}", "what": what, **leads})
    avoided = [
        {"id": key} | _without_blanks(**{name: _said(name, value) for name, value in zip(_AVOIDED, said, strict=True)})
        for key, said in long.avoided.items()
    ]
    return {
        "logic": logic,
        "benefits": {"delivery": avoided, "quality": long.quality},
        "risks": {
            "risks": [
                {"id": f"r{number}", "what": what, "likelihood": str(likely), "impact": str(bad), "mitigation": done}
                for number, (what, likely, bad, done) in enumerate(long.risks, 1)
            ]
        },
        "involvement": {"who": long.asked, "said": long.said},
        "plan": {"where": "The CHIN’s operating plan, on its page", "part": long.plan},
        "delivery": {
            "steps": [
                {"id": f"s{number}", "month": named[month], "what": what, "who": who}
                for number, (month, what, who) in enumerate(long.steps, 1)
            ]
        },
    }


_AVOIDED = ("activity", "gross", "net")


def _said(name: str, value: int | None) -> str:
    return "" if value is None else str(value) if name == "activity" else f"{value}.00"


TUESDAYS = Words(
    CHIN_1, Topic.DIABETES, "Diabetes clinic on Tuesdays",
    "Patients with diabetes see three people on three days for what one visit could do, and many miss one of the three.",
    data="Six in ten of our patients had all nine care processes last year. Between our five practices it is 48 to 71 in "
    "a hundred, and it has not moved for two years.",
    idea="One visit on a Tuesday for the nine care processes: a nurse, a health care assistant and a pharmacist in the "
    "same building, for the patients of all five practices.",
    population="Patients of the five practices who lack two or more of the nine processes, called in from the registers.",
    where="Two rooms at one practice in Burnt Oak, by the practices’ own nurses and a pharmacist of the federation.",
    people=360, months=5,
    costs=(
        Cost("Nurse and health care assistant, Tuesdays", "staff", 5_600, (0, 1, 2, 3, 4)),
        Cost("Pharmacist, half a day a week", "staff", 2_400, (0, 1, 2, 3, 4)),
        Cost("Foot check equipment", "equipment", 5_000, (0,)),
        Cost("Calling patients in", "other", 600, (0, 1, 2, 3, 4)),
    ),
    measures=(
        Measure("All nine care processes in one visit", "% of those seen", "up", "12", "60", "70"),
        Measure("Did not attend", "% of booked", "down", "21", "12"),
    ),
    how="Counted each week by the clinic’s nurse from the list of the day.",
    affects="People who work on Tuesdays may not come. We ask whom we missed, and when they could have come.",
    shares="The five practices book into one list, under the memorandum of information that they signed.",
    long=Long(
        logic=(
            ("A nurse, an assistant and a pharmacist", "One visit on a Tuesday", "Patients seen with all nine processes",
             "Complications are found sooner"),
            ("One list for five practices", "Patients are called in", "Booked places that are used", "Fewer visits missed"),
        ),
        avoided={"outpatient": (90, 11_700, 8_200), "ae": (None, None, None)},
        quality="One visit in place of three, and results on the same day.",
        risks=(
            ("No room on Tuesdays", 2, 4, "A second practice keeps one free until the end of the test"),
            ("Patients go to the wrong practice", 3, 2, "The letter has a map, and each practice’s desk knows"),
        ),
        asked="The diabetes patients’ group of two practices, in the December before, eleven people.",
        said="They asked for the blood test before the visit, so that its result is there. It is now.",
        plan="Diabetes: the nine care processes for everybody.",
        steps=(
            (0, "Call in the first sixty, open the list", "Lead nurse"),
            (2, "Study the first cycle", "QI lead"),
            (4, "Bring both cycles to the Steering Group", "CHIN lead"),
        ),
    ),
)  # fmt: skip
CALL_FIRST = Words(
    CHIN_2, Topic.URGENT_CARE, "A call before an urgent visit",
    "Every practice sends a doctor out at noon for visits asked for in the morning, and half could have been a call.",
    data="The practices counted 210 urgent visits in a month. In 96 the doctor wrote that a call would have done.",
    idea="One paramedic calls everybody who asks for an urgent visit within the hour and says what is needed.",
    population="Housebound patients who ask for a visit on the day.", where="By telephone from one practice, for all of them.",
    people=250, months=3,
    costs=(Cost("Paramedic, mornings", "staff", 4_600, (0, 1, 2)), Cost("A second line and headset", "equipment", 1_000, (0,))),
    measures=(Measure("Urgent visits by a doctor", "visits a week", "down", "49", "30"),),
    how="Counted by each practice’s desk.",
)  # fmt: skip
JOINT_CLINIC = Words(
    CHIN_3, Topic.MUSCULOSKELETAL, "Injections for joints at one surgery",
    "Patients wait eleven weeks in hospital for an injection that a GP with training can give.",
    data="We referred 148 patients in a year. Two of our practices inject themselves and refer a third as many.",
    idea="Two GPs with training hold a clinic a week for the patients of all practices of the CHIN.",
    population="Patients who would be referred for an injection of the knee or shoulder.",
    where="One surgery in Finchley, by two of its GPs.", people=120, months=6,
    costs=(
        Cost("GP sessions", "staff", 7_200, (0, 1, 2, 3, 4, 5)),
        Cost("Ultrasound machine", "equipment", 12_800, (0,)),
        Cost("Training", "training", 2_000, (0,)),
    ),
    measures=(Measure("Weeks from referral to injection", "weeks", "down", "11", "3"),),
    how="From the referral lists of the practices.",
    long=Long(
        logic=(("Two GPs and a machine", "A clinic a week", "Injections given", "Patients walk sooner"),),
        avoided={"outpatient": (148, 22_200, 9_000)},
        quality="Three weeks in place of eleven.",
        risks=(("The same clinic is commissioned elsewhere", 4, 4, "We ask the planned care team"),),
        asked="Patients in two waiting rooms, thirty-one of them.",
        said="They want to be seen near home. Nothing was changed.",
        plan="Musculoskeletal care near home.",
        steps=((0, "Buy the machine", "Practice manager"), (1, "Open", "Lead GP")),
    ),
)  # fmt: skip
SATURDAYS = Words(
    CHIN_4, Topic.CARDIOLOGY, "Extended access for heart checks on Saturdays",
    "People who work do not come for their heart checks, and extended access on Saturdays has free places.",
)  # fmt: skip
BEFORE_A_FALL = Words(
    CHIN_1, Topic.FRAILTY, "Finding frailty before a fall",
    "Frail people are known to us after their first fall, and not before it.",
    data="Of 62 people who came home from hospital after a fall, 41 had not been on a frailty register.",
    idea="A volunteer visits everybody over 80 who has not been seen for six months, with ten questions. Whoever scores "
    "four or more sees a nurse within the week.",
    population="Patients over 80 of the five practices who have not been seen for six months: about 340.",
    where="At home, by volunteers of a local charity, and one nurse of the CHIN.", people=120, months=3,
    costs=(
        Cost("Nurse, one day a week", "staff", 2_200, (0, 1, 2)),
        Cost("Volunteers’ travel and training", "training", 1_000, (0, 1, 2)),
    ),
    measures=(
        Measure("People newly on a frailty register", "people a week", "up", "3", "9", "8"),
        Measure("Seen by the nurse within a week", "%", "up", "", "90"),
        Measure("", "", "", "", "6.5", library="emergency-admissions"),
    ),
    how="Counted by the nurse from the practices’ registers each Monday.",
    affects="People without English may refuse a stranger. The charity brings two volunteers who speak Gujarati and Farsi.",
    shares="The charity gets names and addresses, by consent that the practice asks for first.",
)  # fmt: skip
ASTHMA_AT_SCHOOL = Words(
    CHIN_2, Topic.PAEDIATRIC, "Asthma reviews at school",
    "Four children in ten with asthma have had no review in a year, because a review takes them out of school.",
    data="Of 412 children with asthma 168 had no review. Between practices that is one in five to three in five.",
    idea="A nurse reviews children at three schools, with their parents there or on the telephone.",
    population="Children of 5 to 16 with asthma at three schools who had no review in the year.",
    where="At three schools, by a practice nurse and the school nurses.", people=140, months=4,
    costs=(
        Cost("Practice nurse, two days a week", "staff", 7_400, (0, 1, 2, 3)),
        Cost("School nurses’ time", "staff", 2_100, (0, 1, 2, 3)),
        Cost("Spacers and peak flow meters", "equipment", 4_000, (0,)),
    ),
    measures=(
        Measure("Children with a review in the year", "%", "up", "59", "80", "85"),
        Measure("Emergency attendances for asthma", "children a month", "down", "7", "4"),
    ),
    how="From the practices’ registers, and from the children’s emergency department.",
    affects="Children who are taught at home. They are called by their practice, as now.",
    shares="The schools are told which children are to come, by their parents’ consent.",
    long=Long(
        logic=(
            ("A nurse two days a week", "Reviews at school", "Children with a review", "Fewer attacks"),
            ("Spacers", "Children are shown how", "Children who can do it", "Fewer nights in hospital"),
        ),
        avoided={"ae": (36, 5_400, 5_400), "emergency": (None, None, None)},
        quality="No lesson is missed, and a parent hears the plan.",
        risks=(
            ("Parents do not consent", 3, 3, "The school asks at the parents’ evening"),
            ("School holidays fall in the test", 5, 2, "The weeks are left out, and it is said so"),
        ),
        asked="Parents at two schools, and the school councils.",
        said="They asked for a text on the day before. There is one.",
        plan="Children: fewer emergency attendances.",
        steps=((0, "Agree days with the schools", "CHIN lead"), (1, "First reviews", "Practice nurse")),
    ),
)  # fmt: skip
DUTY_DESK = Words(
    CHIN_4, Topic.URGENT_CARE, "A nurse at the duty desk",
    "By ten in the morning all places of the day are gone, and whoever rings later is sent elsewhere.",
    data="We counted 1,130 calls in a week in five practices. In one of six the caller was sent to an urgent care centre.",
    idea="A nurse at a shared desk takes the calls after ten and books, advises or sends on.",
    population="Everybody who rings one of five practices after ten.", where="At one practice in Colindale.",
    people=900, months=4,
    costs=(
        Cost("Nurse at the desk", "staff", 8_000, (0, 1, 2, 3)),
        Cost("Telephone lines", "it", 1_500, (0, 1, 2, 3)),
    ),
    measures=(Measure("Callers sent elsewhere", "% of calls", "down", "17", "8"),),
    how="From the telephone system of each practice.",
    affects="Deaf people cannot ring. They write, as now, and the desk reads it.",
    long=Long(
        logic=(("A nurse", "A shared desk", "Calls that are answered", "Fewer people at urgent care centres"),),
        avoided={"ae": (220, None, None)},
        quality="An answer in the first call.",
        risks=(("Two telephone systems", 4, 3, "Calls are passed on by hand for the first month"),),
        asked="The patients’ groups of three practices.",
        said="They want to know who answers. The nurse says her name and practice.",
        plan="Urgent care in hours.",
        steps=((0, "Hire", "Managerial lead"), (1, "Open the desk", "Lead nurse")),
    ),
)  # fmt: skip
WOUND_CLINIC = Words(
    CHIN_5, Topic.WOUND_CARE, "Wound clinics in two places",
    "Leg ulcers are dressed at home by district nurses, by practice nurses and in hospital, and heal in eight months.",
    data="Of 310 patients with a leg ulcer, a third had been measured for compression. Between practices it is 9 to 61 "
    "in a hundred. Visits differ threefold.",
    idea="Two clinics a week with everything that an ulcer needs in the first visit: measuring, compression, and a plan.",
    population="Everybody with a leg ulcer in the CHIN who can leave the house with help.",
    where="A clinic at a practice in Golders Green and one in Childs Hill, by nurses of the community provider and of the practices.",
    people=240, months=3,
    costs=(
        Cost("Two tissue viability nurses", "staff", 23_000, (0, 1, 2), recurrent=True),
        Cost("Rooms", "premises", 4_000, (0, 1, 2), recurrent=True),
        Cost("Transport for patients", "other", 5_000, (0, 1, 2)),
        Cost("Doppler machines and couches", "equipment", 36_000, (0,)),
        Cost("Training of practice nurses", "training", 18_000, (1,)),
    ),
    measures=(
        Measure("Measured for compression within two weeks", "% of new patients", "up", "33", "85", "90"),
        Measure("Visits at home by district nurses", "visits a week", "down", "240", "160"),
        Measure("Weeks until healed", "weeks", "down", "34", "20"),
    ),
    how="Counted by the clinics each week; visits by the community provider.",
    affects="Most patients are over 75 and many do not drive. Transport is in the costs, and whoever cannot come is visited as now.",
    shares="The community provider and the practices write in one record, under their data-sharing agreement.",
    full={
        "age": ("Nobody is left out for their age", "Older people get the treatment that heals", "no effect"),
        "disability": ("Whoever cannot leave the house is visited", "Rooms on the ground floor, with hoists",
                       "Patients meet others who have the same"),
        "race": ("Interpreters are booked with the visit", "no effect", "no effect"),
        "sex": ("Patients choose a nurse of their sex", "no effect", "no effect"),
    },
    long=Long(
        logic=(
            ("Two nurses and two rooms", "A whole first visit", "Patients in compression", "Ulcers heal sooner"),
            ("Training", "Practice nurses join the clinic", "Nurses who can measure", "Fewer visits at home"),
        ),
        avoided={"emergency": (18, 45_000, 36_000), "outpatient": (120, 15_600, 12_000), "ae": (None, None, None)},
        quality="Weeks, and not months, with an open wound.",
        risks=(
            ("Nurses cannot be hired", 4, 4, "The provider lends one from another borough for the first month"),
            ("Patients cannot get there", 3, 4, "Transport is booked with the visit"),
            ("Dressings cost more at first", 4, 2, "The pharmacist looks at them each week"),
        ),
        asked="Fourteen patients at home, and the carers’ centre, in the summer.",
        said="They would come if somebody fetched them. Transport was added.",
        plan="Wound care: one way for all practices.",
        steps=(
            (0, "Hire, and buy the machines", "Managerial lead"),
            (0, "First clinic in Golders Green", "Tissue viability nurse"),
            (1, "Second clinic in Childs Hill", "Tissue viability nurse"),
            (2, "Study the first cycle", "CHIN lead"),
        ),
    ),
)  # fmt: skip
FRAILTY_TEAM = Words(
    CHIN_3, Topic.FRAILTY, "One meeting a week for frail patients",
    "Community nurses, social care and practices each visit the same people, and do not know of each other.",
    data="Of 70 people whom two practices looked at, 44 were visited by three services in the same month.",
    idea="A meeting a week of an hour, with one list, and one person who visits.",
    population="People with severe frailty in the CHIN: about 480.", where="By video from each service.",
    people=160, months=3,
    costs=(
        Cost("Coordinator", "staff", 5_600, (0, 1, 2), recurrent=True),
        Cost("Time of the services", "staff", 4_800, (0, 1, 2)),
    ),
    measures=(Measure("People visited by more than one service in a week", "people", "down", "31", "12"),),
    how="By the coordinator, from the three services’ lists.",
    affects="Their carers, most of them women. They are asked whether it helps.",
    shares="Names are shared between three services, under the agreement for direct care.",
    long=Long(
        logic=(("A coordinator", "A meeting a week", "People with one plan", "Fewer visits, fewer admissions"),),
        avoided={"emergency": (22, 55_000, 41_000)},
        quality="One person to ring.",
        risks=(("A service does not come", 3, 4, "The lead rings on the day before"),),
        asked="Twelve carers.", said="They want one number. There is one.",
        plan="Frailty: one plan for each person.",
        steps=((0, "First meeting", "Coordinator"), (2, "Study", "CHIN lead")),
    ),
)  # fmt: skip
HEART_CALLS = Words(
    CHIN_6, Topic.CARDIOLOGY, "Calls after a stay for heart failure",
    "One in four who come home after a stay for heart failure is back within a month.",
    data="Of 58 stays in a year 15 were followed by another within thirty days.",
    idea="A nurse calls on days 2, 7 and 14, and asks for weight, breath and medicines.",
    population="Everybody who comes home after a stay for heart failure.", where="By telephone, by one practice nurse.",
    people=20, months=3,
    costs=(Cost("Nurse, half a day a week", "staff", 3_400, (0, 1, 2)), Cost("Scales to lend", "equipment", 2_200, (0,))),
    measures=(Measure("Back in hospital within thirty days", "% of stays", "down", "26", "15"),),
    how="From letters of the hospital.",
)  # fmt: skip
BLOOD_TESTS = Words(
    CHIN_1, Topic.PAEDIATRIC, "Children’s blood tests after school",
    "Children miss a morning of school for a blood test, and a third of the tests that are asked for never happen.",
    data="We asked for 96 tests in a quarter, and 31 were not done after two months.",
    idea="A nurse who is used to children takes blood on two afternoons a week.",
    population="Children of 4 to 16 with a test asked for.", where="At one practice of the CHIN.",
)  # fmt: skip
CATHETERS = Words(
    CHIN_2, Topic.UROLOGY, "Catheters changed at the surgery",
    "Men who could come to us wait at home for a nurse to change a catheter, and go to hospital when it blocks.",
)  # fmt: skip
PHYSIO = Words(
    CHIN_6, Topic.MUSCULOSKELETAL, "A physiotherapist at the front desk",
    "One visit in five is about backs and joints, and most of them end in a referral to a physiotherapist.",
    data="In one week of October two practices counted 118 visits of 560.",
)  # fmt: skip
LEG_CLUB = Words(
    CHIN_3, Topic.WOUND_CARE, "A leg club in Finchley",
    "People whose ulcers have healed come back with another within the year.",
    data="Of 54 who healed 23 came back. Those who were seen once a month came back half as often.",
    idea="An open afternoon once a week at a community hall: stockings are checked, and people meet each other.",
    population="People whose leg ulcer healed in the last year.", where="A community hall, by two nurses and the charity that keeps it.",
    people=40, months=3,
    costs=(Cost("Two nurses, an afternoon a week", "staff", 4_500, (0, 1, 2)), Cost("Hall and tea", "premises", 1_500, (0, 1, 2))),
    measures=(Measure("People who come", "people a week", "up", "0", "25"),),
    how="Counted at the door.",
    affects="People who live alone gain most. Those who do not go out are called.",
)  # fmt: skip
CARE_HOMES = Words(
    CHIN_2, Topic.FRAILTY, "Medicines reviewed at the care home",
    "People in care homes take eleven medicines on average, and nobody looks at all of them together.",
    data="Of 118 residents of three homes 31 had a review of their medicines in the last year.",
    idea="A pharmacist spends a morning a week in each of three homes, with the home’s nurse and the notes.",
    population="Residents of three homes who take eight medicines or more.", where="At the homes, by one pharmacist.",
    people=90, months=3,
    costs=(Cost("Pharmacist, three mornings a week", "staff", 4_400, (0, 1, 2)), Cost("Laptop", "it", 900, (0,))),
    measures=(
        Measure("Residents reviewed", "% of those who take eight or more", "up", "26", "80"),
        Measure("Medicines stopped or changed", "a review", "up", "", "2"),
    ),
    how="Counted by the pharmacist each Friday.",
    affects="Residents who can’t speak for themselves: a relative or an advocate is asked in.",
    shares="The home’s nurse sees what the practice prescribes, as today.",
)  # fmt: skip
