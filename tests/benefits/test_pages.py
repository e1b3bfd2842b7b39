"""The pages of benefits: who sees what, what each number is the sum of, and what can be done by them."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit import work
from cc2h.kit.figures import measured
from kpis.benefits.models import Benefit, Profile, Split, Validation
from practices.models import Commissioner
from tests.factories import CaseFactory, ChinFactory, CommissionerFactory, person
from tests.factories.benefits import BenefitFactory, a_benefit, forecast, plan, split, validated
from tests.factories.dated import recorded_on
from tests.factories.kpis import a_measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
YEAR = 2018


@pytest.fixture
def barnet() -> Commissioner:
    made: Commissioner = CommissionerFactory(barnet=True, in_programme=True)
    return made


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


@pytest.fixture
def manager(barnet: Commissioner) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, barnet)


@pytest.fixture
def officer(barnet: Commissioner) -> Client:
    return signed_in(Role.FINANCE_OFFICER, barnet)


@pytest.fixture
def member(barnet: Commissioner) -> Client:
    return signed_in(Role.BOARD_MEMBER, barnet)


def url(name: str, *args: Any) -> str:
    return reverse(f"benefits:{name}", args=args)


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status, address
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.getvalue().decode())).split())


def marked(client: Client, address: str, **query: str) -> Iterator[tuple[str, str, str, str]]:
    """Each number that leads to rows: its name, value, measure and the address of its rows."""
    html = client.get(address, query).getvalue().decode()
    for found in re.finditer(
        r'data-part="([^"]*)"\s+data-value="([^"]*)"\s+data-measure="([^"]*)"\s+data-csv="([^"]*)"', html
    ):
        yield tuple(unescape(part) for part in found.groups())  # type: ignore[misc]


def rows(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(address).getvalue().decode("utf-8-sig"))))


def some(barnet: Commissioner) -> None:
    """A few of everything: overlapping, forecast, validated, of a CHIN, of the programme, and not stated."""
    chin = ChinFactory(commissioner=barnet, name="CHIN 9")
    large = a_benefit(900, YEAR, commissioner=barnet, point_of_delivery="emergency", title="Large", paper="A plan")
    small = a_benefit(400, YEAR, commissioner=barnet, chin=chin, point_of_delivery="emergency", title="Small")
    unknown = a_benefit(None, YEAR, commissioner=None, initiative="qists", title="Unknown", due=date(2018, 6, 30))
    plan(unknown, None, 2019, recurrent=None, non_recurrent=None)
    plan(large, 1_000, 2019, recurrent=250, non_recurrent=150, activity=-12)
    plan(large, 100, 2017, activity=-2)
    forecast(large, 700, YEAR)
    validated(small, 30, YEAR, first_quarter=1, last_quarter=1, first=date(2018, 7, 2))


class TestDashboard:
    @pytest.mark.parametrize("worked", [False, True])
    @pytest.mark.parametrize("year", ["2017-18", "2018-19", "2019-20"])
    def test_every_number_is_measured_over_its_rows(
        self, barnet: Commissioner, member: Client, year: str, worked: bool
    ) -> None:
        some(barnet)
        while worked and work.sweep():
            pass
        found = list(marked(member, url("home"), year=year))
        assert len(found) > 10
        for name, value, measure, address in found:
            assert measured(measure, rows(member, address)) == Decimal(value), name

    def test_unknown_stays_unknown(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        said = read(member, url("home"))
        assert "at least £900" in said
        assert "1 of 3 benefits not stated" in said
        a_benefit(None, 2016, commissioner=barnet)
        assert "£0" not in read(member, url("home"), year="2016-17").partition("Year by year")[0].replace(
            "never £0", ""
        )

    def test_says_what_is_at_risk_and_what_is_perhaps_counted_twice(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        said = read(member, url("home"))
        assert "Forecast below plan £200" in said
        assert "Nothing validated; due in Q1 2018/19" in said
        assert "Perhaps counted twice" in said
        split(Benefit.objects.get(title="Large"), Benefit.objects.get(title="Small"), 100, 100)
        said = read(member, url("home"))
        assert "Perhaps counted twice" not in said
        assert "at least £1,300" in said

    def test_return_is_of_what_states_both(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        assert "2.50 for each £1" in read(member, url("home"), year="2019-20")

    def test_as_at_an_earlier_day_it_is_as_it_was(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        assert "£30" in read(member, url("home"))
        assert "£30" not in read(member, url("home"), as_at="2018-07-01")
        assert "No benefit is recorded" in read(member, url("home"), as_at="2017-01-01")

    def test_a_year_that_is_none_is_said(self, member: Client) -> None:
        assert "is not a financial year" in read(member, url("home"), 400, year="2018")

    def test_no_more_queries_for_more_benefits(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                read(member, url("home"), year="2018-19")
            counts.append(len(asked))
            for _ in range(6):
                chin = ChinFactory(commissioner=barnet)
                a_benefit(5, YEAR, commissioner=barnet, chin=chin, point_of_delivery="elective")
        assert counts[0] >= counts[1]

    def test_those_of_another_commissioner_are_not_seen_and_the_programmes_are(self, member: Client) -> None:
        other = a_benefit(77_000, YEAR, title="Theirs")
        a_benefit(55_000, YEAR, commissioner=None, title="Everybody’s")
        said = read(member, url("home"))
        assert "77,000" not in said
        assert "55,000" in said
        read(member, url("benefit_detail", other.slug), 404)


class TestLists:
    @pytest.mark.parametrize("name", ["benefit_list", "row_list"])
    def test_no_more_queries_for_more_rows(self, barnet: Commissioner, member: Client, name: str) -> None:
        some(barnet)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                read(member, url(name))
            counts.append(len(asked))
            for _ in range(8):
                a_benefit(5, YEAR, commissioner=barnet)
        assert counts[0] >= counts[1]

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ({"q": "larg"}, {"Large"}),
            ({"commissioner": "programme"}, {"Unknown"}),
            ({"initiative": "qists"}, {"Unknown"}),
            ({"point": "emergency"}, {"Large", "Small"}),
            ({"point": "none"}, {"Unknown"}),
            ({"commissioner": "07M"}, {"Large", "Small"}),
        ],
    )
    def test_are_filtered(self, barnet: Commissioner, member: Client, query: dict[str, str], titles: set[str]) -> None:
        some(barnet)
        for name in ("benefit_list", "row_list"):
            address = f"{url(name)}?format=csv&" + "&".join(f"{key}={value}" for key, value in query.items())
            assert {row["title"] for row in rows(member, address)} == titles

    def test_rows_are_filtered_by_how_they_stand(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        for query, titles in (("standing=below", {"Large"}), ("standing=validated", {"Small"})):
            found = rows(member, f"{url('row_list')}?format=csv&{query}")
            assert {row["title"] for row in found} == titles
        found = rows(member, f"{url('row_list')}?format=csv&complete=yes&year=2018-19")
        assert {row["title"] for row in found} == {"Large", "Small"}

    def test_what_is_not_stated_is_empty_in_a_file(self, barnet: Commissioner, member: Client) -> None:
        some(barnet)
        (row, _) = rows(member, f"{url('row_list')}?format=csv&q=unknown")
        assert row["planned_saving"] == row["counted_planned"] == ""


class TestBenefit:
    def test_shows_profile_measures_validations_and_overlaps(self, barnet: Commissioner, officer: Client) -> None:
        some(barnet)
        benefit = Benefit.objects.get(title="Small")
        benefit.measures.add(a_measure("falls", name="Falls at home"))
        said = read(officer, url("benefit_detail", benefit.slug))
        for text in ("Falls at home", "£400", "£30", "Contract monitoring", "Not split: the larger counts", "Large"):
            assert text in said

    def test_is_read_as_known_on_a_day(self, barnet: Commissioner, member: Client) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        said = read(member, url("benefit_detail", benefit.slug), as_at="2018-11-30", known="2018-11-15")
        assert "No year is planned as at this day." in said

    def test_names_its_business_case_to_those_who_may_see_it(self, barnet: Commissioner, manager: Client) -> None:
        case = CaseFactory(chin__commissioner=barnet)
        benefit = BenefitFactory(commissioner=barnet, record_kind="case", record_key=case.number)
        assert str(case) in read(manager, url("benefit_detail", benefit.slug))


def form(client: Client, address: str) -> dict[str, str]:
    """What the page's form begins with."""
    html = client.get(address).getvalue().decode()
    return {
        unescape(name): unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', html, re.S)
    }


