"""What a business case is asked, as data: sections, their fields, and which form asks them.

A field is kept by its key, a row by its id; both never change their meaning, so that what was submitted can be read for ever.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cc2h.cases import kinds
from cc2h.cases.kinds import Kind

Answers = Mapping[str, Any]
SHORT, LONG = "short", "long"
LENGTHS = {SHORT: "Short form", LONG: "Long form"}
YES_NO = (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure yet"))


@dataclass(frozen=True, slots=True)
class Field:
    """needed: a case is not submitted without it. choices: of a choice. columns, fixed, most: of rows.

    fixed: the ids and names of rows that are there and can't be added to. blank: how many empty rows are offered where there is none.
    """

    key: str
    label: str
    kind: Kind = kinds.TEXT
    help: str = ""
    needed: bool = False
    choices: Sequence[tuple[str, str]] = ()
    columns: Sequence["Field"] = ()
    fixed: Sequence[tuple[str, str]] = ()
    most: int = 60
    blank: int = 3
    noun: str = "row"
    leads_to: str = ""  # the list that the rows of a logic model lead to

    def say(self, kept: str) -> str:
        """What is kept, in words; a dash where nothing is."""
        if kept in (None, ""):
            return "not known" if self.kind.numeric else "–"
        return dict(self.choices).get(kept, kept) if self.choices else self.kind.say(kept)

    def column(self, key: str) -> "Field":
        return next(one for one in self.columns if one.key == key)


@dataclass(frozen=True, slots=True)
class Section:
    """long: only the long form asks it. when: asked where the other answers say so, of either form."""

    key: str
    title: str
    help: str
    fields: Sequence[Field]
    long: bool = False
    when: Callable[[Mapping[str, Answers]], bool] | None = None

    def field(self, key: str) -> Field:
        return next(one for one in self.fields if one.key == key)


COST_TYPES = (
    ("staff", "Staff"), ("premises", "Premises"), ("equipment", "Equipment"), ("training", "Training"),
    ("it", "IT"), ("other", "Other"),
)  # fmt: skip
DIRECTIONS = (("up", "Up"), ("down", "Down"), ("same", "Stay the same"))
SCORES = tuple((str(n), str(n)) for n in range(1, 6))
POINTS_OF_DELIVERY = (
    ("ae", "A&E attendances"), ("emergency", "Emergency admissions"), ("elective", "Elective admissions"),
    ("outpatient", "Outpatient appointments"),
)  # fmt: skip
CHARACTERISTICS = (
    ("age", "Age"), ("disability", "Disability"), ("gender_reassignment", "Gender reassignment"),
    ("marriage", "Marriage and civil partnership"), ("pregnancy", "Pregnancy and maternity"), ("race", "Race"),
    ("religion", "Religion or belief"), ("sex", "Sex"), ("orientation", "Sexual orientation"),
)  # fmt: skip
ONLY_FIRST_LIMB = "marriage"  # the Act has it under the first limb alone
LOGIC = (("inputs", "Input"), ("activities", "Activity"), ("outputs", "Output"), ("outcomes", "Outcome"))


def wants_full_equality(answers: Mapping[str, Answers]) -> bool:
    return answers.get("equality", {}).get("full") == "yes"


def _logic(place: int) -> Field:
    key, noun = LOGIC[place]
    columns = [Field("what", noun, kinds.LINE_KIND)]
    following = LOGIC[place + 1] if place + 1 < len(LOGIC) else None
    if following:
        columns.append(Field("leads", f"Leads to {following[1].lower()} number", kinds.LINKS, help="For example: 1, 3"))
    helps = ("What goes in: people, rooms, money, data.", "What is done with it.", "What comes out of that, to be counted.", "What is different for patients.")  # fmt: skip
    return Field(
        key, f"{key.capitalize()}", kinds.ROWS, help=helps[place], needed=True, columns=tuple(columns), most=20,
        noun=noun.lower(), leads_to=following[0] if following else "",
    )  # fmt: skip


SECTIONS: tuple[Section, ...] = (
    Section(
        "problem",
        "The problem and its data",
        "What goes wrong now, for whom, and how you know.",
        (
            Field("problem", "What is the problem?", needed=True, help="For whom, where, and since when."),
            Field(
                "data", "What do the data show?", needed=True,
                help="Say how the practices of your CHIN differ from each other and from others, and since when.",
            ),
            Field("figures", "Figures of the portal", kinds.FIGURES),
        ),
    ),
    Section(
        "idea",
        "The idea, and who it is for",
        "What you would do instead, where, and with whom.",
        (
            Field("idea", "What will you try?", needed=True),
            Field("population", "Who is it for?", needed=True, help="Which patients, and how they are found."),
            Field("people", "How many patients in the test?", kinds.WHOLE, help="Leave it empty if you don’t know yet."),
            Field("where", "Where, and who does it?", needed=True),
        ),
    ),
    Section(
        "costs",
        "What it costs",
        "What you ask for, and what it is spent on month by month. The rows must add up to what you ask for.",
        (
            Field("asked", "How much do you ask for?", kinds.POUNDS, needed=True, help="To the penny, like 9600.00."),
            Field("first", "First month of the test", kinds.MONTH, needed=True),
            Field("last", "Last month of the test", kinds.MONTH, needed=True),
            Field(
                "rows", "Costs", kinds.ROWS, needed=True, most=200, noun="cost",
                columns=(
                    Field("what", "What for", kinds.LINE_KIND, needed=True),
                    Field("month", "Month", kinds.MONTH, needed=True),
                    Field("type", "Type", kinds.CHOICE, needed=True, choices=COST_TYPES),
                    Field("recurrent", "Recurrent?", kinds.CHOICE, needed=True, choices=YES_NO[:2]),
                    Field("amount", "Amount", kinds.POUNDS, needed=True),
                ),
            ),
        ),
    ),
    Section(
        "predict",
        "What we predict",
        "What you will measure, where it stands now, and the number you expect. The cycle is studied against it.",
        (
            Field(
                "measures", "Measures", kinds.ROWS, needed=True, most=12, blank=1, noun="measure",
                columns=(
                    Field("library", "From the library", kinds.MEASURE, help="What it says of the measure is filled in."),
                    Field("name", "Measure", kinds.LINE_KIND, needed=True),
                    Field("unit", "Unit", kinds.LINE_KIND, needed=True, help="For example: visits a week, or %"),
                    Field("direction", "Which way is better", kinds.CHOICE, needed=True, choices=DIRECTIONS),
                    Field("baseline", "Now", kinds.NUMBER, help="Empty: not known"),
                    Field("prediction", "We predict", kinds.NUMBER, needed=True),
                    Field("target", "Target", kinds.NUMBER, help="Empty: none set"),
                    Field("by", "By", kinds.DAY, needed=True),
                ),
            ),
            Field("how", "Where will the numbers come from?", needed=True, help="Which system or count, and who keeps it."),
        ),
    ),
    Section(
        "equality",
        "Equality screening",
        "Whether anybody could be treated worse, or left out.",
        (
            Field("affects", "Could it affect people differently by a protected characteristic?", kinds.CHOICE, needed=True, choices=YES_NO),
            Field("who", "Who, and how?", help="Also how you would notice, and what you do about it."),
            Field("full", "Does it need the full equality assessment?", kinds.CHOICE, needed=True, choices=YES_NO),
        ),
    ),
    Section(
        "ig",
        "Information governance screening",
        "What happens with what is known of patients.",
        (
            Field("personal", "Is personal information used beyond the care of that patient?", kinds.CHOICE, needed=True, choices=YES_NO),
            Field("shared", "Is it shared with anybody who does not have it today?", kinds.CHOICE, needed=True, choices=YES_NO),
            Field("new_system", "Is a new system or supplier used?", kinds.CHOICE, needed=True, choices=YES_NO),
            Field("how", "What is done to keep it safe?", help="Name the agreement or the assessment, where there is one."),
        ),
    ),
    Section(
        "equality-full",
        "Full equality assessment",
        "For each protected characteristic, under the three limbs of the duty. Write “no effect” where there is none.",
        (
            Field(
                "limbs", "The three limbs of the duty", kinds.ROWS, needed=True, noun="characteristic", fixed=CHARACTERISTICS,
                columns=(
                    Field("eliminate", "Eliminate discrimination", kinds.TEXT, needed=True),
                    Field("advance", "Advance equality of opportunity", kinds.TEXT, needed=True),
                    Field("foster", "Foster good relations", kinds.TEXT, needed=True),
                ),
            ),
        ),
        when=wants_full_equality,
    ),
    Section(
        "logic",
        "Logic model",
        "What goes in, what is done with it, what comes out, and what becomes different. Number by number, say what leads to what.",
        tuple(_logic(place) for place in range(len(LOGIC))),
        long=True,
    ),
    Section(
        "benefits",
        "Benefits",
        "Activity avoided in a year and what it saves. Leave a cell empty where it is not known: unknown is not nothing.",
        (
            Field(
                "delivery", "By point of delivery", kinds.ROWS, noun="point of delivery", fixed=POINTS_OF_DELIVERY,
                columns=(
                    Field("activity", "Activity avoided", kinds.WHOLE),
                    Field("gross", "Saved, gross", kinds.POUNDS),
                    Field("net", "Saved, net", kinds.POUNDS),
                ),
            ),
            Field("quality", "What becomes better for patients?", needed=True),
        ),
        long=True,
    ),
    Section(
        "risks",
        "Risks",
        "What could go wrong, how likely and how bad that would be (1 to 5 each), and what you do about it.",
        (
            Field(
                "risks", "Risks", kinds.ROWS, needed=True, most=20, blank=1, noun="risk",
                columns=(
                    Field("what", "Risk", kinds.LINE_KIND, needed=True),
                    Field("likelihood", "Likelihood", kinds.CHOICE, needed=True, choices=SCORES),
                    Field("impact", "Impact", kinds.CHOICE, needed=True, choices=SCORES),
                    Field("mitigation", "What is done about it", kinds.LINE_KIND, needed=True),
                ),
            ),
        ),
        long=True,
    ),
    Section(
        "involvement",
        "Public involvement",
        "Whom you asked, and what they changed.",
        (
            Field("who", "Who was asked, when and how?", needed=True),
            Field("said", "What did they say, and what did you change?", needed=True),
        ),
        long=True,
    ),
    Section(
        "plan",
        "The CHIN’s operating plan",
        "Where this stands in the operating plan of your CHIN.",
        (
            Field("file", "Which of your CHIN’s files is it?", kinds.FILE, help="Attach it on the page of your CHIN, and it is offered here."),
            Field("where", "Where else is it?", kinds.LINE_KIND, help="An address, where it is no file of your CHIN."),
            Field("part", "Which part of it does this serve?", needed=True),
        ),
        long=True,
    ),
    Section(
        "delivery",
        "Delivery plan",
        "What is done in which month, and by whom.",
        (
            Field(
                "steps", "Steps", kinds.ROWS, needed=True, most=60, noun="step",
                columns=(
                    Field("month", "Month", kinds.MONTH, needed=True),
                    Field("what", "What is done", kinds.LINE_KIND, needed=True),
                    Field("who", "By whom", kinds.LINE_KIND, needed=True),
                ),
            ),
        ),
        long=True,
    ),
)  # fmt: skip

BY_KEY: dict[str, Section] = {section.key: section for section in SECTIONS}


def asked_of(length: str, answers: Mapping[str, Answers]) -> list[Section]:
    """The sections that a form of this length asks, with what the answers themselves ask for."""
    return [
        one
        for one in SECTIONS
        if (one.when is not None and one.when(answers)) or (one.when is None and (not one.long or length == LONG))
    ]
