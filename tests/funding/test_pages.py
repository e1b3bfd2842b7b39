"""Pages of the money of cases: what each shows, who may change it, and that they stay quick."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cc2h.accounts.authority import Role
from cc2h.cases.funding import queries, services
from cc2h.cases.funding.models import Giveback, Tranche
from cc2h.kit.asat import AsAt
from cc2h.kit.together import alone
from tests.factories.accounts import person
from tests.factories.funding import TrancheFactory
from tests.factories.payments import PayeeFactory
from tests.factories.route import approved, routed, said
from tests.funding.test_money import LATER, manager

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def case() -> Any:
    return approved(routed(asked=9600))


@pytest.fixture
def client(case: Any) -> Client:
    return signed_in(manager(case))


def test_a_case_says_what_is_committed_and_what_is_left(case: Any, client: Client) -> None:
    TrancheFactory(case=case)
    page = client.get(f"/business-cases/{case.number}/").content.decode()
    assert "£9,600.00" in page
    assert "£8,600.00" in page
    assert "The first month" in page


def test_its_figures_are_what_its_rows_come_to(case: Any, client: Client) -> None:
    TrancheFactory(case=case, amount=Decimal("2500.00"))
    text = client.get(f"/business-cases/money/?q={case.number}&format=csv").getvalue().decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["committed"], row["planned"], row["left"]) == ("9600.00", "2500.00", "7100.00")
    assert row["financial_year"] == "2018/19"


def test_before_its_approval_a_case_says_which_line_is_to_pay(client: Client, case: Any) -> None:
    waiting = routed(chin=case.chin, asked=60_000)

    for stage in ("sponsor", "check"):
        said(waiting, stage)
    page = client.get(f"/business-cases/{waiting.number}/").content.decode()
    assert "is to pay, as finance named it on 1 October 2018" in page


def test_a_tranche_is_planned_released_and_dropped(case: Any, client: Client) -> None:
    payee = PayeeFactory(commissioner=case.commissioner)
    typed = {"year": "2018", "amount": "4000.00", "what": "A nurse for three months", "payee": payee.pk}
    client.post(f"/business-cases/money/{case.number}/plan/", typed | {"due_on": "2018-12-01"})
    tranche = Tranche.objects.get()
    asked = client.post(f"/business-cases/money/tranches/{tranche.pk}/release/", {}).content.decode()
    assert "somebody else authorises" in asked
    client.post(f"/business-cases/money/tranches/{tranche.pk}/release/", {"confirm": "yes"})
    assert Tranche.objects.get().state == "released"
    other = TrancheFactory(case=case, number=2)
    client.post(f"/business-cases/money/tranches/{other.pk}/drop/", {"why": "Not needed"})
    assert Tranche.objects.get(pk=other.pk).state == "dropped"


def test_too_much_is_refused_and_what_was_typed_stays(case: Any, client: Client) -> None:
    payee = PayeeFactory(commissioner=case.commissioner)
    typed = {"year": "2018", "amount": "9600.01", "what": "All of it", "payee": payee.pk}
    page = client.post(f"/business-cases/money/{case.number}/plan/", typed).content.decode()
    assert "more than the case has left for that year: £9,600.00" in page
    assert "All of it" in page
    assert not Tranche.objects.exists()


def test_money_is_given_back_with_a_reason(case: Any, client: Client) -> None:
    typed = {"year": "2018", "amount": "600.00", "why": "The room was free of charge."}
    client.post(f"/business-cases/money/{case.number}/give-back/", typed | {"confirm": "yes"})
    assert Giveback.objects.get().amount == Decimal("600.00")
    page = client.get(f"/business-cases/{case.number}/").content.decode()
    assert "The room was free of charge." in page


@pytest.mark.parametrize("role", [Role.CHIN_LEAD, Role.FINANCE_OFFICER, Role.BOARD_MEMBER])
def test_who_does_not_release_sees_and_changes_nothing(case: Any, role: Role) -> None:
    tranche = TrancheFactory(case=case)
    of = case.chin if role == Role.CHIN_LEAD else case.commissioner
    client = signed_in(person(role, of=of))
    page = client.get(f"/business-cases/{case.number}/").content.decode()
    assert "Plan a tranche" not in page
    assert client.post(f"/business-cases/money/tranches/{tranche.pk}/release/", {"confirm": "yes"}).status_code == 403


def test_as_at_a_day_before_its_approval_nothing_is_committed(case: Any, client: Client) -> None:
    assert case.number not in client.get("/business-cases/money/?as_at=2018-09-30").content.decode()
    assert case.number in client.get("/business-cases/money/?as_at=2018-10-01").content.decode()


def test_lists_ask_no_more_of_many_than_of_few(case: Any, client: Client, django_assert_max_num_queries: Any) -> None:
    TrancheFactory(case=case)
    for path in ("/business-cases/money/", "/business-cases/money/tranches/"):
        client.get(path)
        with django_assert_max_num_queries(40) as few:
            client.get(path)
        for number in range(3):
            services.plan_tranche(
                by=manager(case), case=case, year=2018, amount=Decimal(100), what=f"Month {number}",
                payee=PayeeFactory(commissioner=case.commissioner), today=LATER,
            )  # fmt: skip
            approved(routed(chin=case.chin, asked=1000 + number))
        with django_assert_max_num_queries(len(few)):
            client.get(path)


def test_a_case_s_page_adds_up_what_the_list_of_all_does(case: Any) -> None:
    for number, amount in ((1, 1000), (2, 250), (3, 500)):
        TrancheFactory(case=case, number=number, amount=Decimal(amount))
    first, second, _ = Tranche.objects.order_by("number")
    services.release(by=manager(case), tranche=first, today=LATER)
    services.drop(by=manager(case), tranche=second, why="Not needed", today=LATER)
    services.give_back(by=manager(case), case=case, year=2018, amount=Decimal(100), why="Left over", day=LATER)
    asat = AsAt(LATER, None, LATER)
    (share,) = alone(queries.money_of(case, asat)).shares
    (listed,) = queries.shares(manager(case), asat)
    names = ("amount", "given_back", "planned", "released", "paid", "left")
    assert [getattr(share, name) for name in names] == [getattr(listed, name) for name in names]
    assert share.planned == 500
    assert share.left == 8000
