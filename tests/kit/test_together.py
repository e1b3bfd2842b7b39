"""Several questions in one statement: every row as if it had been asked for alone."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, DateField, Max, Q, Value
from django.db.models.functions import Cast, JSONObject, Substr

from budget.models import Entry
from cc2h.accounts.authority import Action, Role, Scope, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking, Raw, alone, kept, rows_of, together, totals
from chins.models import Chin, Membership
from practices.models import Practice
from tests.factories import ChinFactory, MembershipFactory, UserFactory, person

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


# Kept --------------------------------------------------------------------------------------------------


def _members(chins: Any, day: Any, known: Any) -> Any:
    found = Membership.objects.as_at(day, known).filter(chin__in=chins)
    return found.annotate(eve=Cast(Value(day - timedelta(days=1)), DateField())).order_by("pk")


def _named(name: Any, number: Any, state: Any) -> Any:
    return Chin.objects.filter(Q(name=name) | Q(pk=number), kind=state).order_by("pk")


def test_a_kept_question_is_answered_for_each_value() -> None:
    first, second = MembershipFactory(), MembershipFactory()
    began = first.period.lower
    for chins, expected in (([first.chin_id], [first]), ([], []), ({first.chin_id, second.chin_id}, [first, second])):
        (found,) = rows_of([kept(_members, chins, began, None)])
        assert found == expected
        assert all(one.eve == began - timedelta(days=1) for one in found)
    before = began - timedelta(days=1)
    assert rows_of([kept(_members, [first.chin_id], before, None)]) == [[]]
    recorded = first.held.lower
    for known, held in ((recorded, []), (recorded + timedelta(microseconds=1), [first])):
        assert rows_of([kept(_members, [first.chin_id], began, known)]) == [held]


def test_words_numbers_and_members_of_enumerations() -> None:
    first, second = ChinFactory(name="50% of “all” %(0)s"), ChinFactory(name="Elm")
    asked = [
        kept(_named, first.name, second.pk, Chin.Kind.CHIN),
        kept(_named, first.name, 0, Chin.Kind.CHIN),
        kept(_named, second.name, 0, Chin.Kind.CHIN, most=1),
    ]
    assert rows_of(asked) == [[first, second], [first], [second]]


def _seen(user: Any) -> Any:
    held = authority_of(user)
    mine = Q(commissioner__in=held.commissioner_ids(Action.VIEW_CASE)) | Q(
        pk__in=held.own_ids(Action.VIEW_CASE, Scope.CHIN)
    )
    return totals(Chin.objects.filter(mine), n=Count("pk"))


def test_each_person_is_answered_by_their_own_authority() -> None:
    first, second = ChinFactory(), ChinFactory()
    third = ChinFactory(commissioner=second.commissioner)
    people = [person(Role.CHIN_LEAD, of=first), person(Role.CHIN_LEAD, of=second), UserFactory()]
    people += [person(Role.TRANSFORMATION_MANAGER, of=one.commissioner) for one in (first, third)]
    alone = [_seen(one).rows.count() for one in people]
    assert [rows_of([kept(_seen, one)])[0] for one in people] == [(number,) for number in alone]
    assert alone[2:] == [0, 1, 2]


def _compares(day: Any) -> Any:
    return Chin.objects.filter(pk=1 if day > date(2018, 12, 6) else 2)


def test_a_kept_question_may_not_look_into_its_values() -> None:
    with pytest.raises(TypeError, match="compare them before"):
        rows_of([kept(_compares, date(2018, 12, 6))])
    with pytest.raises(TypeError, match="can’t be kept"):
        rows_of([kept(_compares, 1.5)])


def _of_day(asat: Any) -> Any:
    day = asat.today if asat.is_today else asat.day
    return Membership.objects.as_at(day, asat.known_at).order_by("pk")


def test_the_days_of_a_page() -> None:
    one = MembershipFactory()
    day, today = one.period.lower, date(2019, 1, 1)
    for seen, expected in (
        (AsAt(today, None, today), [one]),
        (AsAt(day, None, today), [one]),
        (AsAt(day - timedelta(days=1), None, today), []),
        (AsAt(day, date(2012, 1, 1), today), []),
    ):
        assert rows_of([kept(_of_day, seen)]) == [expected]


@pytest.mark.django_db(transaction=True)
def test_postgresql_keeps_the_plan_of_what_is_kept() -> None:
    chin = ChinFactory()
    for number in range(3):
        rows_of([kept(_named, chin.name, number, Chin.Kind.CHIN), kept(_seen, UserFactory())])
        rows_of([Chin.objects.filter(pk=number)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements")
        assert cursor.fetchone() == (1, 3)