class TestActs:
    facts = {
        "title": "Fewer falls", "initiative": "chins", "point_of_delivery": "emergency", "first_year": "2017/18",
        "last_year": "2018/19", "day": "2018-12-06",
    }  # fmt: skip

    def test_a_benefit_is_added(self, barnet: Commissioner, manager: Client) -> None:
        measure = a_measure("falls")
        sent = {**self.facts, "commissioner": str(barnet.pk), "measures": [str(measure.pk)], "unit_price": ""}
        answer = manager.post(url("benefit_add"), sent)
        benefit = Benefit.objects.get()
        assert answer.headers["Location"] == url("benefit_detail", "fewer-falls")
        assert (benefit.commissioner, benefit.added_by is not None, benefit.profiles.count()) == (barnet, True, 2)
        assert list(benefit.measures.all()) == [measure]

    def test_the_programmes_is_added_by_a_manager_of_the_programme(self, manager: Client) -> None:
        manager.post(url("benefit_add"), self.facts)
        assert Benefit.objects.get().commissioner is None

    def test_a_commissioner_outside_the_programme_does_not_add_the_programmes(self) -> None:
        client = signed_in(Role.TRANSFORMATION_MANAGER, CommissionerFactory(in_programme=False))
        answer = client.post(url("benefit_add"), self.facts)
        assert "Choose a commissioner." in answer.getvalue().decode()
        assert not Benefit.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"record_key": "2018-999"}, "There is no business case “2018-999” that you may see."),
            ({"last_year": "2016/17"}, "The last year is the first or one of the twenty after it."),
            ({"first_year": "2017"}, "is not a financial year"),
            ({"unit_price": "12"}, "where it is from and of which year"),
            ({"hrg": "1"}, "An HRG is written like DZ11 or DZ11P"),
        ],
    )
    def test_what_can_not_be_is_said(self, manager: Client, wrong: dict[str, str], said: str) -> None:
        answer = manager.post(url("benefit_add"), self.facts | wrong)
        assert said in unescape(answer.getvalue().decode())
        assert not Benefit.objects.exists()

    def test_a_plan_may_say_nothing_and_may_say_no_pounds(self, barnet: Commissioner, manager: Client) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        address = url("plan", benefit.slug, "2018-19")
        sent = form(manager, address) | {"saving": "0.00", "recurrent": "", "reason": "Agreed", "day": "2018-12-01"}
        manager.post(address, sent)
        row = Profile.objects.as_at(date(2018, 12, 6)).get(benefit=benefit)
        assert (row.saving, row.recurrent) == (0, None)
        assert Profile.objects.as_at(date(2018, 11, 30)).get(benefit=benefit).saving == 900

    def test_who_saves_second_is_shown_what_the_first_did(self, barnet: Commissioner, manager: Client) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        address = url("plan", benefit.slug, "2018-19")
        sent = form(manager, address) | {"saving": "5", "reason": "Agreed", "day": "2018-12-01"}
        manager.post(address, sent)
        answer = manager.post(address, sent | {"saving": "6"})
        assert "Somebody else" in answer.getvalue().decode() or "saved" in answer.getvalue().decode()
        assert Profile.objects.as_at(date(2018, 12, 6)).get(benefit=benefit).saving == 5

    def test_a_forecast_and_a_new_year(self, barnet: Commissioner, manager: Client) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        manager.post(url("plan", benefit.slug, "2019-20"), {"saving": "10", "day": "2018-12-01"})
        manager.post(url("forecast", benefit.slug, "2019-20"), {"saving": "8", "activity": "-3", "day": "2018-12-01"})
        row = Profile.objects.standing(date(2018, 12, 6)).get(benefit=benefit, year=2019)
        assert (row.saving, row.forecast_saving, row.forecast_activity) == (10, 8, -3)

    def test_an_officer_validates_and_withdraws_and_a_manager_does_not(
        self, barnet: Commissioner, manager: Client, officer: Client
    ) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        address = url("validate", benefit.slug, "2018-19")
        sent = {"quarters": "12", "saving": "30", "evidence": "Contract", "day": "2018-12-01"}
        assert manager.post(address, sent).status_code == 403
        officer.post(address, sent)
        (made,) = Validation.objects.held()
        assert (made.quarters, made.saving) == ("Q1 to Q2", 30)
        officer.post(url("validation_withdraw", made.pk), {"day": "2018-12-05", "why": "Counted twice"})
        assert not Validation.objects.as_at(date(2018, 12, 6)).exists()

    def test_whoever_planned_it_is_told_why_they_can_not_validate_it(self, barnet: Commissioner) -> None:
        me = person(Role.FINANCE_OFFICER, Role.TRANSFORMATION_MANAGER, of=barnet)
        client = Client()
        client.force_login(me)
        benefit = BenefitFactory(commissioner=barnet)
        plan(benefit, 900, YEAR, by=me)
        sent = {"quarters": "11", "saving": "30", "evidence": "Contract", "day": "2018-12-01"}
        answer = client.post(url("validate", benefit.slug, "2018-19"), sent)
        assert "does not validate it: somebody else does." in unescape(answer.getvalue().decode())

    def test_an_overlap_is_split(self, barnet: Commissioner, manager: Client) -> None:
        one, other = (a_benefit(n, YEAR, commissioner=barnet, point_of_delivery="elective") for n in (900, 400))
        address = url("split", other.slug, one.slug)
        manager.post(address, {"percent": "50", "other_percent": "100", "why": "Half", "day": "2018-12-01"})
        assert Profile.objects.standing(date(2018, 12, 6)).get(benefit=other).counted_saving == 200
        assert Split.objects.get().recorded_by is not None

    def test_a_benefit_is_changed(self, barnet: Commissioner, manager: Client) -> None:
        benefit = a_benefit(900, YEAR, commissioner=barnet)
        address = url("benefit_edit", benefit.slug)
        seen = form(manager, address)["seen"]
        sent = {"title": "Otherwise", "initiative": "qists", "commissioner": str(barnet.pk), "seen": seen}
        manager.post(address, sent)
        benefit.refresh_from_db()
        assert (benefit.title, benefit.initiative) == ("Otherwise", "qists")


