"""Several questions in one statement: every row as if it had been asked for alone."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Max, Q, Value
from django.db.models.functions import JSONObject, Substr

from budget.models import Entry
from cc2h.kit.together import Asking, Raw, alone, rows_of, together, totals
from chins.models import Chin, Membership
from practices.models import Practice
from tests.factories import ChinFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_records_come_as_they_do_alone() -> None:
    members = [MembershipFactory(chin__focus_areas=["frailty", "50% of “all”"]) for _ in range(3)]
    asked = Membership.objects.select_related("chin__commissioner", "practice").order_by("-pk")
    found, none, chins = rows_of([asked, asked.filter(pk=0), Chin.objects.order_by("pk")])
    assert found == members[::-1]
    assert none == []
    assert [one.focus_areas for one in chins] == [one.chin.focus_areas for one in members]
    for one, alike in zip(found, asked, strict=True):
        for field in Membership._meta.concrete_fields:
            assert getattr(one, field.attname) == getattr(alike, field.attname)
        assert one.chin.commissioner.name == alike.chin.commissioner.name


def test_one_statement_answers_all(django_assert_num_queries: Any) -> None:
    ChinFactory()
    with django_assert_num_queries(1):
        chins, practices, pairs, entries = rows_of(
            [Chin.objects.all(), Practice.objects.none(), Chin.objects.values_list("slug", "name"), Entry.objects.all()]
        )
        assert [one.name for one in chins] == [name for _, name in pairs]
        assert practices == entries == []


def test_what_can_have_no_row_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert rows_of([Chin.objects.filter(pk__in=[]), Practice.objects.none()]) == [[], []]
        assert rows_of([]) == []


def test_values_annotations_and_slices() -> None:
    commissioner = ChinFactory().commissioner
    ChinFactory(commissioner=commissioner)
    by_commissioner = Chin.objects.order_by().values("commissioner").annotate(n=Count("pk"))
    several = Chin.objects.annotate(said=JSONObject(name="name"), percent=Value("5%")).order_by("name")
    counted, first, said = rows_of([by_commissioner, several[:1], several.values_list("said", flat=True)])
    assert counted == [{"commissioner": commissioner.pk, "n": 2}]
    assert [(one.said, one.percent) for one in first] == [({"name": one.name}, "5%") for one in several[:1]]
    assert said == [{"name": one.name} for one in several]


def test_totals_are_there_where_there_is_nothing_to_add_up() -> None:
    chins = [ChinFactory(name=name) for name in ("Ash", "Elm")]
    every = Chin.objects.annotate(first=Substr("name", 1, 1)).order_by("name")
    sums = {"n": Count("pk"), "last": Max("name"), "ash": Count("pk", filter=Q(first="A"))}
    asked = [totals(rows, **sums) for rows in (every, every.filter(name="Oak"), every.filter(pk__in=[]))]
    assert rows_of(asked) == [(2, chins[1].name, 1), (0, None, 0), (0, None, 0)]


def test_a_statement_of_ones_own() -> None:
    sql = "SELECT %(day)s::date, 9.50::numeric, ARRAY['a'], NULL::text, 'it’s 5%%' WHERE %(n)s = 1"
    asked = [Raw(sql, {"day": date(2018, 10, 1), "n": 1}), Raw(sql, {"day": date(2018, 10, 1), "n": 2})]
    assert rows_of(asked) == [[(date(2018, 10, 1), Decimal("9.50"), ["a"], None, "it’s 5%")], []]


def test_each_is_sent_its_own_turn_by_turn(django_assert_num_queries: Any) -> None:
    first, second = ChinFactory(name="First"), ChinFactory(name="Second")

    def named(pk: int, turns: int) -> Asking[list[str]]:
        said = []
        for _ in range(turns):
            (chin,), count = yield Chin.objects.filter(pk=pk), Chin.objects.values_list("pk")
            said.append(f"{chin.name} of {len(count)}")
        (again,) = yield Chin.objects.filter(pk=pk)
        return [*said, again.slug]

    def silent() -> Asking[list[str]]:
        yield from ()
        return ["nothing"]

    with django_assert_num_queries(3):
        found = together([named(first.pk, 1), silent(), named(second.pk, 2)])
    assert found == [
        ["First of 2", first.slug],
        ["nothing"],
        ["Second of 2", "Second of 2", second.slug],
    ]
    with django_assert_num_queries(1):
        assert alone(named(first.pk, 0)) == [first.slug]
    assert together(iter(())) == []


def test_what_fails_says_so_where_it_was_asked() -> None:
    def fails() -> Iterator[Any]:
        yield Chin.objects.all()
        raise ValueError("not that")

    with pytest.raises(ValueError, match="not that"):
        alone(fails())  # type: ignore[arg-type]
