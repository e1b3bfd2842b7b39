"""The life of a cycle, as data: draws the buttons, the tests and the database guard."""

from django.db.models import TextChoices


class CycleState(TextChoices):
    PLAN = "plan", "Plan"
    DO = "do", "Do"
    STUDY = "study", "Study"
    ACT = "act", "Act"


class Verdict(TextChoices):
    """What the study says of a prediction."""

    HELD = "held", "Held"
    NOT_HELD = "not_held", "Not held"
    NOT_SHOWN = "not_shown", "Not shown either way"


class Act(TextChoices):
    ADOPT = "adopt", "Adopt"
    ADAPT = "adapt", "Adapt"
    ABANDON = "abandon", "Abandon"


class Way(TextChoices):
    """Which way a measure is predicted to go, and is better."""

    UP = "up", "Up"
    DOWN = "down", "Down"


# do: it has begun; study: what was found is written; act: what follows is decided, and the cycle is over.
CHANGES = (
    (CycleState.PLAN, CycleState.DO),
    (CycleState.DO, CycleState.STUDY),
    (CycleState.STUDY, CycleState.ACT),
)


def allowed(before: str, after: str) -> bool:
    return (before, after) in CHANGES
