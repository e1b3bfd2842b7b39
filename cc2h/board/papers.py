"""What papers say beside what the records give: the figure, the difference in words, and who settled it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet

from budget import stated
from budget.lcs import stated as services
from cc2h.board import figures
from cc2h.board.figures import Rows
from cc2h.board.models import Choice, Measure, Settlement, Statement
from cc2h.board.querysets import OF_MONEY, StatementQuerySet
from cc2h.board.statements import PAPERS
from cc2h.kit import figures as kit
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import LONDON, month_end, today
from cc2h.kit.links import link
from cc2h.kit.together import Asking, Totals, kept, totals
from chins.coverage import Coverage, coverage_on, projection
from chins.models import ChinState
from chins.workflow import ChinStatus
from practices.models import Commissioner

LATELY = timedelta(days=365)  # a card says what papers said within a year; the list of papers has the rest
WORKED_OUT_FOR = timedelta(days=1)  # the day is part of what is remembered: tomorrow it is worked out again
OTHER_BASIS = {
    Measure.POPULATION_PERCENT: (Measure.PRACTICES_PERCENT, "By practices instead"),
    Measure.PRACTICES_PERCENT: (Measure.POPULATION_PERCENT, "By patients instead"),
    Measure.PRACTICES_ANSWERED: (Measure.PRACTICES_COVERED, "In a CHIN on that day, which is another fact"),
}
UNITS = {Measure.POPULATION_PERCENT: "%", Measure.PRACTICES_PERCENT: "%", Measure.CHIN_SHARE: "%"}
UNITS |= {Measure(name): "£" for name in OF_MONEY}
OF_PRACTICES = (Measure.PRACTICES_TOTAL, Measure.PATIENTS_TOTAL)  # the others are about CHINs
NO_FIGURE = {
    Measure.MONEY: "The portal does not work this out.",
    Measure.OTHER: "The portal does not work this out.",
}
ANSWERED = "chin-infrastructure-lcs"  # the line of the service that papers tell of as answered


@dataclass(frozen=True, slots=True)
class Settled:
    """What somebody decided to go by, and why."""

    pk: int
    choice: str
    reason: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(Choice(self.choice).label)

    @property
    def sentence(self) -> str:
        return f"{self.label}. {self.reason} ({self.by}, {words.day(self.at.astimezone(LONDON).date())})"


def settled(statement: Any) -> Settled | None:
    """The settlement of a statement read `with_settlements`."""
    found = statement.settled
    return Settled(**{**found, "at": datetime.fromisoformat(found["at"])}) if found else None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A statement, the figure that the records give for it, and the settlement open now."""

    statement: Statement
    figure: kit.Figure | None
    settlement: Settled | None

    @property
    def paper(self) -> str:
        """The paper's title, or its short name when the portal does not know it."""
        known = PAPERS.get(self.statement.paper)
        return known.title if known else self.statement.paper

    @property
    def dated(self) -> str:
        known = PAPERS.get(self.statement.paper)
        return words.day(self.statement.paper_day) if self.statement.paper_day else known.dated if known else ""

    @property
    def cited(self) -> str:
        """The paper as a reader names it: its title and when it is from."""
        return ", ".join(filter(None, [self.paper, self.dated]))

    @property
    def stated(self) -> Decimal | date | None:
        """The number or day the paper gives, with the decimal places it gave."""
        value = self.statement.value
        if value is None:
            return self.statement.value_day
        return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()

    @property
    def unit(self) -> str:
        return UNITS.get(Measure(self.statement.measure), "")

    @property
    def states(self) -> str:
        """What the paper gives, as shown: `89%`, `31 December 2018`; a dash when it gives no number."""
        if isinstance(self.stated, date):
            return words.day(self.stated)
        if self.stated is None:
            return words.DASH
        return kit.show(self.stated, self.unit, max(0, -int(self.stated.as_tuple().exponent)))

    @property
    def gives(self) -> str:
        """What the records give, as shown."""
        if self.figure is None:
            return words.DASH
        value = self.figure.value
        if value is None:
            return "no date" if self.figure.kind == "date" else "not known"
        return words.day(value) if isinstance(value, date) else self.figure.display

    @property
    def why_none(self) -> str:
        """Why the records give no figure, in a sentence. What nobody recorded is not taken for none."""
        measure, place = Measure(self.statement.measure), self.statement.commissioner
        if measure in NO_FIGURE:
            return NO_FIGURE[measure]
        if measure == Measure.PRACTICES_ANSWERED:
            return "No such local service had opened by that day. Having answered is not being in a CHIN."
        if measure in OF_MONEY:
            return f"The portal holds no such line of the budget of {place.short_name} for that year."
        if measure in OF_PRACTICES:
            return f"The portal holds no such record of the practices of {place.short_name} on that day."
        if self.statement.chin_slug:
            return f"The portal holds no record of that {figures.word(place)} on that day."
        return f"The portal holds no record of {figures.word(place, 2)} on that day."

    @property
    def difference(self) -> Decimal | int | None:
        """The records' value minus the paper's, in its unit or in days; None when there is nothing to compare."""
        value = self.figure.value if self.figure else None
        if isinstance(value, date) and isinstance(self.stated, date):
            return (value - self.stated).days
        if isinstance(value, Decimal | int) and isinstance(self.stated, Decimal):
            return words.decimal(value) - self.stated
        return None

    @property
    def agrees(self) -> bool:
        """The records give what the paper says, at the places the paper gives."""
        if self.difference is None:
            return False
        if isinstance(self.stated, Decimal) and isinstance(self.figure, kit.Figure):
            places = max(0, -int(self.stated.as_tuple().exponent))
            return words.half_up(self.figure.value, places) == self.stated  # type: ignore[arg-type]
        return not self.difference

    @property
    def disagrees(self) -> bool:
        """The records give something else; no date is something else than a day."""
        if self.figure is None or self.stated is None or self.agrees:
            return False
        return self.difference is not None or self.figure.kind == "date"

    @property
    def difference_words(self) -> str:
        """`−0.6 points`, `+1,240`, `62 days later`, `the same`, `the same, rounded`, or why there is none."""
        if self.difference is None:
            return "not worked out" if self.figure is None else "can’t be compared"
        if not self.difference:
            return "the same"
        if self.agrees:
            return "the same, rounded"
        if isinstance(self.stated, date):
            days = words.plural(abs(int(self.difference)), "day")
            return f"{days} {'later' if self.difference > 0 else 'earlier'}"
        if self.unit == "%":
            return f"{words.signed(self.difference, 1)} points"
        return words.signed_pounds(self.difference) if self.unit == "£" else words.signed(self.difference)

    @property
    def sentence(self) -> str:
        """The comparison in one sentence."""
        day = words.day(self.statement.as_at)
        if self.stated is None:
            return "The paper gives no single number."
        if self.figure is None:
            return f"The paper says {self.states}. {self.why_none}"
        if self.difference is None:
            return f"The paper says {self.states}. The records give {self.gives}."
        if self.agrees:
            rounded = "" if self.gives == self.states else f": {self.gives}, rounded"
            return f"The paper says {self.states}, and the records give the same{rounded}."
        if isinstance(self.stated, date):
            return f"The paper says {self.states}. The records give {self.gives}: {self.difference_words}."
        differs = f"a difference of {self.difference_words}"
        return f"The paper says {self.states}. The records give {self.gives} for {day}: {differs}."

    def as_said(self, asat: AsAt) -> kit.Statement:
        """For a figure's “the paper says”."""
        is_number = self.stated is not None and not isinstance(self.stated, date)
        return kit.Statement(
            text=f"{_in_a_sentence(self.statement.says)} ({words.day(self.statement.as_at)})",
            value=self.stated,
            unit=self.unit,
            source=kit.Source(
                label=self.cited,
                url=link(asat, "board:statement", self.statement.reference),
            ),
            basis=self.statement.basis,
            difference=self.difference if is_number else None,
            settled=self.settlement.sentence if self.settlement else "",
        )


