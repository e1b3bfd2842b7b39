"""What a baseline assessment asks: sections and questions by the version of the set, and what an answer can be.

An answer is kept as JSON: a whole number, WTE as a text with two decimals, the key of a choice, a text, or yes. What is
not stated has no key: it is unknown, which is not 0.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from cc2h.kit import words

Kind = Literal["count", "wte", "choice", "text", "yes"]
Answers = Mapping[str, Any]

ROLES: Mapping[str, str] = {
    "gp": "GPs",
    "registrar": "GPs in training",
    "nurse": "Nurses",
    "pharmacist": "Clinical pharmacists",
    "direct_care": "Other direct patient care",
    "admin": "Management and administration",
}
BANDS: Mapping[str, str] = {
    "under_35": "Under 35",
    "35_44": "35 to 44",
    "45_54": "45 to 54",
    "55_over": "55 and over",
}
NEAR_RETIREMENT = "55_over"
MOST_PEOPLE = 500  # of a role and age band in one practice: more is a slip of the pen
MOST_WTE = Decimal("1.5")  # of one person
WORKFORCE = "workforce"


@dataclass(frozen=True, kw_only=True)
class Question:
    """label: as a table or a file has it, with the role where it is of one. needed: before a section is done."""

    key: str
    label: str
    kind: Kind
    hint: str = ""
    choices: Mapping[str, str] | None = None
    needed: bool = True
    most: int = MOST_PEOPLE
    longest: int = 300

    @property
    def expected(self) -> str:
        """What an answer looks like."""
        if self.kind == "choice":
            return f"one of: {words.listed((self.choices or {}).values(), 'or')}"
        return {
            "count": f"a whole number from 0 to {words.number(self.most)}",
            "wte": "whole-time equivalents of 0.00 or more, like 2.60",
            "text": f"a text of at most {self.longest} characters",
            "yes": "yes, or nothing",
        }[self.kind]

    def read(self, text: str) -> Any:
        """The answer that a text states; None where it states none. Raises ValueError with a sentence."""
        said = " ".join(text.split())
        if not said:
            return None
        if not said.isprintable():
            raise ValueError(f"Found a character that can’t be shown. Expected: {self.expected}.")
        if self.kind == "count":
            if re.fullmatch(r"[0-9]{1,9}", said) and int(said) <= self.most:
                return int(said)
        elif self.kind == "wte":
            # a file gives the binary fraction nearest to what was typed
            if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2}0*)?", said):
                return f"{Decimal(said):.2f}"
        elif self.kind == "choice":
            for key, label in (self.choices or {}).items():
                if said.casefold() in (key.casefold(), label.casefold()):
                    return key
        elif self.kind == "yes":
            if said.casefold() in ("yes", "y", "true", "on"):
                return True
            if said.casefold() in ("no", "n", "false"):
                return None
        elif len(said) <= self.longest:
            return said
        found = said if len(said) <= 40 else f"{said[:40]}…"
        raise ValueError(f"Found “{found}”. Expected: {self.expected}.")

    def written(self, value: Any) -> str:
        """The answer in words; nothing where it is not stated."""
        if value is None:
            return ""
        if self.kind == "choice":
            return str((self.choices or {}).get(value, value))
        return "yes" if value is True else str(value)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the assessment that is saved, delegated and done by itself."""

    key: str
    name: str
    about: str
    questions: Sequence[Question]

    def question(self, key: str) -> Question:
        return next(one for one in self.questions if one.key == key)


def _of_role(role: str, name: str) -> Iterator[Question]:
    yield Question(key=f"{role}_nobody", label=f"{name}: nobody", kind="yes", needed=False)
    for band, years in BANDS.items():
        yield Question(key=f"{role}_{band}_headcount", label=f"{name}, {years.lower()}: headcount", kind="count")
        yield Question(key=f"{role}_{band}_wte", label=f"{name}, {years.lower()}: WTE", kind="wte")
    yield Question(
        key=f"{role}_vacancies", label=f"{name}: vacant posts", kind="count", hint="0 where no post is vacant."
    )
    yield Question(key=f"{role}_vacant_wte", label=f"{name}: vacant WTE", kind="wte", needed=False)


