"""Keeping sources and lines. What is entered on a line is budget.ledger's; what takes two people budget.requests'."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max, Min
from django.utils.text import slugify

from budget.models import Contribution, Growth, Line, Source
from cc2h.kit import history
from cc2h.kit.days import LAST_YEAR, year_name
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Commissioner


def add_source(*, by: Any, commissioner: Commissioner, **facts: Any) -> Source:
    """Somebody gives money. facts: fields of Source. Raises ValidationError."""
    with writing(by):
        source = Source(commissioner=commissioner, **facts)
        check(source)
        source.save(force_insert=True)
    return source


def change_source(*, by: Any, source: Source, seen: int, **facts: Any) -> Source:
    """Raises history.ChangedMeanwhile when somebody saved since `seen`, ValidationError for what it can't hold."""
    with writing(by):
        current: Source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def contribute(
    *, by: Any, source: Source, party: str, year: int, amount: Any = None, seen: int | None = None
) -> Contribution:
    """What a party to the source's agreement puts in for a year; no amount: not stated. Replaces what was recorded.

    seen: the newest version of any of the source's contributions that the page had; raises history.ChangedMeanwhile
    where somebody has recorded the same party's for that year since.
    """
    with writing(by):
        said = " ".join(party.split())
        mine = Contribution.objects.select_for_update(no_key=True).filter(source=source, year=year, party=said)
        one = mine.first() or Contribution(source=source, party=said, year=year)
        if seen is not None and one.pk and history.version(one) > seen:
            history.unchanged_since(one, seen)
        one.amount = amount
        check(one)
        one.save()
    return one


def add_line(*, by: Any, commissioner: Commissioner, **facts: Any) -> Line:
    """A line of the commissioner's budget, at the end of its table. facts: fields of Line. Raises ValidationError."""
    source: Source = facts["source"]
    if source.commissioner_id != commissioner.pk:
        raise ValidationError("The source is another commissioner’s.", code="other_commissioner")
    with writing(by):
        with connection.cursor() as cursor:  # two at once would take the same place in addresses
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('budget_line.slug'))")
        last = Line.objects.filter(commissioner=commissioner).aggregate(last=Max("place"))["last"] or 0
        line = Line(commissioner=commissioner, slug=_free_slug(facts["name"]), place=last + 1, **facts)
        check(line)
        line.save(force_insert=True)
    return line


def change_line(*, by: Any, line: Line, seen: int, **facts: Any) -> Line:
    """What is entered stays within the line's years, but for what was carried on. Raises as change_source does."""
    with writing(by):
        current: Line = Line.objects.select_for_update(no_key=True).get(pk=line.pk)
        history.unchanged_since(current, seen)
        entered = current.balances.filter(year__range=_years(current)).aggregate(first=Min("year"), last=Max("year"))
        for name, value in facts.items():
            setattr(current, name, value)
        if entered["first"] is not None and current.first_year > entered["first"]:
            raise ValidationError(
                {"first_year": f"Something is entered on this line for {year_name(entered['first'])} already."}
            )
        if entered["last"] is not None and current.last_year is not None and current.last_year < entered["last"]:
            raise ValidationError(
                {"last_year": f"Something is entered on this line for {year_name(entered['last'])} already."}
            )
        check(current)
        current.save()
    return current


def assume_growth(*, by: Any, line: Line, year: int, percent: Any, basis: str) -> Growth:
    """By how much the line is assumed to grow into the year; None: by how much is not stated. Replaces what was assumed."""
    with writing(by):
        found = Growth.objects.select_for_update(no_key=True).filter(line=line, year=year).first()
        growth = found or Growth(line=line, year=year)
        growth.percent, growth.basis = percent, " ".join(basis.split())
        check(growth)
        growth.save()
    return growth


def _years(line: Line) -> tuple[int, int]:
    """In which the line runs; what was carried on may be of the year after."""
    return line.first_year, line.last_year or LAST_YEAR


def _free_slug(name: str) -> str:
    """The name as it stands in an address, with a number where that is taken."""
    base = slugify(name)[:70] or "line"
    taken = {"entries", *Line.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)
