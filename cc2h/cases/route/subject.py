"""Business cases as bodies meet them: what waits, what may be said of it, who is conflicted, and hearing what was decided."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.cases.models import Case
from cc2h.cases.route import conflicts, outcomes, services
from cc2h.cases.route.models import Turn
from cc2h.cases.route.outcomes import BINDING, TASKS, VOTED, Part, Said
from cc2h.cases.route.queries import sections_of
from cc2h.governance.decisions.models import Decision
from cc2h.governance.models import Body, Meeting, MeetingState, Task
from cc2h.governance.subjects import Decided, Possible, Waiting, provide

COMING = (MeetingState.PLANNED, MeetingState.PAPERS_OUT)


class Cases:
    kind = "case"

    def waiting(self, body: Body, day: date) -> Sequence[Waiting]:
        turns = Turn.objects.waiting(day).filter(body=body).whole()
        return [
            Waiting(
                kind=self.kind,
                key=turn.case.number,
                title=str(turn.case),
                task=TASKS[Part(turn.stage.part)],
                since=turn.opened_on,
                target=turn.target_on,
            )
            for turn in turns.order_by("opened_on", "pk")
        ]

    def outcomes(self, key: str, body: Body, task: Task, day: date) -> Sequence[Possible]:
        turn = self._turn(key, body, task)
        if turn is None:
            return []
        return [
            Possible(
                key=said.value,
                label=str(said.label),
                voted=said in VOTED,
                needs_conditions=said == Said.CONDITIONS,
                needs_sections=said == Said.ASKED,
            )
            for said in outcomes.own(turn.stage.part)
        ]

    def sections(self, key: str) -> Sequence[tuple[str, str]]:
        case = Case.objects.filter(number=key).first()
        return sections_of(case) if case is not None else []

    def sum_asked(self, key: str) -> Decimal | None:
        """What the last body of its route decides on; None while another decides after the one that is asked now."""
        turn = Turn.objects.filter(
            passage__submission__case__number=key, state="open", stage__part=Part.DECIDE, body__isnull=False
        ).first()
        if turn is None:
            return None
        submission = turn.passage.submission
        later = turn.passage.route.stages.on_the_way(submission.asked, submission.purpose).filter(
            part=Part.DECIDE, position__gt=turn.stage.position
        )
        return None if later.exists() else submission.asked

    def conflicts_count(self, key: str, body: Body, task: Task, day: date) -> bool:
        turn = self._turn(key, body, task)
        return turn is not None and turn.stage.conflicts and turn.stage.part in BINDING

    def conflicts(self, key: str, people: Collection[int], day: date) -> Mapping[int, Sequence[str]]:
        turns = Turn.objects.filter(passage__submission__case__number=key, state="open").whole()
        counted = [turn for turn in turns if turn.stage.conflicts and turn.stage.part in BINDING]
        return conflicts.of_people(counted[0].case, people, day) if counted else {}

    def decided(self, decided: Decided, *, by: Any) -> None:
        turn = self._turn(decided.key, decided.body, decided.task)
        if turn is None:
            raise ValidationError(
                f"Nothing of the case {decided.key} waits for {decided.body}: it was answered, or has gone on. "
                "Look at it again.",
                code="not_open",
            )
        services.record(
            by=by,
            turn=turn,
            said=Said(decided.outcome),
            reasons=decided.reasons,
            day=decided.day,
            post=str(decided.body),
            conditions=[
                services.Asked(text, due)
                for text, due in zip_longest(decided.conditions, decided.due[: len(decided.conditions)])
            ],
            sections=decided.sections,
            until=(decided.until or self._next_meeting(decided)) if decided.outcome == Said.DEFERRED else None,
            decision=Decision.objects.get(pk=decided.decision),
        )

    def _next_meeting(self, decided: Decided) -> date | None:
        """The day the body meets next, as far as that is known."""
        coming = Meeting.objects.filter(body=decided.body, day__gt=decided.day, state__in=COMING).order_by("day")
        return coming.values_list("day", flat=True).first()

    def _turn(self, key: str, body: Body, task: Task) -> Turn | None:
        """Where the body is asked about the case, to do this."""
        parts = [part for part, wanted in TASKS.items() if wanted == task]
        turn: Turn | None = (
            Turn.objects.filter(passage__submission__case__number=key, body=body, state="open", stage__part__in=parts)
            .whole()
            .order_by("opened_on", "pk")
            .first()
        )
        return turn


provide(Cases())
