"""Closing a month: what it takes no more, what its report keeps, who reopens it, and what nobody can get round."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from psycopg.errors import CheckViolation

from budget import ledger
from budget.models import Entry, Line, Period
from budget.months import queries, services
from budget.months.models import ReportLine
from cc2h.accounts.authority import Role
from tests.budget.ground import YEAR, at_once, refused
from tests.factories import ChinFactory, LineFactory, UserFactory, person

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER, NOVEMBER = date(2018, 9, 1), date(2018, 10, 1), date(2018, 11, 1)
TODAY = date(2018, 12, 6)


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(name="Training", allocated=12_000)
    return made


@pytest.fixture
def officer(line: Line) -> Any:
    return person(Role.FINANCE_OFFICER, of=line.commissioner)


@pytest.fixture
def second(line: Line) -> Any:
    return person(Role.FINANCE_OFFICER, of=line.commissioner)


def close(officer: Any, line: Line, month: date = SEPTEMBER) -> Period:
    return services.close_month(by=officer, commissioner=line.commissioner, month=month, today=TODAY)


def commit(line: Line, amount: int = 100, day: date = SEPTEMBER, **more: Any) -> Entry:
    return ledger.commit(by=None, line=line, year=YEAR, amount=Decimal(amount), day=day, reason="A contract", **more)


def pay(line: Line, amount: int, day: date, **more: Any) -> Entry:
    return ledger.pay(by=None, line=line, year=YEAR, amount=Decimal(amount), day=day, reason="An invoice", **more)


def the_row(report: queries.MonthReport, line: Line) -> queries.LineRow:
    return next(row for row in report.lines if row.line_id == line.pk and row.year == report.year)


class TestClosing:
    def test_a_closed_month_takes_no_entry(self, line: Line, officer: Any) -> None:
        close(officer, line)
        said = refused(lambda: commit(line, day=date(2018, 9, 30)))
        assert said.startswith("September 2018 is closed since ")
        assert "(Finance officer" in said
        assert said.endswith("It takes no entry: give a later day, or have it reopened.")
        commit(line, day=OCTOBER)

    def test_nor_does_a_month_before_it(self, line: Line, officer: Any) -> None:
        close(officer, line)
        assert refused(lambda: commit(line, day=date(2018, 5, 3))).startswith(
            "May 2018 is closed with September 2018 since"
        )

    def test_another_commissioners_month_stays_open(self, line: Line, officer: Any) -> None:
        close(officer, line)
        commit(LineFactory(allocated=500, source__commissioner__ods_code="07R"))

    def test_an_entry_by_bulk_or_by_copy_is_refused_too(self, line: Line, officer: Any) -> None:
        close(officer, line)
        entry = Entry(line=line, year=YEAR, kind="commitment", amount=1, day=SEPTEMBER, reason="x")
        with pytest.raises(IntegrityError, match="September 2018 is closed"), transaction.atomic():
            Entry.objects.bulk_create([entry])
        copying = "COPY budget_entry (line_id, year, kind, amount, day, reason, document) FROM STDIN"
        refusal = pytest.raises(CheckViolation, match="September 2018 is closed")
        with refusal, transaction.atomic(), connection.cursor() as cursor, cursor.copy(copying) as copy:
            copy.write_row((line.pk, YEAR, "commitment", 1, SEPTEMBER, "x", ""))

    def test_months_close_in_order_and_once(self, line: Line, officer: Any) -> None:
        close(officer, line)
        assert refused(lambda: close(officer, line, NOVEMBER)) == "Months close in order: October 2018 is next."
        assert "closed already" in refused(lambda: close(officer, line))
        assert refused(lambda: close(officer, line, date(2018, 8, 1))) == "August 2018 is closed already."
        close(officer, line, OCTOBER)

    def test_a_month_closes_after_it_has_ended(self, line: Line, officer: Any) -> None:
        assert refused(lambda: close(officer, line, date(2090, 1, 1))) == (
            "A month is closed after it has ended: January 2090 has not."
        )

    def test_only_a_post_of_finance_closes(self, line: Line) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=line.commissioner)
        assert "holder of a post of finance" in refused(lambda: close(manager, line))

    def test_what_was_closed_is_not_edited(self, line: Line, officer: Any, second: Any) -> None:
        close(officer, line)
        for change in ({"month": NOVEMBER}, {"closed_as": "Somebody"}, {"closed_by": second}):
            with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
                Period.objects.update(**change)
        with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
            Period.objects.all()._raw_delete("default")


class TestReopening:
    def test_by_somebody_else_with_a_reason_lets_entries_in_and_keeps_both_reports(
        self, line: Line, officer: Any, second: Any
    ) -> None:
        first = close(officer, line)
        assert refused(lambda: services.reopen_month(by=officer, period=first, why="x", today=TODAY)) == (
            "Somebody else reopens a month than closed it."
        )
        assert "says why" in refused(lambda: services.reopen_month(by=second, period=first, why=" ", today=TODAY))
        services.reopen_month(by=second, period=first, why="An invoice was missing", today=TODAY)
        commit(line, 70)
        again = close(second, line)
        was, now = queries.frozen(first), queries.frozen(again)
        assert (the_row(was, line).committed, the_row(now, line).committed) == (0, 70)
        assert was.as_frozen
        assert now.as_frozen
        assert was.sha256 != now.sha256

    def test_the_newest_is_reopened_first(self, line: Line, officer: Any, second: Any) -> None:
        september = close(officer, line)
        close(officer, line, OCTOBER)
        said = refused(lambda: services.reopen_month(by=second, period=september, why="x", today=TODAY))
        assert said == "A later month is closed: the newest is reopened first."

    def test_nobody_reopens_their_own_by_the_database_either(self, line: Line, officer: Any) -> None:
        period = close(officer, line)
        with pytest.raises(IntegrityError, match="budget_period_reopened_by_another"), transaction.atomic():
            Period.objects.filter(pk=period.pk).update(reopened_at="2018-12-06T10:00Z", reopened_by=officer, why="x")


class TestTheReport:
    def test_is_a_twelfth_of_the_allocation_a_month_and_what_was_paid(self, line: Line) -> None:
        commit(line, 5_000, date(2018, 5, 1))
        pay(line, 1_000, date(2018, 8, 31))
        pay(line, 300, date(2018, 9, 30))
        pay(line, 50, OCTOBER)
        row = the_row(queries.of_entries(line.commissioner, SEPTEMBER), line)
        assert (row.allocated, row.budget_month, row.budget_to_date) == (12_000, 1_000, 6_000)
        assert (row.paid_month, row.paid_to_date, row.committed, row.accrued) == (300, 1_300, 5_000, 3_700)
        assert (row.outturn, row.variance, row.variance_to_date) == (None, None, -1_000)

    def test_twelfths_come_to_the_allocation_to_the_penny(self) -> None:
        months = [queries.phased(Decimal("100.01"), None, number) for number in range(13)]
        assert sum((b - a for a, b in pairwise(months)), Decimal()) == Decimal("100.01")

    def test_has_a_persons_own_phasing(self, line: Line, officer: Any) -> None:
        half = [Decimal(0)] * 5 + [Decimal(50)] + [Decimal(0)] * 5 + [Decimal(50)]
        services.phase(by=officer, line=line, year=YEAR, percents=half, reason="Paid twice a year")
        row = the_row(queries.of_entries(line.commissioner, SEPTEMBER), line)
        assert (row.budget_month, row.budget_to_date) == (6_000, 6_000)
        said = refused(lambda: services.phase(by=officer, line=line, year=YEAR, percents=[Decimal(9)] * 12, reason="x"))
        assert said == "The twelve months come to 100%, none of them below 0%."

    def test_does_not_make_up_what_is_not_stated(self, officer: Any, line: Line) -> None:
        unknown = LineFactory(source=line.source)
        row = the_row(queries.of_entries(line.commissioner, SEPTEMBER), unknown)
        assert (row.allocated, row.budget_month, row.outturn, row.variance) == (None, None, None, None)
        found = queries.totals(queries.of_entries(line.commissioner, SEPTEMBER).inside)
        assert (found.amounts["allocated"], found.unknown["allocated"], found.amounts["outturn"]) == (12_000, 1, None)

    def test_keeps_what_a_person_forecast_and_owes(self, line: Line, officer: Any) -> None:
        commit(line, 5_000)
        services.forecast(by=officer, line=line, month=SEPTEMBER, outturn=Decimal(11_000), reason="Starts late")
        services.accrue(
            by=officer, line=line, year=YEAR, chin=None, month=SEPTEMBER, accrued=Decimal(1_200), reason="Two days held"
        )
        row = the_row(queries.frozen(close(officer, line)), line)
        assert (row.outturn, row.variance, row.reason, row.accrued) == (11_000, -1_000, "Starts late", 1_200)
        for act in (
            lambda: services.forecast(by=officer, line=line, month=SEPTEMBER, outturn=None, reason="x"),
            lambda: services.accrue(
                by=officer, line=line, year=YEAR, chin=None, month=SEPTEMBER, accrued=Decimal(1), reason="x"
            ),
        ):
            assert refused(act) == "September 2018 is closed: what its report says stays."

    def test_accrues_each_chins_part_apart(self, line: Line) -> None:
        chin = ChinFactory(commissioner=line.commissioner)
        ledger.delegate(
            by=None, line=line, chin=chin, year=YEAR, amount=Decimal(900), day=SEPTEMBER, reason="Its own tests"
        )
        commit(line, 100)
        commit(line, 400, chin=chin)
        pay(line, 150, SEPTEMBER, chin=chin)
        found = queries.of_entries(line.commissioner, SEPTEMBER).accruals
        assert [(one.chin_name, one.unpaid) for one in found] == [("", 100), (chin.name, 250)]

    def test_shows_what_is_still_owed_for_an_earlier_year(self, line: Line) -> None:
        commit(line, 500)
        pay(line, 200, date(2019, 4, 3))
        found = queries.of_entries(line.commissioner, date(2019, 4, 1))
        assert [(row.year, row.paid_month, row.accrued) for row in found.earlier] == [(2018, 200, 300)]

    def test_stays_as_it_was_frozen(self, line: Line, officer: Any) -> None:
        period = close(officer, line)
        Line.objects.filter(pk=line.pk).update(name="Another name")
        found = queries.frozen(period)
        assert found.as_frozen
        assert the_row(found, line).name == "Training"
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            ReportLine.objects.update(paid_month=1)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_what_is_entered_while_a_month_closes_is_in_its_report_or_refused(self) -> None:
        line = LineFactory(allocated=1_000)
        officer = person(Role.FINANCE_OFFICER, of=line.commissioner)

        def act(place: int) -> Any:
            return close(officer, line) if place == 8 else commit(line, 1)

        found = at_once(20, act)
        period = next(one for one in found if isinstance(one, Period))
        entered = sum(isinstance(one, Entry) for one in found)
        assert all("is closed" in str(one) for one in found if isinstance(one, ValidationError))
        assert (
            the_row(queries.frozen(period), line).committed
            == entered
            == Entry.objects.filter(kind="commitment").count()
        )

    def test_two_who_close_the_same_month_close_it_once(self) -> None:
        line = LineFactory(allocated=1_000)
        officer = person(Role.FINANCE_OFFICER, of=line.commissioner)
        found = at_once(6, lambda place: close(officer, line))
        assert sum(isinstance(one, Period) for one in found) == 1
        assert Period.objects.count() == 1


class TestTheEndOfAYear:
    AFTER = date(2019, 4, 2)

    def ask(self, line: Line, by: Any, carried: int | None, chin: Any = None) -> Any:
        amount = None if carried is None else Decimal(carried)
        return services.choose(
            by=by, line=line, year=YEAR, chin=chin, carried=amount, reason="Agreed", today=self.AFTER
        )

    def test_what_is_left_goes_where_two_people_chose(self, line: Line, officer: Any, second: Any) -> None:
        commit(line, 2_000)
        asked = self.ask(line, officer, 4_000)
        assert not Entry.objects.filter(kind__in=["returned", "carried_out"]).exists()
        assert refused(lambda: services.agree_choice(by=officer, choice=asked, today=self.AFTER)) == (
            "Somebody else decides on what one asks for."
        )
        services.agree_choice(by=second, choice=asked, today=self.AFTER)
        entered = Entry.objects.exclude(kind__in=["allocation", "commitment"]).order_by("pk")
        assert [(one.kind, one.year, one.amount, one.by, one.agreed_by) for one in entered] == [
            ("returned", 2018, 6_000, officer, second),
            ("carried_out", 2018, 4_000, officer, second),
            ("carried_in", 2019, 4_000, officer, second),
        ]

    def test_nothing_is_chosen_before_the_year_is_over(self, line: Line, officer: Any) -> None:
        said = refused(
            lambda: services.choose(
                by=officer, line=line, year=YEAR, chin=None, carried=None, reason="x", today=date(2019, 3, 31)
            )
        )
        assert said == "2018/19 ends on 31 March 2019: what becomes of it is chosen after that."

    def test_a_year_has_ended_when_everything_left_is_chosen_for(self, line: Line, officer: Any, second: Any) -> None:
        other = LineFactory(source=line.source, allocated=300)
        lines = Line.objects.filter(pk__in=[line.pk, other.pk])

        def end() -> queries.YearEnd:
            return queries.year_end(lines, YEAR, queries.AsAt(date.today(), None, date.today()))

        assert (end().to_choose, end().ended) == (2, False)
        services.agree_choice(by=second, choice=self.ask(line, officer, 0), today=self.AFTER)
        services.agree_choice(by=second, choice=self.ask(other, officer, None), today=self.AFTER)
        assert (end().to_choose, end().ended) == (0, True)
        assert [pot.state for pot in end().pots] == ["chosen", "chosen"]

    def test_what_changed_meanwhile_is_asked_for_anew(self, line: Line, officer: Any, second: Any) -> None:
        asked = self.ask(line, officer, None)
        commit(line, 10)
        assert "£11,990.00 is left now" in refused(
            lambda: services.agree_choice(by=second, choice=asked, today=self.AFTER)
        )
        services.decline_choice(by=second, choice=asked, why="Another £10 is committed", today=self.AFTER)
        self.ask(line, officer, None)

    def test_more_than_is_left_and_a_second_asking_are_refused(self, line: Line, officer: Any) -> None:
        assert refused(lambda: self.ask(line, officer, 12_001)) == ("£12,001.00 is more than is left: £12,000.00.")
        self.ask(line, officer, 1)
        assert "asked for already" in refused(lambda: self.ask(line, officer, 2))

    def test_one_person_alone_enters_nothing_of_the_kind(self, line: Line) -> None:
        by = UserFactory()
        with pytest.raises(IntegrityError, match="budget_entry_of_two"), transaction.atomic():
            Entry.objects.create(
                line=line, year=YEAR, kind="returned", amount=1, day=SEPTEMBER, reason="x", by=by, agreed_by=by
            )

    def test_a_chins_part_is_chosen_for_by_itself(self, line: Line, officer: Any, second: Any) -> None:
        chin = ChinFactory(commissioner=line.commissioner)
        ledger.delegate(by=None, line=line, chin=chin, year=YEAR, amount=Decimal(900), day=SEPTEMBER, reason="x")
        services.agree_choice(by=second, choice=self.ask(line, officer, None, chin), today=self.AFTER)
        assert Entry.objects.get(kind="carried_in").chin == chin