HAS = {"live": "In use", "planned": "Planned", "no": "Not yet"}

_FIRST = (
    Section(
        key="practice",
        name="The practice",
        about="Filled in from the register. Saving says that it is right; what is wrong, correct here, and the office "
        "corrects the register.",
        questions=(
            Question(key="name", label="Name", kind="text"),
            Question(key="address", label="Address", kind="text", longest=500),
            Question(key="list_size", label="Registered list size", kind="count", most=200_000),
            Question(key="federation", label="Federation", kind="text", needed=False),
            Question(key="answered_by", label="Who answers for the practice", kind="text", hint="A post or a name."),
        ),
    ),
    Section(
        key=WORKFORCE,
        name="Workforce",
        about="People employed by or working in the practice on the day you answer. Headcount counts people, WTE their "
        "whole-time equivalent. When the section is done, an age band left empty of a role that has anybody is 0.",
        questions=tuple(one for role, name in ROLES.items() for one in _of_role(role, name)),
    ),
    Section(
        key="estates",
        name="Estates",
        about="The building the practice works from; of several, all of them together.",
        questions=(
            Question(key="rooms", label="Consulting and treatment rooms", kind="count"),
            Question(key="rooms_used", label="Rooms used on a usual weekday", kind="count"),
            Question(
                key="tenure",
                label="Whose the building is",
                kind="choice",
                choices={
                    "owned": "Owned by partners",
                    "nhsps": "Leased from NHS Property Services",
                    "leased": "Leased from another landlord",
                    "mixed": "Several buildings, owned and leased",
                },
            ),
            Question(
                key="lease_years", label="Years left of the lease", kind="count", needed=False, hint="Where it is leased.",
                most=999,
            ),
            Question(
                key="condition",
                label="Condition",
                kind="choice",
                choices={
                    "a": "Excellent, as new",
                    "b": "Sound and operationally safe",
                    "c": "Operational, but needs major repair or replacement soon",
                    "d": "Inoperable, or a serious risk",
                },
            ),
            Question(
                key="access",
                label="Step-free access",
                kind="choice",
                choices={"all": "To every room patients use", "some": "To some rooms", "none": "None"},
            ),
            Question(
                key="spare_rooms", label="Rooms that other services could use", kind="count", hint="0 where there is none."
            ),
            Question(key="spare_when", label="When they are free", kind="text", needed=False),
        ),
    ),
    Section(
        key="digital",
        name="Digital",
        about="What the practice works with, and what its patients can use.",
        questions=(
            Question(
                key="system",
                label="Clinical system",
                kind="choice",
                choices={"emis": "EMIS Web", "systmone": "SystmOne", "vision": "Vision", "other": "Another system"},
            ),
            Question(key="online", label="Online consultation", kind="choice", choices=HAS),
            Question(key="video", label="Video consultation", kind="choice", choices=HAS),
            Question(
                key="wifi",
                label="Wi-Fi",
                kind="choice",
                choices={"both": "For patients and staff", "staff": "For staff only", "none": "None"},
            ),
            Question(
                key="sharing",
                label="Sharing of records with the other practices of the CHIN",
                kind="choice",
                choices={"full": "Full record", "summary": "A part or a summary", "none": "None"},
            ),
            Question(key="digital_note", label="What stands in the way", kind="text", needed=False, longest=500),
        ),
    ),
)  # fmt: skip

QUESTION_SETS: Mapping[int, Sequence[Section]] = {1: _FIRST}
NEWEST_SET = max(QUESTION_SETS)
SECTIONS: Mapping[str, str] = {one.key: one.name for one in _FIRST}
Problem = tuple[str, str]  # the question's key, and a sentence


