"""Payments by their pages: what each post sees and may do, from what is owed to what was paid."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from budget.checking import differences
from budget.models import Line
from budget.payments import payees, runs
from budget.payments.models import Download, Export, Layout, Payable, Payee, Run, RunStep
from budget.payments.views import acts
from cc2h.accounts.authority import Role
from cc2h.kit import history
from tests.budget.ground import balance
from tests.factories import FederationFactory, LineFactory, PracticeFactory, person
from tests.factories.dated import recorded_on
from tests.factories.payments import PayeeFactory, confirmed_run, owed
from tests.payments.ground import PREPARED, confirmation_file, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(name="CHIN Infrastructure LCS", allocated=100_000, cost_centre="C1", subjective_code="S1")
    return made


@pytest.fixture
def first(line: Line) -> Any:
    return person(Role.FINANCE_OFFICER, of=line.commissioner, name="First officer")


@pytest.fixture
def second(line: Line) -> Any:
    return person(Role.FINANCE_OFFICER, of=line.commissioner, name="Second officer")


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"payments:{name}", args=args)


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', answer.content.decode())
    assert found, f"no field {name}"
    return found[1]


def agree(client: Client, url: str, typed: dict[str, Any]) -> Any:
    """Send a form, and say yes to what it will change."""
    shown = client.post(url, typed)
    return client.post(url, {**typed, "confirm": "yes", "effect_shown": hidden(shown, "effect_shown")}, follow=True)


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "authorise-1"}])
def test_the_api_keeps_a_refused_authorisation_on_record_too(line: Line, first: Any, key: dict[str, str]) -> None:
    owed(line, 1_500)
    run = prepared(first, line)
    url = f"/api/v1{at('run_authorise', run.pk)}"
    for _ in range(2):
        answer = browser(first).post(url, {"control": run.control}, "application/json", headers=key)
        assert answer.status_code == 422
    kept = [(step.by, step.why) for step in RunStep.objects.filter(step="refused")]
    assert kept == [(first, "Who prepared a run does not authorise it.")] * 2


def test_whoever_authorises_sees_who_is_paid_by_a_new_reference(line: Line, first: Any, second: Any) -> None:
    one, two = owed(line, 1_500, 700)
    page = at("run_detail", prepared(first, line).pk)
    assertContains(browser(second).get(page), one.payee.reference)
    assertNotContains(browser(second).get(page), "Make sure of it before the run is authorised")
    runs.withdraw(by=first, run=Run.objects.get(), why="Prepared too early", today=PREPARED)
    own = one.payee.reference
    payees.change_payee(
        by=first, payee=one.payee, name=one.payee.name, reference="ELSE1", seen=history.version(one.payee)
    )
    answer = browser(second).get(at("run_detail", prepared(first, line).pk))
    assertContains(answer, "Make sure of it before the run is authorised")
    assertContains(answer, f"by ELSE1 and not {own}")
    assertNotContains(answer, f"and not {two.payee.reference}")


class TestARunByItsPages:
    def test_from_what_is_owed_to_what_is_paid(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        one, two = browser(first), browser(second)
        url = at("prepare", line.commissioner.ods_code)
        foretold = one.post(url, {"which": "all"})
        assertContains(foretold, "The run pays 2 sums, £2,200.00 in all.")
        answer = agree(one, url, {"which": "all"})
        assertContains(answer, "is prepared. It waits for somebody else to authorise it.")
        run = Run.objects.get()
        assertContains(answer, "Second officer.")
        assertContains(answer, "Not First officer, who prepared it.")
        assertNotContains(answer, at("run_authorise", run.pk))
        assertContains(two.get(at("home")), "Second officer")
        assertContains(two.get(at("run_detail", run.pk)), at("run_authorise", run.pk))
        two.post(at("run_authorise", run.pk), {"control": run.control})
        answer = one.post(at("run_export", run.pk), {"layout": "Payment file"}, follow=True)
        assertContains(answer, "“Payment file” is made: 2 rows.")
        export = Export.objects.get()
        fetched = [client.get(at("export_download", export.pk)).content for client in (one, two)]
        assert fetched[0] == fetched[1] == bytes(export.data)
        assert Download.objects.count() == 2
        data = confirmation_file(run).replace(b"2018-11-08", str(date.today()).encode())
        file = SimpleUploadedFile("../../paid.csv", data)
        answer = one.post(at("run_confirm", run.pk), {"file": file}, follow=True)
        assertContains(answer, "Recorded: 2 paid.")
        assertContains(answer, "paid.csv")
        assert balance(line)["paid"] == 2_200
        assertContains(one.get(at("run_detail", run.pk)), "Remittances")
        assert differences() == []

    def test_of_many_sums_some_are_found_by_a_word_and_a_line_is_paid_as_a_whole(
        self, line: Line, first: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = LineFactory(source=line.source, name="Another line", allocated=100_000)
        owed(line, 1_500, 700)
        owed(other, 30)
        client, url = browser(first), at("prepare", line.commissioner.ods_code)
        assertContains(client.get(url), "All of Another line, 2018/19 (1 sum, £30.00)")
        monkeypatch.setattr(acts, "MOST", 1)
        assertContains(client.get(url), "And 2 more. Show only some of them by a word above")
        found = client.get(url, {"q": "another LINE"})
        assert found.content.decode().count('name="payables"') == 1
        assertContains(client.get(url, {"q": "nobody"}), "Nothing has “nobody” in it.")
        answer = agree(client, url, {"which": f"{other.slug}-2018"})
        assertContains(answer, "is prepared")
        assert [one.amount for one in Run.objects.get().lines.all()] == [30]

    def test_nothing_to_pay_is_said_instead_of_a_form(self, line: Line, first: Any) -> None:
        page = browser(first).get(at("prepare", line.commissioner.ods_code))
        assertContains(page, "Nothing is owed that is not in a payment run already.")
        assertNotContains(page, 'name="which"')

    def test_a_double_click_prepares_one_run(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        client, url = browser(first), at("prepare", line.commissioner.ods_code)
        shown = client.post(url, {"which": "all"})
        sent = {"which": "all", "confirm": "yes", "effect_shown": hidden(shown, "effect_shown")}
        client.post(url, sent)
        client.post(url, sent)
        assert Run.objects.count() == 1

    def test_the_preparer_does_not_authorise_by_page_or_api(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        client = browser(first)
        answer = client.post(at("run_authorise", run.pk), {"control": run.control})
        assertContains(answer, "Who prepared a run does not authorise it.")
        answer = client.post(
            f"/api/v1{at('run_authorise', run.pk)}", {"control": run.control}, content_type="application/json"
        )
        assert answer.status_code == 422
        assert "Who prepared a run does not authorise it." in answer.content.decode()
        run.refresh_from_db()
        assert run.state == "prepared"
        assert RunStep.objects.filter(step="refused").count() == 2

    def test_a_file_that_is_not_as_authorised_is_explained_at_the_field(
        self, line: Line, first: Any, second: Any
    ) -> None:
        owed(line, 1_500)
        run = prepared(first, line)
        browser(second).post(at("run_authorise", run.pk), {"control": run.control})
        client = browser(first)
        client.post(at("run_export", run.pk), {"layout": "Payment file"})
        data = confirmation_file(run).replace(b"1500.00", b"15000.00")
        answer = client.post(at("run_confirm", run.pk), {"file": SimpleUploadedFile("x.csv", data)})
        assertContains(answer, "is £15,000.00; expected £1,500.00, as it was authorised.")
        empty = client.post(at("run_confirm", run.pk), {"file": SimpleUploadedFile("x.csv", b"")})
        assertContains(empty, "The file is empty.")
        assert balance(line)["paid"] == 0

    def test_by_hand_one_fails_and_is_among_the_exceptions(self, line: Line, first: Any, second: Any) -> None:
        owed(line, 1_500, 700)
        run = prepared(first, line)
        browser(second).post(at("run_authorise", run.pk), {"control": run.control})
        client = browser(first)
        client.post(at("run_export", run.pk), {"layout": "Payment file"})
        failed = run.lines.order_by("pk").last()
        typed = {"lines": [failed.pk], "outcome": "failed", "day": str(date.today())}
        assertContains(client.post(at("run_confirm_by_hand", run.pk), typed), "no reason is given")
        client.post(at("run_confirm_by_hand", run.pk), {**typed, "reason": "Account closed"})
        assertContains(client.get(at("payment_list"), {"state": "exceptions"}), "Account closed")
        assertContains(client.get(at("payable_list"), {"state": "owed"}), "£700.00")

    def test_a_run_is_changed_and_withdrawn(self, line: Line, first: Any, second: Any) -> None:
        one, two = owed(line, 1_500, 700)
        run = prepared(first, line, [one])
        client = browser(first)
        client.post(at("run_add", run.pk), {"payables": [two.pk]})
        client.post(at("run_take_out", run.pk), {"lines": [run.lines.get(payable=one).pk], "why": "Disputed"})
        run.refresh_from_db()
        assert run.total == 700
        answer = client.post(at("run_withdraw", run.pk), {"why": "Too early"}, follow=True)
        assertContains(answer, "is withdrawn. What it held is owed as before.")


class TestWhatIsSeen:
    def test_a_practice_manager_sees_the_payments_to_their_own_practice_and_nothing_else(
        self, line: Line, first: Any
    ) -> None:
        mine, other = PracticeFactory.create_batch(2, commissioner=line.commissioner)
        owed(line, 1_500, 700, practices=[mine, other])
        run = confirmed_run(prepared(first, line), first)
        client = browser(person(Role.PRACTICE_MANAGER, of=mine))
        payee = Payee.objects.get(practice=mine)
        page = client.get(at("payee_detail", payee.pk))
        assertContains(page, "£1,500.00 paid")
        assertNotContains(page, f'href="{at("run_detail", run.pk)}"')
        pdf = client.get(at("remittance", run.pk, payee.pk))
        assert pdf.content.startswith(b"%PDF")
        assertNotContains(client.get(at("payee_list")), Payee.objects.get(practice=other).name)
        theirs = Payee.objects.get(practice=other).pk
        assert client.get(at("payee_detail", theirs)).status_code == 404
        assert client.get(at("remittance", run.pk, theirs)).status_code == 404
        assert client.get(at("run_detail", run.pk)).status_code == 404
        assert client.get(at("home")).status_code == 403

    def test_as_at_an_earlier_day_what_is_paid_was_owed(self, line: Line, first: Any) -> None:
        (one,) = owed(line, 1_500)
        run = confirmed_run(prepared(first, line), first)
        client = browser(first)
        before = {"as_at": PREPARED.isoformat()}
        assertContains(client.get(at("payable_list"), before | {"state": "owed"}), str(one))
        assertNotContains(client.get(at("payable_list"), {"state": "owed"}), str(one))
        assertContains(client.get(at("payee_detail", one.payee_id), before), "£1,500.00 owed, £0.00 paid")
        assertNotContains(client.get(at("run_detail", run.pk), before), "Remittances")
        assert client.get(at("run_detail", run.pk), {"as_at": "2018-10-31"}).status_code == 404

    @pytest.mark.parametrize("name", ["payable_list", "run_list", "payment_list", "payee_list", "home"])
    def test_no_more_queries_for_more_rows(self, line: Line, first: Any, name: str) -> None:
        client = browser(first)
        counts = []
        for _ in range(2):
            for _ in range(3):
                owed(line, 10, 20)
                prepared(first, line)
            owed(line, 30)
            client.get(at(name))
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get(at(name))
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_the_csv_has_every_row(self, line: Line, first: Any) -> None:
        owed(line, 1_500, 700)
        rows = browser(first).get(at("payable_list"), {"format": "csv"})
        text = b"".join(rows.streaming_content).decode()  # type: ignore[attr-defined]
        assert text.count("2018/19") == 2


class TestKeeping:
    def test_a_federation_and_a_trust_become_payees(self, line: Line, first: Any) -> None:
        client, code = browser(first), line.commissioner.ods_code
        federation = FederationFactory(commissioner=line.commissioner)
        client.post(at("payee_add", code), {"kind": "trust", "name": "Royal Free", "reference": "ral 01"})
        client.post(at("payee_add", code), {"kind": "federation", "federation": federation.pk, "reference": "FED1"})
        assert set(Payee.objects.values_list("name", "reference")) == {
            ("Royal Free", "RAL01"),
            (federation.name, "FED1"),
        }
        refused = client.post(at("payee_add", code), {"kind": "trust", "name": "X", "reference": "12-34-56"})
        assertContains(refused, "Bank details are not held here")

    def test_a_reference_in_a_run_is_not_changed(self, line: Line, first: Any) -> None:
        (one,) = owed(line, 1_500)
        prepared(first, line)
        client, url = browser(first), at("payee_edit", one.payee_id)
        answer = client.post(url, {"name": "X", "reference": "OTHER", "seen": hidden(client.get(url), "seen")})
        assertContains(answer, "stands in payment run 2018-001")

    def test_a_layout_of_one_s_own(self, line: Line, first: Any) -> None:
        client, url = browser(first), at("layout_add", line.commissioner.ods_code)
        typed = {"name": "Ours", "kind": "payment", "columns": "reference\npayee reference, pence", "delimiter": ";"}
        client.post(url, typed)
        made = Layout.objects.get()
        assert (made.columns, made.heading) == (["reference", "payee_reference", "pence"], False)
        assertContains(client.post(url, {**typed, "columns": "iban"}), "There is no column “iban”.")
        lacks = client.post(url, {**typed, "name": "Less", "columns": "payee"})
        assertContains(lacks, "needs Reference, Payee reference and Amount or Amount in pence too.")
        assertContains(client.post(url, {**typed, "name": "payment file"}), "comes with the portal")

    def test_accruals_are_made_and_downloaded(self, line: Line, first: Any) -> None:
        owed(line, 1_500)
        client = browser(first)
        url = at("accruals", line.commissioner.ods_code)
        answer = client.post(url, {"layout": "Accruals", "day": "2018-11-01"}, follow=True)
        assert b"1500.00" in answer.content

    def test_what_came_back_is_decided(self, line: Line, first: Any) -> None:
        (one,) = owed(line, 1_500)
        run = confirmed_run(prepared(first, line), first)
        client = browser(first)
        back = {"lines": [run.lines.get().pk], "outcome": "reversed", "day": str(date.today()), "reason": "Closed"}
        client.post(at("run_confirm_by_hand", run.pk), back)
        assertContains(client.get(at("home")), at("payable_decide", one.pk))
        client.post(at("payable_decide", one.pk), {"again": "yes", "why": "New account"})
        assert Payable.objects.get().state == "owed"


def test_every_page_of_another_day_calls_a_payee_as_it_was_called_then(clock: Any, line: Line, first: Any) -> None:
    payee = PayeeFactory(commissioner=line.commissioner, name="Old Trust", reference="OLD-1")
    owed(line, 50, payee=payee)
    run = prepared(first, line)
    payee.name = "New Trust"
    payee.save()
    recorded_on(payee, date(2018, 6, 1), date(2018, 12, 5))
    client = browser(first)
    pages = [at("payee_detail", payee.pk), *map(at, ("payee_list", "payable_list", "payment_list", "home"))]
    for page in [*pages, at("run_detail", run.pk)]:
        for day, called, otherwise in (
            ("2018-12-04", "Old Trust", "New Trust"),
            ("2018-12-05", "New Trust", "Old Trust"),
        ):
            answer = client.get(page, {"as_at": day})
            assertContains(answer, called)
            assert otherwise not in answer.content.decode().partition('id="history"')[0], (page, day)
    then = {"as_at": "2018-12-04"}
    for name in ("payee_list", "payable_list", "payment_list"):
        assert "Old Trust" in client.get(at(name), then | {"format": "csv"}).getvalue().decode()  # type: ignore[attr-defined]
        assertContains(client.get(f"/api/v1{at(name)}", then), "Old Trust")
        assertContains(client.get(at(name), then | {"q": "old tr"}), "Old Trust")
        assertNotContains(client.get(at(name), then | {"q": "new tr"}), "Old Trust")


def test_a_payee_is_owed_and_was_paid_what_it_was_by_the_day(clock: Any, line: Line, first: Any) -> None:
    payee = PayeeFactory(commissioner=line.commissioner)
    owed(line, 50, payee=payee)
    client = browser(first)
    assertContains(client.get(at("payee_list")), "£50.00")
    assertNotContains(client.get(at("payee_list"), {"as_at": "2018-04-01"}), "£50.00")
