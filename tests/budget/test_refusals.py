"""What was tried with money and refused is kept: by whom, of what, and what they were told."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from budget import ledger
from budget.lcs import claims
from budget.lcs.claims import Given
from budget.models import Line, Refusal
from budget.months import services as months
from budget.payments import confirming, runs
from cc2h.accounts.authority import Role
from cc2h.accounts.records import Record
from cc2h.comments import services as comments
from cc2h.kit.writing import writing
from tests.budget.ground import refused
from tests.factories import ClaimFactory, LineFactory, OutputFactory, UserFactory, person
from tests.factories.payments import owed
from tests.payments.ground import AUTHORISED, PREPARED, exported, officer, prepared

pytestmark = pytest.mark.django_db

DAY = date(2018, 10, 3)


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000)
    return made


def kept() -> list[tuple[str, str]]:
    return list(Refusal.objects.order_by("pk").values_list("what", "said"))


class TestKept:
    def test_of_the_ledger_more_than_is_left(self, line: Line) -> None:
        by = UserFactory()
        given = {"by": by, "line": line, "year": 2018, "amount": 200_000, "day": DAY, "reason": "A contract"}
        said = refused(lambda: ledger.commit(**given))
        one = Refusal.objects.get()
        assert (one.what, one.said, one.by, one.about) == ("Commitment", said, by, f"line:{line.slug}")
        assert one.name == f"{line}, 2018/19"

    def test_an_entry_in_a_closed_month(self, line: Line) -> None:
        finance = person(Role.FINANCE_OFFICER, of=line.commissioner)
        months.close_month(by=finance, commissioner=line.commissioner, month=date(2018, 10, 1), today=date(2018, 12, 6))
        refused(lambda: ledger.commit(by=finance, line=line, year=2018, amount=5, day=DAY, reason="Late"))
        [(what, said)] = kept()
        assert what == "Commitment"
        assert said.startswith("October 2018 is closed")

    def test_once_all_around_it_is_undone(self, line: Line) -> None:
        """The refused entry is part of a larger act."""

        def act() -> None:
            with writing(None):
                ledger.commit(by=None, line=line, year=2018, amount=200_000, day=DAY, reason="A contract")

        refused(act)
        assert len(kept()) == 1

    def test_a_claim_that_lacks_something(self) -> None:
        claim = ClaimFactory()
        refused(lambda: claims.send(by=UserFactory(), claim=claim, day=DAY))
        one = Refusal.objects.get()
        assert (one.what, one.about) == ("Claim", f"claim:{claim.pk}")
        assert "Nothing has been entered." in one.said

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("minutes.pdf", b"", "empty"),
            ("minutes.pdf", b"MZ\x90\x00" + b"\0" * 64, "PDF"),
            ("minutes.pdf", b"%PDF-1.4\n/JavaScript (app.alert(1))\n%%EOF", ""),
            ("large.pdf", b"%PDF-1.4\n" + b"0" * (21 << 20), "MB"),
        ],
    )
    def test_evidence_that_is_not_taken(self, name: str, data: bytes, said: str) -> None:
        output = OutputFactory(evidence="file")
        claim = ClaimFactory(stage=output.stage)
        by = UserFactory()
        record = Record("claim_output", f"{claim.pk}-{output.pk}", str(claim), claim.authority_target())
        with pytest.raises(ValidationError):
            comments.attach(by=by, record=record, title="Minutes", name=name, file=BytesIO(data), post="Manager")
        one = Refusal.objects.get()
        assert (one.what, one.about, one.by) == ("Evidence", f"claim:{claim.pk}", by)
        assert said in one.said

    def test_a_run_authorised_by_who_prepared_it_beside_the_steps_of_the_run(self, line: Line) -> None:
        owed(line, 1_500)
        first = officer(line)
        run = prepared(first, line)
        refused(lambda: runs.authorise(by=first, run=run, control=run.control, today=AUTHORISED))
        assert kept() == [("Payment run", "Who prepared a run does not authorise it.")]
        assert run.steps.filter(step="refused").count() == 1

    def test_a_run_that_pays_what_is_in_another(self, line: Line) -> None:
        (payable,) = owed(line, 1_500)
        prepared(officer(line), line)
        given = {"commissioner": line.commissioner, "payables": [payable.pk], "today": PREPARED}
        refused(lambda: runs.prepare(by=UserFactory(), **given))
        assert [what for what, _ in kept()] == ["Preparing a payment run"]

    def test_a_confirmation_that_cannot_be_read(self, line: Line) -> None:
        owed(line, 1_500)
        first = officer(line)
        run = exported(first, officer(line), line)
        given = {"by": first, "run": run, "file_name": "bank.csv", "today": date(2018, 11, 8)}
        refused(lambda: confirming.confirm_file(data=b"\0\1", **given))
        assert kept() == [("Payment run", "That is no text file. A confirmation is a CSV file, in UTF-8.")]
        assert run.steps.filter(step="refused").count() == 1


def test_what_is_done_already_is_no_refusal(line: Line) -> None:
    owed(line, 1_500)
    run = prepared(officer(line), line)
    second = officer(line)
    runs.authorise(by=second, run=run, control=run.control, today=AUTHORISED)
    refused(lambda: runs.authorise(by=second, run=run, control=run.control, today=AUTHORISED))
    assert kept() == []


def test_stays_as_it_is(line: Line) -> None:
    refused(lambda: ledger.commit(by=None, line=line, year=2018, amount=200_000, day=DAY, reason="A contract"))
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Refusal.objects.update(said="Nothing")


def test_is_listed_for_those_who_see_the_claims_of_the_whole(line: Line, client: Any) -> None:
    refused(lambda: ledger.commit(by=None, line=line, year=2018, amount=200_000, day=DAY, reason="A contract"))
    client.force_login(officer(line))
    page = client.get("/budget/payments/refused/").content.decode()
    assert "is more than is left of" in page
    assert f"/budget/lines/{line.slug}/" in page
    client.force_login(officer(LineFactory(commissioner__ods_code="07R")))
    assert "is more than is left of" not in client.get("/budget/payments/refused/").content.decode()


def test_an_output_has_files_of_its_own() -> None:
    """Those of one output show nothing for another; those of the claim as a whole show whatever has none of its own."""
    first = OutputFactory(evidence="file", name="Minutes")
    OutputFactory(stage=first.stage, evidence="file", name="Plan")
    claim = ClaimFactory(stage=first.stage)
    by, day = UserFactory(), DAY

    def bring(kind: str, key: str, title: str) -> None:
        record = Record(kind, key, str(claim), claim.authority_target())
        data = BytesIO(f"{title}, of what was agreed".encode())
        comments.attach(by=by, record=record, title=title, name="it.txt", file=data, post="Manager")

    bring("claim_output", f"{claim.pk}-{first.pk}", "Our minutes")
    said = refused(lambda: claims.send(by=by, claim=claim, day=day))
    assert "Plan: No file is attached." in said
    assert "Minutes:" not in said
    bring("claim", str(claim.pk), "Our plan")
    for output in first.stage.outputs.exclude(evidence="file"):
        claims.enter(by=by, claim=claim, given=[Given(output, pledged=True)], day=day)
    claims.send(by=by, claim=claim, day=day)
    claims.accept(by=UserFactory(), claim=claim, day=day)
    bases = dict(claim.answers.values_list("output__name", "basis"))
    assert bases["Minutes"] == "1 file: “Our minutes”"
    assert bases["Plan"] == "1 file: “Our plan”"