@cache
def section_of(version: int, key: str) -> Section | None:
    """A section of a version of the questions; None where it has none of that key."""
    return next((one for one in QUESTION_SETS[version] if one.key == key), None)


def problems_of(section: Section, answers: Answers) -> list[Problem]:
    """What answers say that can't be, whether or not the section is done."""
    if section.key == WORKFORCE:
        return [problem for role in ROLES for problem in _impossible(role, answers)]
    if section.key == "estates":
        return [
            (key, f"{words.number(answers[key])} of {words.plural(answers['rooms'], 'room')}. Expected: not more than there are.")
            for key in ("rooms_used", "spare_rooms")
            if key in answers and "rooms" in answers and answers[key] > answers["rooms"]
        ]  # fmt: skip
    return []


def _impossible(role: str, answers: Answers) -> Iterator[Problem]:
    for band in BANDS:
        heads, wte = answers.get(f"{role}_{band}_headcount"), answers.get(f"{role}_{band}_wte")
        if answers.get(f"{role}_nobody") and (heads or Decimal(wte or 0)):
            yield (
                f"{role}_nobody",
                f"“Nobody” is ticked, and {BANDS[band].lower()} says somebody. Expected: one of the two.",
            )
        if heads is not None and wte is not None and Decimal(wte) > heads * MOST_WTE:
            told = f"{wte} WTE of {words.plural(heads, 'person', 'people')}"
            yield f"{role}_{band}_wte", f"Found {told}. Expected: at most {MOST_WTE} of each."


def completed(section: Section, answers: Answers) -> tuple[dict[str, Any], list[Problem]]:
    """The answers of a section that is said to be done, and what they still lack."""
    full, lacking = dict(answers), list[Problem]()
    if section.key == WORKFORCE:
        for role in ROLES:
            lacking += _complete(role, full)
    lacking += [
        (one.key, f"{one.label}: not stated. Expected: {one.expected}.")
        for one in section.questions
        if one.needed and one.key not in full and not (section.key == WORKFORCE and _of_a_band(one))
    ]
    return full, lacking


def _of_a_band(question: Question) -> bool:
    return question.key.endswith("_headcount") or (question.kind == "wte" and question.needed)


def _complete(role: str, full: dict[str, Any]) -> Iterator[Problem]:
    """Nobody, or an age band without either number where another has one, is 0; half a pair is a problem."""
    pairs = [(f"{role}_{band}_headcount", f"{role}_{band}_wte") for band in BANDS]
    if not full.get(f"{role}_nobody") and not any(key in full for pair in pairs for key in pair):
        yield pairs[0][0], f"{ROLES[role]}: not stated. Expected: how many there are, or “nobody”."
        return
    for heads, wte in pairs:
        if (heads in full) != (wte in full):
            lacks, has = (wte, "headcount") if heads in full else (heads, "WTE")
            yield lacks, f"Not stated, although the {has} is. Expected: both, or neither where there is nobody."
        else:
            full.setdefault(heads, 0)
            full.setdefault(wte, "0.00")


@dataclass(frozen=True)
class Staff:
    """What a finished section says of one role."""

    role: str
    headcount: int
    wte: Decimal
    aged_55: int
    vacancies: int
    vacant_wte: Decimal | None


def staff_of(answers: Answers) -> list[Staff]:
    """The numbers of a finished workforce section, by role."""
    found = []
    for role in ROLES:
        vacant = answers.get(f"{role}_vacant_wte")
        found.append(
            Staff(
                role=role,
                headcount=sum(answers[f"{role}_{band}_headcount"] for band in BANDS),
                wte=sum((Decimal(answers[f"{role}_{band}_wte"]) for band in BANDS), Decimal()),
                aged_55=answers[f"{role}_{NEAR_RETIREMENT}_headcount"],
                vacancies=answers[f"{role}_vacancies"],
                vacant_wte=None if vacant is None else Decimal(vacant),
            )
        )
    return found