def _in_a_sentence(text: str) -> str:
    """The text as it goes on in a sentence: its first letter small, unless it begins an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def compare(statements: Iterable[Statement], asat: AsAt) -> list[Comparison]:
    """Each statement (`with_settlements`, and its commissioner) beside what the records give of its day.

    Each day of each commissioner is worked out once.
    """
    found = _Records(asat)
    return [
        Comparison(
            statement=statement,
            figure=found.figure(statement, Measure(statement.measure)),
            settlement=settled(statement),
        )
        for statement in statements
    ]


def beside(statement: Statement, asat: AsAt) -> tuple[str, kit.Figure | None]:
    """The figure to read a statement by: the other basis, or the fact it is taken for; with its title."""
    measure, title = OTHER_BASIS.get(Measure(statement.measure), (None, ""))
    return title, _Records(asat).figure(statement, measure) if measure else None


class _Records:
    """What the records give, each commissioner and day once."""

    def __init__(self, asat: AsAt) -> None:
        self.asat = asat
        self._coverage: dict[tuple[int, date], Coverage] = {}

    def coverage(self, statement: Statement) -> Coverage:
        key = (statement.commissioner_id, statement.as_at)
        if key not in self._coverage:
            self._coverage[key] = coverage_on(statement.commissioner, statement.as_at, self.asat.known_at)
        return self._coverage[key]

    def figure(self, statement: Statement, measure: Measure) -> kit.Figure | None:
        rows = Rows(self.asat, statement.commissioner).on(statement.as_at)
        if measure in NO_FIGURE:
            return None
        if measure == Measure.PRACTICES_ANSWERED:
            return services.answered(statement.commissioner, rows.asat, ANSWERED)
        if measure in OF_BUDGET:
            return OF_BUDGET[measure](statement, rows.asat)
        if measure != Measure.CHIN_OPENING and not self._recorded(statement, measure):
            return None
        if measure == Measure.FULL_COVERAGE_DAY:
            return figures.full_coverage(projection(statement.commissioner, statement.as_at, self.asat.known_at), rows)
        if measure == Measure.CHIN_OPENING:
            return self._opening(statement, Rows(self.asat, statement.commissioner))
        return OF_COVERAGE[measure](self.coverage(statement), rows, statement.chin_slug)

    def _recorded(self, statement: Statement, measure: Measure) -> bool:
        """Whether anything is held of what the figure is made of: no record of a CHIN is not none."""
        of_the_day = self.coverage(statement)
        if measure == Measure.PRACTICES_TOTAL:
            return of_the_day.practices > 0
        return of_the_day.patients > 0 if measure == Measure.PATIENTS_TOTAL else bool(of_the_day.chins)

    def _opening(self, statement: Statement, rows: Rows) -> kit.Figure | None:
        """The day a CHIN became operational, by what is held of any day, also one to come."""
        states = ChinState.objects.held(self.asat.known_at).filter(chin__slug=statement.chin_slug)
        opened = states.filter(status=ChinStatus.OPERATIONAL).order_by("period").select_related("chin").first()
        return figures.opening(opened, rows) if opened else None


OF_BUDGET: Mapping[Measure, Any] = {
    Measure.BUDGET: lambda s, asat: stated.inside(s.commissioner, asat, stated.total, "Programme budget"),
    Measure.BUDGET_LOCAL: lambda s, asat: stated.inside(s.commissioner, asat, stated.local, "Local money"),
    Measure.BUDGET_RECURRENT: lambda s, asat: stated.inside(
        s.commissioner, asat, stated.central_recurrent, "Recurrent money of NHS England"
    ),
    Measure.BUDGET_LINE: lambda s, asat: stated.of_one(s.commissioner, asat, s.line_slug),
}
OF_COVERAGE: Mapping[Measure, Any] = {
    Measure.POPULATION_PERCENT: lambda c, rows, slug: figures.population(c, rows),
    Measure.PRACTICES_PERCENT: lambda c, rows, slug: figures.practices(c, rows),
    Measure.PRACTICES_TOTAL: lambda c, rows, slug: figures.all_practices(c, rows),
    Measure.PRACTICES_COVERED: lambda c, rows, slug: figures.covered_practices(c, rows),
    Measure.PATIENTS_TOTAL: lambda c, rows, slug: figures.all_patients(c, rows),
    Measure.CHINS: lambda c, rows, slug: figures.chins(c, rows),
    Measure.CHIN_PATIENTS: lambda c, rows, slug: figures.chin_patients(c, rows, slug),
    Measure.CHIN_PRACTICES: lambda c, rows, slug: figures.chin_practices(c, rows, slug),
    Measure.CHIN_SHARE: lambda c, rows, slug: figures.chin_share(c, rows, slug),
}


def of_late(commissioner: Commissioner, asat: AsAt) -> list[Any]:
    """Statements about a commissioner in the year up to the end of the day's month, and how they are settled."""
    return Statement.objects.between(commissioner, asat.day - LATELY, month_end(asat.day), asat.known_at)


