"""What can't wait for the morning: who wrote a case is told at once when it comes back, is deferred or decided."""

from django.urls import reverse

from cc2h.accounts import mail
from cc2h.cases.models import Author
from cc2h.cases.route import wording
from cc2h.cases.route.models import Outcome
from cc2h.cases.route.outcomes import APPROVING, RULES, Said, TurnState
from cc2h.cases.sections import BY_KEY
from cc2h.cases.states import CaseState
from cc2h.kit import words


def heard(outcome: Outcome) -> None:
    """In the caller's transaction, one mail to each of them; nothing where the case only goes on."""
    case, said = outcome.turn.case, Said(outcome.said)
    ends = RULES[said].after == TurnState.ENDED or said == Said.DEFERRED
    if not ends and not (said in APPROVING and case.state in (CaseState.APPROVED, CaseState.SCALED)):
        return
    submission = outcome.turn.passage.submission
    people = {case.put_forward_by_id, submission.by_id}
    people |= {*Author.objects.filter(case=case, left_on=None).values_list("person", flat=True)}
    told = {person for person in people if person is not None and person != outcome.by_id}
    lines = [f"{outcome.turn.stage}: {wording.done(said)}, on {words.day(outcome.day)}.", "", outcome.reasons]
    if outcome.sections:
        lines += ["", f"More is asked of: {words.listed(BY_KEY[key].title for key in outcome.sections)}."]
    if outcome.until:
        lines += ["", f"It is deferred until {words.day(outcome.until)}."]
    for condition in outcome.conditions.all():
        lines += ["", f"Condition: {condition.text}"]
    mail.tell(told, f"{case}: {wording.done(said)}", lines, reverse("route:way", args=[case.number]))
