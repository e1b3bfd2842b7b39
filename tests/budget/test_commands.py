"""The budget and its check at a terminal."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from budget import ledger, shipped
from budget.lcs import claims
from budget.models import Line
from budget.payments import runs
from cc2h.config.demonstration.loading import commissioners
from tests.factories import LineFactory, StageFactory, UserFactory
from tests.lcs.test_claims import LATER, pledged

pytestmark = pytest.mark.django_db


def budget(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("budget", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def papers() -> None:
    commissioners()
    shipped.load()


@pytest.mark.usefixtures("papers")
class TestThePapersTable:
    def test_is_the_one_of_2018_19(self) -> None:
        found = budget("--financial-year", "2018/19")
        inside = [
            (line["name"], line["type"], line["duration_years"], line["source"], line["allocated"])
            for line in found["lines"]
            if line["inside"]
        ]
        assert inside == [
            ("Diabetes Transformation Funding", "recurrent", 2, "NHS England", "196000.00"),
            ("Primary Care at Scale", "non-recurrent", None, "NHS England", "435000.00"),
            ("Online Consultations", "recurrent", 2, "NHS England", "140000.00"),
            ("CHIN Infrastructure LCS", "non-recurrent", None, "Barnet CCG", "90000.00"),
            ("CHIN Innovations and PDSA cycles", "recurrent", 5, "Barnet CCG", "1000000.00"),
            ("Accelerators and Enablers", "recurrent", 5, "Barnet CCG", "200000.00"),
        ]
        assert found["total"] == {
            "allocated": "2061000.00", "earmarked": "0.00", "committed": "0.00", "paid": "0.00", "left": "2061000.00",
        }  # fmt: skip

    def test_what_is_outside_is_apart_and_what_is_not_stated_is_null(self) -> None:
        found = budget("--financial-year", "2018/19")
        outside = {line["name"]: line["allocated"] for line in found["lines"] if not line["inside"]}
        assert outside == {"Improved Access LCS": None, "Extended access": None, "Core primary care": None}
        assert found["outside"]["allocated"] is None
        assert found["outside"]["allocated"] is None

    def test_the_money_of_chin_1_is_unknown_and_never_nothing(self) -> None:
        found = budget("--financial-year", "2017/18")
        (line,) = (line for line in found["lines"] if line["inside"])
        assert (line["name"], line["allocated"], line["left"]) == (
            "CHIN 1 infrastructure and project management", None, None,
        )  # fmt: skip
        assert found["total"]["allocated"] is None

    def test_loading_them_again_changes_nothing(self) -> None:
        shipped.load()
        assert Line.objects.count() == len(shipped.LINES)


def test_each_day_is_what_had_been_entered_for_it_by_then() -> None:
    officer = UserFactory()
    line = LineFactory(allocated=10_000)
    given = {"by": officer, "line": line, "year": 2018, "reason": "x"}
    ledger.commit(amount=Decimal("4000.50"), day=date(2018, 6, 1), **given)
    ledger.pay(amount=Decimal("1000.25"), day=date(2018, 9, 1), **given)
    sums = [
        tuple(budget("--financial-year", "2018/19", "--as-at", day)["total"].values())[:5]
        for day in ("2018-03-31", "2018-04-01", "2018-06-01", "2018-08-31", "2018-09-01")
    ]
    assert sums == [
        (None, "0.00", "0.00", "0.00", None),
        ("10000.00", "0.00", "0.00", "0.00", "10000.00"),
        ("10000.00", "0.00", "4000.50", "0.00", "5999.50"),
        ("10000.00", "0.00", "4000.50", "0.00", "5999.50"),
        ("10000.00", "0.00", "4000.50", "1000.25", "5999.50"),
    ]
    today = budget("--financial-year", "2018/19")["total"]
    assert tuple(today.values())[:5] == sums[-1]


@pytest.mark.parametrize("wrong", ["2018", "2018/20", "18/19", "1899/00"])
def test_a_year_that_is_none_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(CommandError, match=r"is not a financial year\. Write it like 2018/19"):
        call_command("budget", "--financial-year", wrong)


class TestCheck:
    def test_all_agree(self) -> None:
        LineFactory(allocated=10_000)
        out = StringIO()
        call_command("check_ledger", stdout=out)
        assert out.getvalue() == "1 entry: every balance agrees.\n"

    def test_a_balance_that_was_tampered_with_is_found(self) -> None:
        line = LineFactory(allocated=10_000)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # past the triggers, as no portal is
            cursor.execute("UPDATE budget_balance SET committed = 1")
            cursor.execute("SET LOCAL session_replication_role = origin")
        out = StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("check_ledger", stdout=out)
        assert left.value.code == 1
        assert (
            f"{line.slug}, 2018/19:\n  committed: the balance says £1.00, its entries come to £0.00\n" in out.getvalue()
        )

    @pytest.mark.parametrize(
        ("tampering", "said"),
        [
            ("UPDATE budget_balance SET overcommitted = true", "overcommitted: by its entries no more is promised"),
            ("UPDATE payments_payable SET state = 'paid', paid_on = '2018-11-01'", "has £0.00 paid for it"),
            ("UPDATE payments_payable SET amount = 1600", "£1,600.00 is owed, and £1,500.00 committed"),
            ("UPDATE payments_run SET total = 1", "its lines come to £1,500.00"),
            (
                "UPDATE lcs_claim SET state = 'paid', paid_on = '2018-11-01'",
                "the claim is paid of £1,500.00, £1,500.00 is owed",
            ),
            ("UPDATE lcs_claim SET amount = 1400", "the claim is payable of £1,400.00"),
        ],
    )
    def test_marks_sums_owed_runs_and_claims_are_compared_too(self, tampering: str, said: str) -> None:
        claim = pledged(StageFactory(), UserFactory())
        claims.accept(by=UserFactory(), claim=claim, day=LATER)
        runs.prepare(by=UserFactory(), commissioner=claim.stage.service.line.commissioner, payables=None, today=LATER)
        call_command("check_ledger", stdout=StringIO())
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # past the triggers, as no portal is
            cursor.execute(tampering)
            cursor.execute("SET LOCAL session_replication_role = origin")
        out = StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("check_ledger", stdout=out)
        assert left.value.code == 1
        assert said in out.getvalue()


@pytest.mark.usefixtures("demonstration")
def test_the_illustrative_year_is_spent_in_part_and_agrees_with_its_entries() -> None:
    found = budget("--financial-year", "2018/19")
    assert found["total"] == {
        "allocated": "2061000.00",
        "earmarked": "63000.00",
        "committed": "856200.00",
        "paid": "421100.00",
        "left": "1141800.00",
    }
    assert budget("--financial-year", "2018/19", "--as-at", "2018-06-30")["total"]["committed"] == "600400.00"
    call_command("check_ledger", stdout=StringIO())
