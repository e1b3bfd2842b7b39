"""Pages of cycles: planned, begun, filled week by week, studied, concluded and scaled, by whoever may."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.cases.cycles import services
from cc2h.cases.cycles.models import Cycle, Finding, Proposal, Reading
from cc2h.cases.cycles.states import Act, Verdict
from cc2h.cases.states import CaseState
from tests.factories.accounts import person
from tests.factories.benefits import a_benefit
from tests.factories.budget import SourceFactory
from tests.factories.cases import LONG_FORM, SHORT_FORM, CaseFactory
from tests.factories.chins import MembershipFactory
from tests.factories.comments import CommentFactory
from tests.factories.cycles import BEGAN, LAST, VISITS, WEEKS, begun, concluded, cycle_of, measured, studied
from tests.factories.delivery import ActionFactory
from tests.factories.funding import TrancheFactory
from tests.factories.kpis import a_measure, rolled_up
from tests.factories.route import approved, routed

pytestmark = pytest.mark.django_db
BASE = "/business-cases/cycles"
IN_TIME = {"id": "m1", "library": "seen-in-time", "prediction": "50", "by": "2019-01-31"}
PLAN = {
    "title": "A clinic at the surgery",
    "question": "Do fewer wounds need a visit at home?",
    "who": "Two nurses",
    "place": "Two surgeries",
    "first": "2018-10-08",
    "last": "2018-12-30",
    "measure_1": "Visits a week",
    "way_1": "down",
    "baseline_1": "80",
    "predicted_1": "60",
    "way_2": "down",
    "way_3": "down",
}


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


def text_of(client: Client, page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(page).content.decode())).split())


def lead(case: Any) -> Client:
    return signed_in(Role.CHIN_LEAD, case.chin)


def test_a_cycle_is_planned_on_its_case_s_page_and_begins() -> None:
    case = approved(routed())
    client = lead(case)
    assert "Plan a cycle" in client.get(f"/business-cases/{case.number}/").content.decode()
    client.post(f"{BASE}/{case.number}/plan/", PLAN)
    cycle = Cycle.objects.get()
    assert cycle.predictions.get().measure == "Visits a week"
    client.post(f"{BASE}/{cycle.pk}/begin/", {"confirm": "yes"})
    case.refresh_from_db()
    assert case.state == CaseState.TESTING
    page = client.get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "This week’s numbers" in page


def test_a_plan_begins_with_what_the_case_predicts() -> None:
    case = approved(CaseFactory(state="in_route"))
    page = lead(case).get(f"{BASE}/{case.number}/plan/").content.decode()
    assert 'value="Visits by district nurses, visits a week"' in page
    assert 'value="80"' in page


def test_this_week_s_numbers_are_one_step_from_the_case() -> None:
    cycle = begun()
    page = lead(cycle.case).get(f"/business-cases/{cycle.case.number}/").content.decode()
    assert f'href="{BASE}/{cycle.pk}/week/"' in page


def test_a_cycle_measures_what_the_library_has_of_its_chin() -> None:
    case = approved(routed())
    rolled_up(a_measure("seen-in-time", name="Seen in time"), case.chin, 41)
    client = lead(case)
    client.post(f"{BASE}/{case.number}/plan/", PLAN | {"library_1": "seen-in-time", "measure_1": "", "unit_1": ""})
    cycle = Cycle.objects.get()
    prediction = cycle.predictions.get()
    assert (prediction.measure, prediction.unit, prediction.weekly) == ("Seen in time", "%", False)
    page = client.get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "41%" in page
    assert f'href="{reverse("tracking:series", args=["seen-in-time", "chin", case.chin.slug])}' in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted_1": ""}, "Say which number you expect."),
        ({"predicted_1": "many"}, "Give a number, like 62 or 62.5."),
        ({"predicted_2": "5"}, "Say what this number measures."),
        ({"last": "2018-10-01"}, "must not be before the first"),
        ({"measure_1": ""}, "Say what you measure."),
    ],
)
def test_a_plan_without_its_prediction_is_refused_in_words(change: dict[str, str], said: str) -> None:
    case = approved(routed())
    page = lead(case).post(f"{BASE}/{case.number}/plan/", PLAN | change).content.decode()
    assert said in page
    assert "A clinic at the surgery" in page
    assert not Cycle.objects.exists()


def test_a_week_takes_its_numbers_and_nothing_else_is_asked() -> None:
    cycle = begun()
    client, key = lead(cycle.case), cycle.predictions.get().pk
    page = client.get(f"{BASE}/{cycle.pk}/week/").content.decode()
    assert page.count("<textarea") == 2
    assert "District nurse visits a week" in page
    client.post(f"{BASE}/{cycle.pk}/week/", {f"number_{key}": "1,062", "seen": "Calm", "problems": ""})
    assert Reading.objects.get().value == 1062
    again = client.get(f"{BASE}/{cycle.pk}/week/").content.decode()
    assert 'value="1062"' in again


def test_an_empty_week_is_refused_and_an_earlier_one_can_be_filled() -> None:
    cycle = begun()
    client, key = lead(cycle.case), cycle.predictions.get().pk
    assert "at least one number" in client.post(f"{BASE}/{cycle.pk}/week/", {}).content.decode()
    client.post(f"{BASE}/{cycle.pk}/week/?week=2018-10-10", {f"number_{key}": "70"})
    assert Reading.objects.get().day == date(2018, 10, 8)


def test_a_cycle_shows_what_its_numbers_show_with_every_one_in_a_table() -> None:
    cycle = measured(begun())
    page = lead(cycle.case).get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "points stand out" in page
    assert "lower is better" in page
    assert page.count('data-label="Number"') >= len(WEEKS) or page.count(">81<") == 1


def test_of_few_numbers_it_says_what_cannot_be_told() -> None:
    cycle = measured(begun(), WEEKS[:4])
    page = lead(cycle.case).get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "With 4 of the 13 points" in page
    assert "fewer than 13 points have no limits" in page


def test_as_at_an_earlier_day_later_numbers_are_not_there() -> None:
    cycle = measured(begun())
    page = lead(cycle.case).get(f"{BASE}/{cycle.pk}/?as_at=2018-10-14").content.decode()
    assert "10 of the 13" not in page or "With" in page
    assert "24 Dec 2018" not in page


def test_it_is_studied_and_concluded() -> None:
    cycle = measured(begun())
    client, key = lead(cycle.case), cycle.predictions.get().pk
    typed = {f"verdict_{key}": "held", f"why_{key}": "Below the limit.", "summary": "Fewer visits."}
    assert "Say what was learned" in client.post(f"{BASE}/{cycle.pk}/study/", typed).content.decode()
    client.post(f"{BASE}/{cycle.pk}/study/", typed | {"learned": "A clinic saves visits."})
    assert Finding.objects.get().evidence["kind"] == "control"
    client.post(f"{BASE}/{cycle.pk}/conclude/", {"act": "adopt", "why": "It held.", "last": "yes"})
    cycle.case.refresh_from_db()
    assert cycle.case.state == CaseState.CONCLUDED
    page = client.get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "Frozen as it was studied" in page
    assert "A clinic saves visits." in page


def test_what_is_adapted_says_what_the_next_cycle_asks_and_its_plan_begins_with_that() -> None:
    cycle = concluded(act="adapt", last=False)  # type: ignore[arg-type]  # as a form gives it
    page = lead(cycle.case).get(f"{BASE}/{cycle.case.number}/plan/").content.decode()
    assert "Does it hold in all five?" in page


def test_it_is_proposed_to_be_scaled_with_its_evidence() -> None:
    case = concluded().case
    membership, source = MembershipFactory(chin=case.chin), SourceFactory(commissioner=case.commissioner)
    client = lead(case)
    typed = {
        "source": source.pk,
        "line_name": "Wound clinics",
        "kind": "recurrent",
        "amounts": "2019/20 60000.00\n2020/21 90000.00",
        f"month_{membership.practice.pk}": "2019-04-01",
    }
    url = f"{BASE}/{case.number}/propose/"
    assert "Line 1" in client.post(url, typed | {"amounts": "2019/20 many"}).content.decode()
    assert "£150,000.00" in client.post(url, typed).content.decode()
    client.post(url, typed | {"confirm": "yes"})
    proposal = Proposal.objects.get()
    page = client.get(f"/business-cases/{case.number}/submissions/{proposal.submission.number}/").content.decode()
    assert "Which practices begin when" in page
    assert "Cycle 1: A clinic at the surgery" in page


def test_who_may_not_see_the_budget_reads_the_line_s_name_without_a_way_to_it() -> None:
    case = concluded().case
    services.propose(
        by=None,
        case=case,
        source=SourceFactory(commissioner=case.commissioner),
        line_name="Wound clinics",
        kind="recurrent",
        amounts={2019: Decimal(150_000)},
        roll_out={MembershipFactory(chin=case.chin).practice: date(2019, 4, 1)},
        day=LAST,
    )
    approved(case, day=LAST)
    url, way = f"/business-cases/{case.number}/", "/budget/lines/wound-clinics/"
    assert way in signed_in(Role.FINANCE_OFFICER, case.commissioner).get(url).content.decode()
    page = lead(case).get(url).content.decode()
    assert "Wound clinics." in page
    assert way not in page


def test_stopped_it_stands_in_the_library_with_what_was_learned() -> None:
    case = concluded().case
    client = lead(case)
    asked = client.post(f"{BASE}/{case.number}/stop/", {"why": "No room."}).content.decode()
    assert "£9,600.00 of 2018/19 returns to its line." in asked
    client.post(f"{BASE}/{case.number}/stop/", {"why": "No room.", "confirm": "yes"})
    page = client.get(f"{BASE}/library/?q=clinic").content.decode()
    assert "Adopt: A clinic saves visits." in page


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.BOARD_MEMBER])
def test_who_does_not_record_reads_and_changes_nothing(role: Role) -> None:
    cycle = begun()
    client = signed_in(role, cycle.case.commissioner)
    assert client.get(f"{BASE}/{cycle.pk}/").status_code == 200
    for act in ("week", "study", "begin"):
        assert client.get(f"{BASE}/{cycle.pk}/{act}/").status_code == 403


def test_the_library_and_a_cycle_ask_no_more_of_many_than_of_few(django_assert_max_num_queries: Any) -> None:
    cycle = measured(begun(), WEEKS[:3])
    client = lead(cycle.case)
    done = concluded(measured(begun(approved(routed(chin=cycle.case.chin))))).case
    client.post(f"{BASE}/{done.number}/stop/", {"why": "No room.", "confirm": "yes"})
    asked = {}
    for path in (f"{BASE}/{cycle.pk}/", f"{BASE}/library/", f"/business-cases/{cycle.case.number}/"):
        client.get(path)
        with django_assert_max_num_queries(60) as found:
            client.get(path)
        asked[path] = len(found)
    measured(cycle, WEEKS)
    more = concluded(measured(begun(approved(routed(chin=cycle.case.chin))))).case
    client.post(f"{BASE}/{more.number}/stop/", {"why": "No room.", "confirm": "yes"})
    for path, few in asked.items():
        client.get(path)
        with django_assert_max_num_queries(few):
            client.get(path)


@pytest.mark.parametrize("role", [Role.CHIN_LEAD, Role.TRANSFORMATION_MANAGER])
def test_the_page_of_a_case_with_money_and_cycles_takes_seven_queries(
    role: Role, django_assert_max_num_queries: Any
) -> None:
    case = approved(routed())
    client = signed_in(role, case.chin if role == Role.CHIN_LEAD else case.commissioner)
    path = f"/business-cases/{case.number}/"
    client.get(path)
    for number in (1, 2, 3):
        TrancheFactory(case=case, number=number)
        concluded(measured(begun(case)), act=Act.ADAPT, last=False)
        comment = CommentFactory(kind="case", key=case.number)
        for _ in range(number):
            CommentFactory(kind="case", key=case.number, answers=comment)
            ActionFactory(kind="case", key=case.number)
        with django_assert_max_num_queries(7):
            page = client.get(path).content.decode()
        assert page.count("The first month") == page.count("visits a week: held") == number


def test_where_it_is_asked_who_may_act_takes_one_more(django_assert_max_num_queries: Any) -> None:
    case = routed()
    client = lead(case)
    client.get(f"/business-cases/{case.number}/")
    with django_assert_max_num_queries(8):
        page = client.get(f"/business-cases/{case.number}/").content.decode()
    assert "Sponsor it, or not" in page


def test_a_plan_waits_for_nobody_else() -> None:
    cycle = cycle_of()
    page = lead(cycle.case).get(f"{BASE}/{cycle.pk}/").content.decode()
    assert "Begin it" in page
    assert str(cycle.predictions.get()) in page
    assert timedelta(0) <= cycle.dates.get().last - cycle.dates.get().first


class TestRealised:
    """What was promised stays on the case, with what became of it."""

    def test_measures_as_they_were_studied_and_benefits_as_they_were_validated(self) -> None:
        case = approved(CaseFactory(state="in_route", answers=SHORT_FORM | {"benefits": LONG_FORM["benefits"]}))
        cycle = cycle_of(case, predictions=(replace(VISITS, measure="Visits by district nurses, visits a week"),))
        concluded(measured(services.begin(by=None, cycle=cycle, today=BEGAN)))
        client, page = lead(case), f"/business-cases/{case.number}/"
        said = text_of(client, page)
        assert "Visits by district nurses visits a week 120 80 61 week from 24 Dec 2018, cycle 1" in said
        assert "A&E attendances 40 £6,000 £5,000" in said
        assert "No benefit is kept of it yet" in said
        benefit = a_benefit(5_000, commissioner=case.commissioner, record_kind="case", record_key=case.number)
        assert f"{benefit.title} £5,000 nothing yet" in text_of(client, page)

    def test_of_the_library_the_newest_value_of_the_chin(self) -> None:
        answers = SHORT_FORM | {"predict": {"measures": [IN_TIME], "how": "It is."}}
        measure = a_measure("seen-in-time", name="Seen in time")
        case = approved(CaseFactory(state="in_route", answers=answers))
        studied(begun(case), Verdict.NOT_SHOWN)
        rolled_up(measure, case.chin, 47)
        assert "Seen in time % not known 50 47 period to 31 Mar 2018" in text_of(
            lead(case), f"/business-cases/{case.number}/"
        )
