"""Five clear working days, and the days of meetings by a pattern."""

from datetime import date, timedelta

import pytest

from cc2h.governance.papers import CLEAR_DAYS, papers_due
from cc2h.governance.patterns import Every, days_of, in_words
from cc2h.kit.working import is_working


@pytest.mark.parametrize(
    ("meeting", "due"),
    [
        (date(2018, 12, 13), date(2018, 12, 5)),  # Thursday: the Wednesday of the week before
        (date(2018, 12, 10), date(2018, 11, 30)),  # Monday: the week between, so the Friday before
        (date(2019, 1, 3), date(2018, 12, 21)),  # over Christmas: 24, 27, 28, 31 December and 2 January are clear
        (date(2018, 4, 5), date(2018, 3, 26)),  # over Good Friday and Easter Monday
        (date(2022, 6, 9), date(2022, 5, 30)),  # the spring holiday was moved to Thursday 2 June
    ],
)
def test_papers_go_out_five_clear_working_days_before(meeting: date, due: date) -> None:
    assert papers_due(meeting) == due


def test_neither_the_day_of_sending_nor_of_the_meeting_counts() -> None:
    day = date(2017, 1, 1)
    for number in range(3 * 365):
        meeting = day + timedelta(number)
        due = papers_due(meeting)
        between = [due + timedelta(n) for n in range(1, (meeting - due).days)]
        assert is_working(due)
        assert sum(map(is_working, between)) == CLEAR_DAYS


class TestPatterns:
    def test_once(self) -> None:
        assert days_of(date(2018, 12, 13), Every.ONCE, 5) == [date(2018, 12, 13)]

    def test_the_second_thursday_of_each_month(self) -> None:
        found = days_of(date(2018, 11, 8), Every.MONTH, 4)
        assert found == [date(2018, 11, 8), date(2018, 12, 13), date(2019, 1, 10), date(2019, 2, 14)]
        assert in_words(found[0], Every.MONTH) == "every month, on the second Thursday"

    def test_a_fifth_is_the_last_of_months_that_have_four(self) -> None:
        assert days_of(date(2018, 11, 29), Every.MONTH, 3) == [
            date(2018, 11, 29),
            date(2018, 12, 27),
            date(2019, 1, 31),
        ]
        assert in_words(date(2018, 11, 29), Every.QUARTER) == "every three months, on the last Thursday"

    def test_a_bank_holiday_is_the_next_working_day(self) -> None:
        assert days_of(date(2018, 12, 4), Every.WEEK, 5)[3:] == [date(2018, 12, 27), date(2019, 1, 2)]

    def test_two_weeks_and_two_months(self) -> None:
        assert days_of(date(2018, 11, 6), Every.FORTNIGHT, 2)[1] == date(2018, 11, 20)
        assert days_of(date(2018, 11, 6), Every.TWO_MONTHS, 2)[1] == date(2019, 1, 2)  # the first Tuesday is New Year