class TestCommand:
    def test_tells_what_a_year_comes_to_and_what_is_unknown(self, barnet: Commissioner) -> None:
        some(barnet)
        out = StringIO()
        call_command("benefits", financial_year=YEAR, json=True, stdout=out)
        found = json.loads(out.getvalue())
        assert found["financial_year"] == "2018/19"
        assert found["planned"] == {"amount": "900.00", "unknown": 1}
        assert found["validated"] == {"amount": "30.00", "unknown": 2}
        assert found["net"] == {"amount": "900.00", "unknown": 1}
        assert len(found["rows"]) == 3
        out = StringIO()
        call_command("benefits", "--financial-year", "2018/19", stdout=out)
        assert "Planned     at least £900, 1 unknown" in out.getvalue()

    def test_a_wrong_year_is_said(self) -> None:
        with pytest.raises(CommandError, match="is not a financial year"):
            call_command("benefits", "--financial-year", "2018")

    def test_checks_what_is_kept(self, barnet: Commissioner) -> None:
        some(barnet)
        with pytest.raises(SystemExit) as wrong:
            call_command("benefits", "--check", stdout=StringIO())
        assert wrong.value.code == 1
        call_command("benefits", "--recompute", stdout=StringIO())
        out = StringIO()
        call_command("benefits", "--check", stdout=out)
        assert "Every row is what the records give." in out.getvalue()