def latest(statements: Iterable[Statement], day: date) -> dict[Measure, list[Statement]]:
    """By measure, the statements about the latest day that is not later than the end of `day`'s month.

    To the month's end, because papers give months, and the last day stands for one.
    """
    found: dict[Measure, list[Statement]] = {}
    for statement in sorted(statements, key=lambda s: (s.as_at, s.reference)):
        if statement.as_at > month_end(day):
            continue
        there = found.setdefault(Measure(statement.measure), [])
        if there and there[-1].as_at < statement.as_at:
            there.clear()
        there.append(statement)
    return found


def left_to_settle(commissioners: Collection[int]) -> Asking[int]:
    """How many figures about these commissioners the records contradict today, and nobody has settled.

    Worked out again only when coverage or a settlement has changed since: it takes many figures.
    """
    mine = Statement.objects.filter(commissioner__in=commissioners)
    newest = yield kept(_newest, commissioners)
    state = f"{sorted(commissioners)} {today()} {[str(one) for one in newest]}"

    def left() -> int:
        unsettled = mine.with_settlements().filter(Q(settled__isnull=True)).select_related("commissioner")
        return sum(one.disagrees for one in compare(unsettled, AsAt(today(), None, today())))

    key = f"left-to-settle:{sha256(state.encode()).hexdigest()}"
    return int(cache.get_or_set(key, left, timeout=WORKED_OUT_FOR.total_seconds()) or 0)


def _newest(commissioners: Collection[int]) -> Totals:
    return totals(
        Statement.objects.filter(commissioner__in=commissioners),
        n=Count("pk"),
        settled_last=Max("settlements__settled_at"),
        reopened_last=Max("settlements__reopened_at"),
        computed_last=Max("commissioner__coverage_run__computed_at"),
    )


def readable(user: Any, asat: AsAt) -> StatementQuerySet:
    """Statements this person may see, each with its commissioner and the settlement open (then)."""
    visible: StatementQuerySet = Statement.objects.visible_to(user)
    return visible.with_settlements(asat.known_at).select_related("commissioner")


def open_settlement(statement: Statement) -> QuerySet[Settlement]:
    """The one settlement of the statement that has not been taken back, if there is one."""
    return statement.settlements.filter(reopened_at__isnull=True)


def of_the_same_matter(statement: Statement, user: Any, asat: AsAt) -> list[Comparison]:
    """What papers state besides, where they contradict each other or themselves; not worked out."""
    if not statement.discrepancy:
        return []
    same = readable(user, asat).filter(discrepancy=statement.discrepancy, commissioner=statement.commissioner)
    return [Comparison(statement=one, figure=None, settlement=settled(one)) for one in same.exclude(pk=statement.pk)]
