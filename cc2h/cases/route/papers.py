"""The PDF of what was said of a case: the outcome with its reasons, and the case as it was submitted, word for word."""

from cc2h.cases import papers
from cc2h.cases.papers import Contents, contents_of
from cc2h.cases.route import wording
from cc2h.cases.route.models import Outcome
from cc2h.cases.route.outcomes import Part
from cc2h.cases.sections import BY_KEY
from cc2h.kit import words

KIND = "outcome"


def leave(outcome: Outcome) -> None:
    """Have the paper of a decision made, in the caller's transaction."""
    if outcome.turn.stage.part == Part.DECIDE:
        papers.leave(f"{KIND}:{outcome.pk}")


def contents(pk: int) -> Contents | None:
    """What the paper of an outcome says."""
    outcome = (
        Outcome.objects.filter(pk=pk)
        .select_related("by", "turn__stage", "turn__body", "turn__passage__submission__case")
        .prefetch_related("conditions")
        .first()
    )
    if outcome is None:
        return None
    submission = outcome.turn.passage.submission
    case, written = submission.case, contents_of(submission)
    facts = [
        ("Outcome", f"{outcome.get_said_display()}, {words.day(outcome.day)}"),
        ("Decided by", str(outcome.turn.body or outcome.post or outcome.by or "not known")),
        ("Reasons", outcome.reasons),
    ]
    facts += [
        ("Condition", f"{one.text}{f', by {words.day(one.due_on)}' if one.due_on else ''}")
        for one in outcome.conditions.all()
    ]
    if outcome.sections:
        facts.append(("More asked of", words.listed(BY_KEY[key].title for key in outcome.sections if key in BY_KEY)))
    if outcome.until:
        facts.append(("Deferred until", words.day(outcome.until)))
    return Contents(
        case=case,
        title=f"{outcome.turn.stage.name}: {wording.done(outcome.said)}",
        subtitle=f"{case.number} {written.title}",
        author=written.author,
        day=outcome.day,
        facts=[*facts, *written.facts],
        sections=written.sections,
        note=written.note,
        file_name=f"decision-{case.number}-{outcome.pk}.pdf",
    )


def register() -> None:
    papers.provide(KIND, contents)