def test_every_page_of_another_day_shows_a_benefit_as_it_was_then(barnet: Commissioner, manager: Client) -> None:
    """Found, counted and taken away by what it was, too."""
    one = a_benefit(5_000, commissioner=barnet, title="Fewer visits", initiative="qists", point_of_delivery="a_and_e")
    one.title, one.initiative, one.point_of_delivery = "Fewer stays", "chins", "emergency"
    one.save()
    recorded_on(one, date(2018, 6, 1), date(2018, 12, 5))
    then = {"as_at": "2018-12-04"}
    for name, args in (("home", ()), ("benefit_list", ()), ("row_list", ()), ("benefit_detail", (one.slug,))):
        page = reverse(f"benefits:{name}", args=args)
        before, after = (
            manager.get(page, {"as_at": day}).content.decode().partition('id="history"')[0]
            for day in ("2018-12-04", "2018-12-05")
        )
        if name != "home":  # which names only what is at risk
            assert ("Fewer visits" in before, "Fewer stays" in before) == (True, False), name
            assert ("Fewer visits" in after, "Fewer stays" in after) == (False, True), name
    for name in ("benefit_list", "row_list"):
        page = reverse(f"benefits:{name}")
        for asked in (
            {"initiative": "qists"},
            {"point": "a_and_e"},
            {"q": "visits"},
            {"commissioner": barnet.ods_code},
        ):
            found = manager.get(page, then | asked | {"format": "csv"}).getvalue().decode()  # type: ignore[attr-defined]
            assert "Fewer visits" in found, (name, asked)
        assert "Fewer" not in manager.get(page, then | {"initiative": "chins"}).content.decode()
    counted = manager.get(reverse("benefits:home"), then).content.decode()
    assert "initiative=qists" in counted
    assert "initiative=chins" not in counted
