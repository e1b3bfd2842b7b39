"""What an act would do to coverage: done, looked at, and undone again, so that the preview can't differ from the act."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction

from cc2h.kit import words
from cc2h.kit.acts import Effect
from chins.coverage import Coverage, live_coverage
from chins.models import Chin, Post, PostHolding
from chins.queries import against_band
from practices.models import Commissioner
from practices.queries import band_words


def coverage_effect(
    *,
    commissioner: Commissioner,
    day: date,
    do: Callable[[], Any],
    chins: Iterable[Chin] = (),
    sentences: Callable[[Any], list[str]] = lambda result: [],
    warnings: Iterable[str] = (),
    also: Iterable[Commissioner] = (),
) -> Effect:
    """Coverage of the commissioner on `day` and the size of `chins`, before and after `do`, which is rolled back.

    A refusal of `do` comes through. `sentences` say in words what its result changes. also: other commissioners
    whose coverage it changes.
    """
    concerned = list({one.pk: one for one in (commissioner, *also)}.values())
    with transaction.atomic():
        befores = [live_coverage(one, day) for one in concerned]
        result = do()
        afters = [live_coverage(one, day) for one in concerned]
        said = sentences(result)
        transaction.set_rollback(True)
    rows = [
        row
        for one, old, new in zip(concerned, befores, afters, strict=True)
        for row in _coverage(one, old, new, named=len(concerned) > 1)
    ]
    before, after = befores[0], afters[0]
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


def holding_effect(*, post: Post, by: Any, do: Callable[[], PostHolding]) -> Effect:
    """Who gets the post by `do`, which is rolled back, whose time in it ends, and whether `by` gives it to themselves."""
    held = PostHolding.objects.held().filter(post=post).select_related("holder").order_by("period")
    with transaction.atomic():
        before = {holding.pk for holding in held}
        filled = do()
        ended = [holding for holding in held.all() if holding.pk not in before and holding.thread != filled.thread]
        transaction.set_rollback(True)
    own = filled.holder == by
    said = [f"{filled.holder} holds {post} {words.period(filled.period.lower, filled.period.upper)}."]
    said += [f"It ends for {one.holder}, whose last day is {words.day(one.last_day)}." for one in ended]
    taken = words.listed(f"take it from {one.holder}" for one in ended)
    warnings = [f"You give this post to yourself{', and ' if taken else ''}{taken}."] if own else []
    return Effect(sentences=said, warnings=warnings)


def _coverage(commissioner: Commissioner, before: Coverage, after: Coverage, *, named: bool) -> list[dict[str, str]]:
    where = f"{commissioner.short_name}: " if named else ""
    word = commissioner.local_word
    return [
        _row(
            f"{where}{'p' if named else 'P'}atients in a {word}",
            words.percent1(before.population_percent),
            words.percent1(after.population_percent),
            _points(before.population_percent, after.population_percent),
        ),
        _row(
            f"{where}{'p' if named else 'P'}ractices in a {word}",
            _of(before.covered_practices, before.practices, before.practices_percent),
            _of(after.covered_practices, after.practices, after.practices_percent),
            words.signed(after.covered_practices - before.covered_practices),
        ),
    ]


def _row(what: str, before: str, after: str, change: str) -> dict[str, str]:
    return {"what": what, "before": before, "after": after, "change": "" if before == after else change}


def _points(before: Any, after: Any) -> str:
    return words.signed(after - before, 1) + " points" if before is not None and after is not None else ""


def _of(part: int, whole: int, percent: Any) -> str:
    return f"{words.number(part)} of {words.number(whole)} ({words.percent1(percent)})"


def _size(coverage: Coverage, chin: Chin) -> tuple[int, int]:
    """Practices and patients of the CHIN that count on the day; none when it does not."""
    return next(((c.practices, c.patients) for c in coverage.chins if c.chin_id == chin.pk), (0, 0))
