"""What an act would do to coverage: done, looked at, and undone again, so that the preview can't differ from the act."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction

from cc2h.kit import words
from cc2h.kit.acts import Effect
from chins.coverage import Coverage, live_coverage
from chins.models import Chin
from chins.queries import against_band, band_words
from practices.models import Commissioner


def coverage_effect(
    *,
    commissioner: Commissioner,
    day: date,
    do: Callable[[], Any],
    chins: Iterable[Chin] = (),
    sentences: Callable[[Any], list[str]] = lambda result: [],
    warnings: Iterable[str] = (),
) -> Effect:
    """Coverage of the commissioner on `day` and the size of `chins`, before and after `do`, which is rolled back.

    A refusal of `do` comes through. `sentences` say in words what its result changes.
    """
    with transaction.atomic():
        before = live_coverage(commissioner, day)
        result = do()
        after = live_coverage(commissioner, day)
        said = sentences(result)
        transaction.set_rollback(True)
    rows = [
        _row(
            f"Patients in a {commissioner.local_word}",
            words.percent1(before.population_percent),
            words.percent1(after.population_percent),
            _points(before.population_percent, after.population_percent),
        ),
        _row(
            f"Practices in a {commissioner.local_word}",
            _of(before.covered_practices, before.practices, before.practices_percent),
            _of(after.covered_practices, after.practices, after.practices_percent),
            words.signed(after.covered_practices - before.covered_practices),
        ),
    ]
    notes = list(warnings)
    for chin in sorted(set(chins), key=lambda chin: chin.name):
        old, new = _size(before, chin), _size(after, chin)
        for place, what in enumerate(("practices", "patients")):
            change = words.signed(new[place] - old[place])
            rows.append(_row(f"{chin}: {what}", words.number(old[place]), words.number(new[place]), change))
        if against_band(new[1], commissioner) in ("below", "above") and new[0]:
            notes.append(
                f"{chin} will have {words.number(new[1])} patients, outside the band of {band_words(commissioner)}. "
                "That is shown, and stops nothing."
            )
    return Effect(intro=f"On {words.day(day)}, by the list sizes held now:", sentences=said, rows=rows, warnings=notes)


def _row(what: str, before: str, after: str, change: str) -> dict[str, str]:
    return {"what": what, "before": before, "after": after, "change": "" if before == after else change}


def _points(before: Any, after: Any) -> str:
    return words.signed(after - before, 1) + " points" if before is not None and after is not None else ""


def _of(part: int, whole: int, percent: Any) -> str:
    return f"{words.number(part)} of {words.number(whole)} ({words.percent1(percent)})"


def _size(coverage: Coverage, chin: Chin) -> tuple[int, int]:
    """Practices and patients of the CHIN that count on the day; none when it does not."""
    return next(((c.practices, c.patients) for c in coverage.chins if c.chin_id == chin.pk), (0, 0))
