"""Keeping sources and lines of the budget."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from budget import ledger, services
from budget.models import Line
from budget.queries import newest_contribution
from cc2h.kit import history
from cc2h.kit.history import ChangedMeanwhile
from tests.budget.ground import refused
from tests.factories import CommissionerFactory, LineFactory, SourceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    return UserFactory(name="Finance officer")


def facts(**changes: Any) -> dict[str, Any]:
    return {"name": "Wound care", "kind": "recurrent", "first_year": 2018, "last_year": 2020, **changes}


def test_a_line_is_added_at_the_end_of_the_table_with_an_address_of_its_own(officer: Any) -> None:
    source = SourceFactory()
    one = services.add_line(by=officer, commissioner=source.commissioner, source=source, **facts())
    two = services.add_line(by=officer, commissioner=source.commissioner, source=source, **facts(first_year=2019))
    assert [(line.slug, line.place, line.duration_years) for line in (one, two)] == [
        ("wound-care", 1, 3),
        ("wound-care-2", 2, 2),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_year": 2017}, "A line’s last year must not be before its first."),
        ({"kind": "non-recurrent", "last_year": None}, "A non-recurrent line has a last year."),
        ({"first_year": 1900}, "That financial year is none the portal knows."),
        ({"name": ""}, "it can’t be empty."),
        ({"name": "x" * 151}, "at most 150 characters"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_in_words(officer: Any, changes: dict[str, Any], said: str) -> None:
    source = SourceFactory()
    given = {"by": officer, "commissioner": source.commissioner, "source": source, **facts(**changes)}
    assert said in refused(lambda: services.add_line(**given))
    assert not Line.objects.exists()


def test_money_of_another_commissioner_makes_no_line(officer: Any) -> None:
    source = SourceFactory()
    other = CommissionerFactory(ods_code="07R")
    assert refused(lambda: services.add_line(by=officer, commissioner=other, source=source, **facts())) == (
        "The source is another commissioner’s."
    )


def test_a_line_is_not_cut_short_of_what_is_entered_on_it(officer: Any) -> None:
    line = LineFactory(first_year=2017, last_year=2020, allocated=100)
    for change in ({"first_year": 2019}, {"last_year": 2017}):
        with pytest.raises(ValidationError, match="Something is entered on this line for 2018/19 already"):
            services.change_line(by=officer, line=line, seen=history.version(line), **change)
    changed = services.change_line(by=officer, line=line, seen=history.version(line), first_year=2018, last_year=2018)
    assert (changed.first_year, changed.last_year) == (2018, 2018)


def test_a_line_with_money_carried_beyond_its_years_can_still_be_renamed(officer: Any) -> None:
    line = LineFactory(first_year=2018, last_year=2018, allocated=100)
    ledger.end_year(
        by=officer, agreed_by=UserFactory(), line=line, year=2018, chin=None, carried=Decimal(100), returned=Decimal(0),
        day=date(2019, 4, 1), reason="Carried forward",
    )  # fmt: skip
    changed = services.change_line(by=officer, line=line, seen=history.version(line), name="Another", last_year=2018)
    assert changed.name == "Another"


def test_the_database_keeps_a_line_where_its_entries_are(officer: Any) -> None:
    line = LineFactory(first_year=2018, last_year=2019, allocated=100)
    other = CommissionerFactory(ods_code="07R")
    for change, said in (
        ({"first_year": 2019}, "Something is entered on this line"),
        ({"commissioner": other}, "A line stays its commissioner’s"),
    ):
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            Line.objects.filter(pk=line.pk).update(**change)


def test_the_second_of_two_who_change_a_line_is_told_of_the_first(officer: Any) -> None:
    line = LineFactory()
    seen = history.version(line)
    services.change_line(by=officer, line=line, seen=seen, cost_centre="C12345")
    with pytest.raises(ChangedMeanwhile) as changed:
        services.change_line(by=UserFactory(), line=line, seen=seen, cost_centre="C99999")
    (entry,) = changed.value.entries
    assert (entry.who, entry.changes[0].after) == ("Finance officer", "C12345")


def test_growth_that_is_not_stated_is_assumed_without_a_number_and_stated_later(officer: Any) -> None:
    line = LineFactory()
    services.assume_growth(by=officer, line=line, year=2019, percent=None, basis="Due to grow")
    services.assume_growth(by=officer, line=line, year=2019, percent=Decimal("2.5"), basis="Agreed")
    assert [(one.year, one.percent) for one in line.growth.all()] == [(2019, Decimal("2.50"))]


def test_contributions_are_one_a_party_and_year_and_stated_later(officer: Any) -> None:
    source = SourceFactory()
    services.contribute(by=officer, source=source, party="London Borough of Barnet", year=2018)
    services.contribute(by=officer, source=source, party="London  Borough of Barnet", year=2018, amount=Decimal(1))
    services.contribute(by=officer, source=source, party="London Borough of Barnet", year=2019)
    assert [(one.year, one.amount) for one in source.contributions.all()] == [(2018, Decimal(1)), (2019, None)]
    said = refused(lambda: services.contribute(by=officer, source=source, party="x", year=2018, amount=Decimal(0)))
    assert said == "A contribution is more than £0.00, or not stated."


def test_a_contribution_that_somebody_changed_since_is_not_replaced_unseen(officer: Any) -> None:
    source = SourceFactory()
    given = {"by": officer, "source": source, "party": "A council", "year": 2018}
    services.contribute(amount=Decimal(5), **given)
    seen = newest_contribution(source)
    services.contribute(amount=Decimal(7), seen=seen, **given)
    with pytest.raises(ChangedMeanwhile):
        services.contribute(amount=Decimal(6), seen=seen, **given)
    services.contribute(seen=seen, **given | {"year": 2019})
    assert source.contributions.get(year=2018).amount == 7
