"""A practice's assessment as a workbook: a sheet for each section, filled in as far as known, and read back."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

from budget.baseline.questions import Question, Section
from cc2h.kit.exports import as_typed, neutral
from cc2h.kit.imports.files import Contents, Rejected, opened, trimmed

README = "Read me"
HEADINGS = ("Reference", "Question", "Answer", "Expected", "Where the answer is from")
ANSWER = HEADINGS.index("Answer")
DONE = Question(
    key="done", label="This section is done", kind="choice", choices={"yes": "yes", "no": "no"}, needed=False
)
MOST_PROBLEMS = 50
INTRODUCTION = (
    "Answer in the column “Answer” of each sheet, save the file as .xlsx, and bring it back on the practice’s page.",
    "The portal then shows what it would change before anything is changed.",
    "An empty cell says nothing: it takes no answer away. What is not known stays empty; 0 means that there is none.",
    "Say “yes” at the end of a sheet when that section is done.",
)
FOR_PRACTICE, FOR_ROUND = "Practice", "Round"


@dataclass(frozen=True)
class Sheet:
    """A section with its answers. source: where they come from, in words."""

    section: Section
    answers: Mapping[str, Any]
    done: bool
    source: str


def write(practice: str, assessment: str, titles: Mapping[str, str], sheets: Sequence[Sheet]) -> IO[bytes]:
    """The workbook, open at its start. practice: its ODS code. assessment: the round's name in addresses."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
    looks = {
        "heading": book.add_format({"bold": True, "bg_color": "#E8EDEE", "bottom": 1}),
        "bold": book.add_format({"bold": True}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "answer": book.add_format({"bg_color": "#FFFBE6", "border": 1, "border_color": "#AEB7BD", "text_wrap": True}),
        "quiet": book.add_format({"font_color": "#4C6272", "valign": "top"}),
    }
    page = book.add_worksheet(README)
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 90, looks["wrapped"])
    facts = {FOR_PRACTICE: practice, FOR_ROUND: assessment, **titles}
    for line, (name, value) in enumerate(facts.items()):
        page.write_string(line, 0, name, looks["bold"])
        page.write_string(line, 1, str(neutral(value)))
    for line, sentence in enumerate(INTRODUCTION, len(facts) + 1):
        page.write_string(line, 1, sentence)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.section.name), sheet, looks)
    book.close()
    file.seek(0)
    return file


def _write_sheet(page: Any, sheet: Sheet, looks: Mapping[str, Any]) -> None:
    for column, (name, width) in enumerate(zip(HEADINGS, (26, 58, 34, 58, 34), strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, name, looks["heading"])
    page.freeze_panes(1, 0)
    answers = {**sheet.answers, DONE.key: "yes" if sheet.done else "no"}
    for line, question in enumerate((*sheet.section.questions, DONE), 1):
        page.write_string(line, 0, question.key, looks["quiet"])
        page.write_string(line, 1, question.label, looks["wrapped"])
        value = answers.get(question.key)
        if value is None:
            page.write_blank(line, ANSWER, None, looks["answer"])
        elif question.kind in ("count", "wte"):
            page.write_number(line, ANSWER, float(value), looks["answer"])
        else:
            page.write_string(line, ANSWER, str(neutral(question.written(value))), looks["answer"])
        page.write_string(line, 3, question.expected, looks["quiet"])
        if value is not None and question is not DONE:
            page.write_string(line, 4, sheet.source, looks["quiet"])
        if validation := _validation(question):
            page.data_validation(line, ANSWER, line, ANSWER, validation)


def _validation(question: Question) -> dict[str, Any]:
    told = {"error_title": "Not an answer", "error_message": f"Expected: {question.expected}."[:255]}
    if question.kind == "count":
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": question.most, **told}
    if question.kind == "wte":
        return {"validate": "decimal", "criteria": ">=", "value": 0, **told}
    if question.kind == "yes":
        return {"validate": "list", "source": ["yes"], **told}
    if question.kind == "choice":
        source = [*(question.choices or {}).values()]
        # a list that names commas, or is long, can't stand in the cell's rule
        if any("," in one for one in source) or len(",".join(source)) > 255:
            return {}
        return {"validate": "list", "source": source, **told}
    return {"validate": "length", "criteria": "<=", "value": question.longest, **told}


def read(
    data: bytes, name: str, practice: str, assessment: str, sections: Sequence[Section]
) -> tuple[dict[str, Any], list[str]]:
    """By section its answers and whether it is done (None: it says neither); and what is wrong, each with its place."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    try:
        with opened(io.BufferedReader(io.BytesIO(data)), name) as contents:
            if "" in contents.sheets:
                raise Rejected("The file is no Excel workbook. Expected: the .xlsx taken from the practice’s page.")
            problems += _for_another(contents, practice, assessment)
            names = {section.name.casefold(): section for section in sections}
            for sheet, rows in contents.sheets.items():
                section = names.get(trimmed(sheet).casefold())
                if section is not None:
                    found[section.key], wrong = _read_sheet(section, sheet, rows)
                    problems += wrong
                elif trimmed(sheet).casefold() != README.casefold():
                    expected = ", ".join(one.name for one in sections)
                    problems.append(f"Sheet “{sheet}”: no section has this name. Expected: {expected}.")
    except Rejected as rejected:
        problems.append(str(rejected))
    if not found and not problems:
        problems.append(f"The workbook has none of the sheets {', '.join(one.name for one in sections)}.")
    return found, problems


def _for_another(contents: Contents, practice: str, assessment: str) -> list[str]:
    """A workbook of another practice or round is refused, as its answers would be put in the wrong place."""
    if README not in contents.head.sheets:
        return [f"The sheet “{README}” is missing, which says whose workbook it is. Take the workbook from this page."]
    said = {row[0]: row[1] for row in contents.head.sheets[README] if len(row) > 1 and row[0]}
    expected = {FOR_PRACTICE: practice, FOR_ROUND: assessment}
    return [
        f"{README}, {name}: found “{said.get(name, '')}”. Expected: {value}, as the workbook is brought on its page."
        for name, value in expected.items()
        if said.get(name, "") != value
    ]


def _read_sheet(section: Section, sheet: str, rows: Any) -> tuple[dict[str, Any], list[str]]:
    questions = {question.key: question for question in (*section.questions, DONE)}
    answers: dict[str, Any] = {}
    problems: list[str] = []
    for line, cells in rows:
        key = trimmed(cells[0]) if cells else ""
        if not key and not (len(cells) > ANSWER and cells[ANSWER].strip()):
            continue
        if line == 1 and key == HEADINGS[0]:
            continue
        question = questions.pop(key, None)
        if question is None:
            told = "stands in an earlier row too" if key in answers or key in _keys(section) else "is no question"
            problems.append(
                f"{sheet}, row {line}, column A ({HEADINGS[0]}): “{key}” {told}. Expected: each reference once."
            )
            continue
        text = as_typed(cells[ANSWER]) if len(cells) > ANSWER else ""
        try:
            value = question.read(text)
        except ValueError as wrong:
            problems.append(f"{sheet}, row {line}, column C ({HEADINGS[ANSWER]}), {question.label}: {wrong}")
            continue
        if value is not None:
            answers[key] = value
    done = answers.pop(DONE.key, None)
    return {"answers": answers, "done": None if done is None else done == "yes"}, problems


def _keys(section: Section) -> set[str]:
    return {DONE.key, *(question.key for question in section.questions)}
