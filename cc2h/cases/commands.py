"""The acts of the command `case` that are of cases themselves: the list, one of them, its paper."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from cc2h.cases import drafting, hooks, papers
from cc2h.cases.documents import said as in_words
from cc2h.cases.models import Case, Submission
from cc2h.cases.sections import BY_KEY
from cc2h.cases.stages import BY_KEY as STAGES
from cc2h.cases.states import CaseState
from cc2h.cases.submitting import length_of, what_lacks
from cc2h.cases.terminal import Act, Answer, provide
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import NotADay, parse_day

REFUSED, WRONG_USE = 1, 2
Do = Callable[[Mapping[str, Any]], tuple[str, Any]]


def _takes_nothing(parser: Any) -> None:
    """No argument of its own."""


def act(name: str, help: str, arguments: Callable[[Any], None] = _takes_nothing) -> Callable[[Do], Do]:
    """Register what `case NAME` does: called with its options, which have `today`, and answers words and JSON."""

    def register(do: Do) -> Do:
        def answer(given: Mapping[str, Any], today: date) -> Answer:
            text, said = do({**given, "today": today})
            return Answer(said, text)

        provide(Act(name, help, arguments, answer))
        return do

    return register


def by_number(number: str) -> Case:
    """The case of that number. Raises CommandError where there is none."""
    found: Case | None = Case.objects.select_related("chin", "commissioner").filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no case “{number[:40]}”. A number is like 2018-014.", returncode=REFUSED)
    return found


def numbered(parser: CommandParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="like 2018-014")


def _day(text: str, today: date) -> date:
    try:
        return parse_day(text) if text else today
    except NotADay as wrong:
        raise CommandError(str(wrong), returncode=WRONG_USE) from None


# Listing ----------------------------------------------------------------------------------------------


def _of_list(parser: CommandParser) -> None:
    parser.add_argument("--chin", default="", metavar="SLUG", help="only of this CHIN")
    parser.add_argument("--status", default="", metavar="STATE", help=f"only these: {', '.join(CaseState.values)}")
    parser.add_argument("--stage", default="", metavar="STAGE", help=f"only these: {', '.join(STAGES)}")
    parser.add_argument("--as-at", default="", metavar="DAY", help="as they were on the day (default: today)")


@act("list", "business cases, the newest first", _of_list)
def listed(options: Mapping[str, Any]) -> tuple[str, Any]:
    """Every case as at the day."""
    day = _day(options["as_at"], options["today"])
    found: QuerySet[Any] = Case.objects.as_at(AsAt(day, None, options["today"])).select_related("chin", "commissioner")
    if options["chin"]:
        found = found.filter(chin__slug=options["chin"])
    statuses: dict[str, tuple[str, ...]] = {state: (state,) for state in CaseState.values}
    stages: dict[str, tuple[str, ...]] = {key: stage.states for key, stage in STAGES.items()}
    for name, known in (("status", statuses), ("stage", stages)):
        if asked := options[name]:
            if asked not in known:
                raise CommandError(f"“{asked[:40]}” is no {name}. There are: {', '.join(known)}.", returncode=WRONG_USE)
            found = found.filter(state_on__in=known[asked])
    rows = [_row(case) for case in found.order_by("-number")]
    lines = [
        f"{row['number']}  {row['status']:<10} {row['chin']:<24} {_sum(row['asked']):>14}  {row['title']}"
        for row in rows
    ]
    return "\n".join([*lines, f"{words.plural(len(rows), 'case')}."]), rows


def _sum(asked: str | None) -> str:
    return words.pounds(asked, 2) if asked else "not stated"


def _row(case: Any) -> dict[str, Any]:
    asked = getattr(case, "asked_on", case.asked)
    return {
        "number": case.number,
        "title": case.title,
        "chin": case.chin.slug,
        "chin_name": case.chin.name,
        "commissioner": case.commissioner.ods_code,
        "topic": case.topic,
        "outside": case.excluded,
        "status": getattr(case, "state_on", case.state),
        "since": getattr(case, "since_on", case.since).isoformat(),
        "days": getattr(case, "days", None),
        "asked": None if asked is None else f"{asked:.2f}",
    }


# One of them ------------------------------------------------------------------------------------------


@act("show", "a case: what is written, what lacks, what was submitted, what happened", numbered)
def shown(options: Mapping[str, Any]) -> tuple[str, Any]:
    """A case as it is today."""
    case, today = by_number(options["number"]), options["today"]
    found = Case.objects.as_at(AsAt(today, None, today)).select_related("chin", "commissioner").get(pk=case.pk)
    answers = drafting.answers_of(case)
    lacks = what_lacks(case, answers, today) if case.state in drafting.WRITABLE else []
    steps = list(case.steps.select_related("by").order_by("pk"))
    data = {
        **_row(found),
        "problem": case.problem,
        "form": length_of(case, answers, today),
        "who_decides": hooks.who_decides(case, case.asked, today),
        "answers": answers,
        "lacks": [{"section": one.section, "text": one.text} for one in lacks],
        "submissions": [
            {
                "submission": one.number,
                "purpose": one.purpose,
                "day": one.day.isoformat(),
                "asked": f"{one.asked:.2f}",
                "form": one.length,
                "sha256": one.sha256,
            }
            for one in case.submissions.defer("document").order_by("number")
        ],
        "steps": [
            {
                "event": one.event,
                "before": one.before,
                "after": one.after,
                "day": one.day.isoformat(),
                "by": one.by.email if one.by else None,
                "reason": one.reason,
            }
            for one in steps
        ],
    }
    lines = [f"{case.number} {case.title}", f"{case.chin.name}, {case.get_state_display().lower()} since {case.since}"]
    lines.append(f"Asks for: {_sum(data['asked'])}")
    for key, own in answers.items():
        lines += ["", BY_KEY[key].title]
        lines += [f"  {part['label']}: {part['text']}" for part in in_words(BY_KEY[key], own) if part["kind"] == "text"]
    if lacks:
        lines += ["", "Lacks:", *(f"  {BY_KEY[one.section].title}: {one.text}" for one in lacks)]
    lines += ["", "What happened:", *(f"  {one.day} {one.get_event_display()}" for one in steps)]
    return "\n".join(lines), data


# Its paper --------------------------------------------------------------------------------------------


def _of_pdf(parser: CommandParser) -> None:
    numbered(parser)
    parser.add_argument("--submission", type=int, metavar="N", help="which submission (default: the last)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where it goes (default: its own name, here)")


@act("pdf", "the paper of a submission, as it was frozen", _of_pdf)
def as_pdf(options: Mapping[str, Any]) -> tuple[str, Any]:
    """Write the paper of a submission to a file."""
    case = by_number(options["number"])
    sent = case.submissions.order_by("-number")
    if options["submission"] is not None:
        sent = sent.filter(number=options["submission"])
    submission: Submission | None = sent.first()
    if submission is None:
        raise CommandError(f"{case} has no such submission.", returncode=REFUSED)
    contents = papers.contents_of(submission)
    pdf = papers.as_pdf(contents)
    path = options["output"] or Path(contents.file_name)
    try:
        path.write_bytes(pdf)
    except OSError as wrong:
        raise CommandError(f"{path} can’t be written: {wrong.strerror}.", returncode=REFUSED) from None
    said = {"file": str(path), "bytes": len(pdf), "submission": submission.number, "sha256": submission.sha256}
    return f"{path}: {words.size(len(pdf))}.", said
