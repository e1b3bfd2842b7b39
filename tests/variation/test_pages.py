"""The other ways to look: who is named and who only counts, intervals, CHINs, one practice, gaps, deprivation; bad addresses."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts.authority import Role
from cc2h.kit import charts, render_chart
from chins.models import Chin
from kpis.models import PracticeValue
from kpis.variation import groups, views
from kpis.variation.judging import judge
from practices.models import Commissioner
from tests.factories import ChinFactory, ListSizeFactory, MembershipFactory, PracticeFactory, many_practices
from tests.factories.kpis import a_measure, define, value
from tests.kpis.examples import SHARES
from tests.variation.ground import ENDS, PAGE, api, page, programme, signed_in, those

pytestmark = pytest.mark.django_db

TABS = ("funnel", "intervals", "practice_list", "chins", "compare", "two", "gap", "deprivation")


@pytest.fixture
def commissioner() -> Commissioner:
    return programme()


@pytest.fixture
def manager(commissioner: Commissioner) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, commissioner)


class TestNames:
    def test_unpublished_values_name_a_practice_to_itself_and_count_for_everybody(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        made = those(a_measure("local"), commissioner, *SHARES, published=False)
        chin = ChinFactory(commissioner=commissioner)
        for practice in made:
            MembershipFactory(chin=chin, practice=practice)
        own = signed_in(Role.PRACTICE_MANAGER, made[9])
        everything, mine = api(manager, "funnel", "local"), api(own, "funnel", "local")
        assert [point["ods_code"] for point in mine["points"]] == [made[9].ods_code]
        assert mine["centre"] == everything["centre"]
        assert mine["points"][0]["unadjusted"]["verdict"] == "low_025"
        assert mine["hidden"] == 11
        assert "11 practices that you may not be told by name count in the average" in page(own, "funnel", "local")
        for tab in TABS:
            html = page(own, tab, "local")
            assert not [one.ods_code for one in made[:9] if one.ods_code in html]

    def test_a_few_unpublished_values_do_not_count_for_those_who_may_not_see_them(
        self, commissioner: Commissioner
    ) -> None:
        measure = a_measure("mixed")
        shown = those(measure, commissioner, [50, 60], [100, 100])
        those(measure, commissioner, [1, 2], [100, 100], published=False)
        chin = ChinFactory(commissioner=commissioner)
        for practice in shown:
            MembershipFactory(chin=chin, practice=practice)
        found = api(signed_in(Role.BOARD_MEMBER, commissioner), "funnel", "mixed")
        assert found["average"] == pytest.approx(55)
        assert (found["hidden"], found["left_out"]["secret"]) == (0, 2)

    def test_a_practice_in_no_chin_is_not_named_to_the_board(self, commissioner: Commissioner) -> None:
        made = those(a_measure("open"), commissioner, [50, 60, 70], [100, 100, 100])
        MembershipFactory(chin=ChinFactory(commissioner=commissioner), practice=made[0])
        board = signed_in(Role.BOARD_MEMBER, commissioner)
        found = api(board, "funnel", "open")
        assert [point["ods_code"] for point in found["points"]] == [made[0].ods_code]
        assert (found["average"], found["hidden"]) == (pytest.approx(60), 2)
        rows = (
            board.get(reverse("variation:practice_list", args=["open"]), {**PAGE, "format": "csv"}).getvalue().decode()
        )
        assert made[1].ods_code not in rows

    def test_who_is_left_out_is_said(self, commissioner: Commissioner, manager: Client) -> None:
        measure = a_measure("gaps")
        those(measure, commissioner, [50, 120, 0], [100, 100, 0])
        value(measure, PracticeFactory(commissioner=commissioner), ENDS, None, None, suppressed=True)
        value(measure, PracticeFactory(commissioner=commissioner, closed=date(2018, 3, 1)), ENDS, 1, 2)
        html = page(manager, "funnel", "gaps")
        assert "Left out: 1 practice not told by the publisher (small number)." in html
        assert "Left out: 1 practice without a denominator." in html
        assert "Left out: 1 practice with more counted than there are." in html
        assert "Left out: 1 practice not open on the period’s last day." in html


class TestAddresses:
    @pytest.mark.parametrize("tab", TABS)
    def test_a_measure_without_values_says_so(self, manager: Client, tab: str) -> None:
        a_measure("empty")
        html = page(manager, tab, "empty")
        assert "No data yet" in html or "There are no values of this measure yet" in html

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"ends": "soon"}, "is the last day of a period, like 2018-03-31"),
            ({"ends": "2018-04-30"}, "no values of a period that ended on 30 April 2018"),
            ({"chin": "nowhere"}, "No practice of the CHIN"),
            ({"commissioner": "XXX"}, "No practice of the commissioner"),
            ({"against": "everybody"}, "“against” is programme, commissioner, chin, register"),
            ({"against": "chin"}, "To compare with the CHIN, choose one"),
            ({"limits": "wide"}, "Limits"),
        ],
    )
    def test_what_cannot_be_asked_is_said(
        self, commissioner: Commissioner, manager: Client, query: dict[str, str], said: str
    ) -> None:
        those(a_measure("targets"), commissioner, *SHARES)
        answer = manager.get(reverse("variation:funnel", args=["targets"]), {**PAGE, **query})
        assert answer.status_code == 400
        assert said in answer.content.decode()

    def test_a_measure_that_is_not_there_is_not_found(self, manager: Client) -> None:
        assert manager.get(reverse("variation:funnel", args=["nothing"]), PAGE).status_code == 404

    def test_a_period_to_come_is_not_shown(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("later"), commissioner, [1], [2])
        answer = manager.get(reverse("variation:funnel", args=["later"]), {"as_at": "2018-03-30"})
        assert "No data yet" in answer.content.decode()

    @pytest.mark.parametrize(
        ("kind", "why"),
        [
            ("count", "It is a count without a denominator"),
            ("mean", "It is a mean"),
            ("dsr", "It is a standardised rate"),
        ],
    )
    def test_what_has_no_limits_has_no_verdict(
        self, commissioner: Commissioner, manager: Client, kind: str, why: str
    ) -> None:
        those(a_measure("other", kind=kind), commissioner, [5, 6, 7], [10, 10, 10])
        assert why in page(manager, "funnel", "other")
        assert api(manager, "funnel", "other")["points"][0]["unadjusted"] is None
        assert "No verdict" in page(manager, "practice_list", "other")

    @pytest.mark.parametrize("tops", [[0, 0, 0], [100, 100, 100]])
    def test_nobody_and_everybody_is_no_difference(
        self, commissioner: Commissioner, manager: Client, tops: list[int]
    ) -> None:
        those(a_measure("same"), commissioner, tops, [100, 100, 100])
        assert {point["unadjusted"]["verdict"] for point in api(manager, "funnel", "same")["points"]} == {"ns"}

    def test_a_rate_of_which_nobody_has_had_any_says_so(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("none", kind="rate"), commissioner, [0, 0], [100, 100])
        assert "Nobody has had any" in page(manager, "funnel", "none")


class TestComparing:
    def test_the_practices_of_a_chin_stand_in_the_funnel_of_all(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        made = those(a_measure("targets"), commissioner, *SHARES)
        chin = ChinFactory(commissioner=commissioner)
        for practice in made[:3]:
            MembershipFactory(chin=chin, practice=practice)
        everybody = api(manager, "funnel", "targets", chin=chin.slug)
        own = api(manager, "funnel", "targets", chin=chin.slug, against="chin")
        assert len(everybody["points"]) == len(own["points"]) == 3
        assert everybody["centre"] == pytest.approx(0.62512538)
        assert own["centre"] == pytest.approx((212 + 148 + 305) / (340 + 260 + 455))

    def test_a_chin_counts_those_in_it_on_the_period_s_last_day(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        (practice,) = those(a_measure("moved"), commissioner, [1], [2])
        before, after = ChinFactory(commissioner=commissioner), ChinFactory(commissioner=commissioner)
        MembershipFactory(chin=before, practice=practice, last=date(2018, 6, 30))
        MembershipFactory(chin=after, practice=practice, first=date(2018, 7, 1))
        assert [group["key"] for group in api(manager, "chins", "moved")["groups"]] == [before.slug]

    def test_one_practice_stands_beside_all(self, commissioner: Commissioner, manager: Client) -> None:
        made = those(a_measure("targets"), commissioner, *SHARES)
        found = api(manager, "compare", "targets", practice=made[9].ods_code)
        lines = {line["name"]: line for line in found["lines"]}
        assert lines["North Central London"]["value"] == pytest.approx(62.512538)
        assert lines["North Central London"]["practices"] == 12
        assert lines["Upper quartile"]["value"] > 62
        assert (found["k"], found["like"]) == (10, [])  # no list of it is held

    def test_how_many_more_if_every_practice_reached_the_upper_quartile(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        made = those(a_measure("steps"), commissioner, [10, 20, 30, 40, 50], [100] * 5)
        figure = api(manager, "compare", "steps", practice=made[0].ods_code)["to_upper_quartile"]
        assert figure["value"] == 30 + 20 + 10  # up to 40%
        assert "40.0% × its denominator less its numerator" in figure["formula"]
        rows = manager.get(figure["parts"][0]["rows"] + "&format=csv").getvalue().decode("utf-8-sig")
        told = [row["to_upper_quartile"] for row in csv.DictReader(StringIO(rows))]
        assert sum(map(Decimal, told)) == figure["value"]

    def test_less_is_better_reaches_down(self, commissioner: Commissioner, manager: Client) -> None:
        made = those(a_measure("fewer", better="down"), commissioner, [10, 20, 30, 40, 50], [100] * 5)
        figure = api(manager, "compare", "fewer", practice=made[0].ods_code)["to_upper_quartile"]
        assert (figure["value"], "fewer" in figure["label"]) == (10 + 20 + 30, True)

    def test_neither_way_is_better_has_no_best_quarter(self, commissioner: Commissioner, manager: Client) -> None:
        made = those(a_measure("either", better="neither"), commissioner, [10, 20], [100] * 2)
        assert api(manager, "compare", "either", practice=made[0].ods_code)["to_upper_quartile"] is None

    def test_practices_like_it_are_near_in_size_deprivation_and_age(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        made = those(a_measure("targets"), commissioner, [10, 20, 30, 40], [100] * 4)
        scores = a_measure("deprivation", kind="mean", better="neither", multiplier=1, unit="points")
        young, old = [100] * 18, [0] * 16 + [900, 900]
        for practice, patients, ages, score in zip(
            made, (1800, 1890, 1800, 1800), (young, [105] * 18, old, young), (20, 20, 20, 50), strict=True
        ):
            ListSizeFactory(practice=practice, day=date(2018, 1, 1), patients=patients, ages=ages)
            value(scores, practice, date(2015, 12, 31), None, None, value=score)
        found = api(manager, "compare", "targets", practice=made[0].ods_code)["like"]
        assert [(one["ods_code"], round(one["distance"], 1)) for one in found] == [
            (made[1].ods_code, 5.0),
            (made[3].ods_code, 30.0),
            (made[2].ods_code, pytest.approx(88.9)),
        ]
        html = page(manager, "compare", "targets", practice=made[0].ods_code)
        assert "The 10 nearest of 3 other practices" in html
        assert "one for each point between their deprivation scores (this one’s is 20.0)" in html

    def test_a_manager_of_a_practice_begins_with_their_own(self, commissioner: Commissioner) -> None:
        made = those(a_measure("targets"), commissioner, *SHARES)
        own = signed_in(Role.PRACTICE_MANAGER, made[4])
        assert api(own, "compare", "targets")["practice"] == made[4].ods_code

    def test_two_measures_are_told_by_their_order(self, commissioner: Commissioner, manager: Client) -> None:
        first, second = a_measure("first"), a_measure("second")
        for practice, one in zip(those(first, commissioner, [1, 2, 3], [10] * 3), (30, 20, 10), strict=True):
            value(second, practice, ENDS, one, 100)
        found = api(manager, "two", "first", other="second")
        assert (found["correlation"], len(found["pairs"])) == (pytest.approx(-1), 3)
        assert "the two orders agree closely (Spearman’s ρ −1.00)" in page(manager, "two", "first", other="second")


class TestTable:
    def test_it_has_no_ranks_and_begins_with_names(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("targets"), commissioner, *SHARES)
        html = page(manager, "practice_list", "targets")
        assert "Without ranks" in html
        assert "Lower (worse), below the 95% limit" in html
        assert "57.1% to 67.3%" in html  # Wilson’s interval of 212 of 340

    def test_it_is_filtered_by_verdict(self, commissioner: Commissioner, manager: Client) -> None:
        made = those(a_measure("targets"), commissioner, *SHARES)
        rows = api(manager, "practice_list", "targets", verdict="differs")["rows"]
        assert {row["ods_code"] for row in rows} == {made[place].ods_code for place in (2, 3, 6, 7, 9)}
        rows = api(manager, "practice_list", "targets", verdict="differs", limits="overdispersed")["rows"]
        assert [row["ods_code"] for row in rows] == [made[9].ods_code]

    def test_it_is_sorted_by_value_in_either_direction(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("targets"), commissioner, *SHARES)
        rows = api(manager, "practice_list", "targets", sort="-value")["rows"]
        assert [row["value"] for row in rows] == sorted((row["value"] for row in rows), reverse=True)


class TestGaps:
    @pytest.mark.parametrize(
        ("population", "prevalence", "register", "expected", "gap", "percent"),
        [
            (7_160, "9.1", 512, "651.56", "139.56", "78.6"),
            (12_480, "7.4", 905, "923.52", "18.52", "98.0"),
        ],
    )
    def test_the_worked_examples(
        self, commissioner: Commissioner, manager: Client, population: int, prevalence: str, register: int,
        expected: str, gap: str, percent: str,
    ) -> None:  # fmt: skip
        those(a_measure("register"), commissioner, [register], [population])
        found = api(manager, "gap", "register", modelled=prevalence)
        assert (found["expected"], found["gap"], found["percent"]) == (
            float(expected), float(gap), float(percent),
        )  # fmt: skip
        html = page(manager, "gap", "register", modelled=prevalence)
        assert expected in html
        assert f"{percent}%" in html

    def test_a_gap_may_be_negative(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("found", kind="ratio"), commissioner, [120, 90], [100, 100])
        found = api(manager, "gap", "found")
        assert [one["gap"] for one in found["practices"]] == [10, -20]
        assert (found["gap"], found["percent"]) == (-10, 105)
        assert "In 1 practice more are on the register than were expected." in page(manager, "gap", "found")

    def test_an_impossible_prevalence_is_refused(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("register"), commissioner, [1], [2])
        address = reverse("variation:gap", args=["register"])
        for typed in ("101", "many", "-1"):
            assert manager.get(address, {**PAGE, "modelled": typed}).status_code == 400


class TestDeprivation:
    def test_fifths_run_from_the_most_to_the_least_deprived(self, commissioner: Commissioner, manager: Client) -> None:
        made = those(a_measure("targets"), commissioner, [30, 32, 40, 41, 50, 51, 60, 61, 70, 72], [100] * 10)
        scores = a_measure("deprivation", kind="mean", better="neither", multiplier=1, unit="points")
        for place, practice in enumerate(made):
            value(scores, practice, date(2015, 12, 31), None, None, value=50 - 4 * place)
        found = api(manager, "deprivation", "targets")["groups"]
        assert [(one["practices"], one["together"]) for one in found] == [
            (2, 31),
            (2, 40.5),
            (2, 50.5),
            (2, 60.5),
            (2, 71),
        ]
        assert "40.0% less. Their intervals lie apart." in page(manager, "deprivation", "targets")

    def test_without_scores_it_says_what_is_missing(self, commissioner: Commissioner, manager: Client) -> None:
        those(a_measure("targets"), commissioner, *SHARES)
        assert "No deprivation score of practices is held" in page(manager, "deprivation", "targets")

    def test_ranks_of_equal_values_are_shared(self) -> None:
        assert groups.correlation([(1, 1), (1, 2), (2, 3), (3, 4)]) == pytest.approx(0.9486833)
        assert groups.correlation([(1, 1), (1, 2), (1, 3)]) is None


class TestCost:
    def test_pages_ask_as_many_queries_however_many_practices_there_are(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        measure = a_measure("many")
        counts: list[list[int]] = []
        for _ in range(2):
            those(measure, commissioner, [50, 20, 70], [100, 90, 110])
            asked = []
            for tab in TABS:
                address = reverse(f"variation:{tab}", args=["many"])
                manager.get(address, PAGE)  # the chart is kept now
                with CaptureQueriesContext(connection) as queries:
                    manager.get(address, PAGE)
                asked.append(len(queries))
            counts.append(asked)
        assert counts[0] == counts[1]
        assert counts[0][0] <= 12

    def test_a_funnel_that_was_made_is_not_made_again_until_something_changes(
        self, commissioner: Commissioner, manager: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        measure = a_measure("kept")
        made = those(measure, commissioner, [50, 20, 70], [100, 90, 110])
        asked: list[int] = []
        monkeypatch.setattr(views, "judge", lambda *given: asked.append(1) or judge(*given))
        first, again = (page(manager, "funnel", "kept").partition("<main")[2] for _ in range(2))
        assert first == again
        assert len(asked) == 1
        for change in (
            lambda: PracticeValue.objects.filter(practice=made[0]).update(superseded_at=timezone.now()),
            lambda: value(measure, made[0], ENDS, 60, 100),
            lambda: MembershipFactory(chin=ChinFactory(commissioner=commissioner), practice=made[1]),
            lambda: Commissioner.objects.filter(pk=commissioner.pk).update(short_name="Another name"),
            lambda: Chin.objects.update(name="Another name"),
        ):
            before = len(asked)
            change()
            page(manager, "funnel", "kept")
            assert len(asked) == before + 1
            page(manager, "funnel", "kept")
            assert len(asked) == before + 1

    def test_what_is_kept_for_one_reader_is_not_shown_to_another(self, commissioner: Commissioner) -> None:
        made = those(a_measure("local"), commissioner, *SHARES, published=False)
        first, second = (signed_in(Role.PRACTICE_MANAGER, made[place]) for place in (2, 9))
        assert made[2].ods_code in page(first, "funnel", "local")
        assert made[2].ods_code not in page(second, "funnel", "local")

    def test_what_cannot_be_asked_is_refused_also_when_a_page_is_kept(
        self, commissioner: Commissioner, manager: Client
    ) -> None:
        those(a_measure("targets"), commissioner, *SHARES)
        for _ in range(2):
            page(manager, "funnel", "targets")
            for query in ({"limits": "wide"}, {"chin": "nowhere"}, {"against": "everybody"}):
                address = reverse("variation:funnel", args=["targets"])
                assert manager.get(address, {**PAGE, **query}).status_code == 400

    def test_of_very_many_chins_those_of_the_chosen_commissioner_are_offered(
        self, commissioner: Commissioner, manager: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kpis.variation.forms.CHINS_OFFERED", 1)
        measure = a_measure("wide")
        several = [commissioner, programme()]
        chins = []
        for one in several:
            for practice in those(measure, one, [10, 20], [100, 100]):
                chins.append(ChinFactory(commissioner=one))
                MembershipFactory(chin=chins[-1], practice=practice)
        office = signed_in(Role.NCL_OFFICE, several[0])
        html = page(office, "funnel", "wide")
        assert "Choose a commissioner to choose among its CHINs." in html
        assert f'value="{chins[0].slug}"' not in html
        chosen = page(office, "funnel", "wide", commissioner=commissioner.ods_code)
        assert f'value="{chins[0].slug}"' in chosen
        assert f'value="{chins[2].slug}"' not in chosen
        assert f'value="{chins[1].slug}" selected' in page(office, "funnel", "wide", chin=chins[1].slug)

    def test_a_funnel_of_thousands_is_drawn(self, commissioner: Commissioner, manager: Client) -> None:
        measure = a_measure("thousands")
        for place, practice in enumerate(many_practices(450, commissioner=commissioner)):
            value(measure, practice, ENDS, 40 + place % 30, 100 + place)
        html = page(manager, "funnel", "thousands")
        assert "Those furthest outside the limits." in html


class TestDrawn:
    def test_every_kind_is_drawn_wide_and_narrow(self) -> None:
        rows: list[charts.Row] = [
            {
                "Practice": f"Practice {n}",
                "Size": 100 + n,
                "Value": 40 + n,
                "From": 35 + n,
                "To": 45 + n,
                "CHIN": "CHIN 1",
            }
            for n in range(30)
        ]
        signs: list[charts.Sign] = ["better_high", "worse_low", *[""] * 28]  # type: ignore[list-item]
        words: dict[str, Any] = {"title": "A title", "alt": "", "rows": rows, "signs": signs}
        curve = charts.Curve(points=[(100, 60), (130, 55)], label="95% limit", dashed=True)
        labels = ["Practice 0", *[""] * 29]
        few = {**words, "rows": rows[:3], "signs": signs[:3]}
        interval: dict[str, Any] = {"label": "Practice", "value": "Value", "lower": "From", "upper": "To"}
        for chart in (
            charts.funnel(**words, x="Size", y="Value", labels=labels, curves=[curve], centre=(50, "Average 50%"), unit="%"),
            charts.scatter(**words, x="Size", y="Value", labels=labels, units=("", "%")),
            charts.intervals(**words, **interval, centre=(50, "Average 50%"), unit="%"),
            charts.intervals(**few, **interval, centre=None),
            charts.strip(
                **words, group="CHIN", value="Value", centre=(50, "Average 50%"),
                boxes=[charts.Box(name="CHIN 1", lower=42, middle=50, upper=60)],
            ),
        ):  # fmt: skip
            drawn = render_chart.draw(charts._plain(charts._whole(chart)))
            for kind in ("svg", "narrow_svg"):
                assert "A title" in drawn[kind]
                assert ("Average" in drawn[kind]) == bool(chart.spec["centre"])


def test_a_definition_of_its_time_judges_a_period(commissioner: Commissioner, manager: Client) -> None:
    measure = a_measure("renamed", last=date(2018, 8, 31), name="The old name")
    define(measure, first=date(2018, 9, 1), name="The new name", breaks=True)
    those(measure, commissioner, *SHARES)
    assert api(manager, "funnel", "renamed")["name"] == "The old name"
