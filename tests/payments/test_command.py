"""Payment runs at a terminal: the same services, the same posts, the same refusals."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from budget.checking import differences
from budget.models import Line
from budget.payments.models import Run, RunStep
from cc2h.accounts.authority import Role
from cc2h.kit.days import today
from tests.budget.ground import balance
from tests.factories import LineFactory, person
from tests.factories.payments import owed
from tests.payments.ground import confirmation_file, officer

pytestmark = pytest.mark.django_db


def payment_run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("payment_run", *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000)
    return made


def test_a_run_from_beginning_to_end(line: Line, tmp_path: Path) -> None:
    first, second = officer(line), officer(line)
    owed(line, 1_500, 700)
    made = payment_run("prepare", "--by", first.email)
    assert (made["payments"], made["total"], made["state"]) == (2, "2200.00", "prepared")
    run, by = ("--run", made["run"]), ("--by", first.email)
    assert payment_run("authorise", *run, "--by", second.email)["state"] == "authorised"
    file = tmp_path / "payments.csv"
    exported = payment_run("export", *run, *by, "--output", str(file))
    assert payment_run("export", *run, *by)["sha256"] == exported["sha256"]
    told = tmp_path / "paid.csv"
    told.write_bytes(confirmation_file(Run.objects.get()).replace(b"2018-11-08", today().isoformat().encode()))
    assert payment_run("confirm", str(told), *run, *by)["paid"] == 2
    assert payment_run("confirm", str(told), *run, *by)["state"] == "confirmed"
    assert balance(line)["paid"] == 2_200
    assert file.read_bytes().count(b"\r\n") == 3
    assert differences() == []


def test_the_preparer_does_not_authorise_and_that_is_recorded(line: Line) -> None:
    first = officer(line)
    owed(line, 1_500)
    made = payment_run("prepare", "--by", first.email)
    with pytest.raises(CommandError, match="Who prepared a run does not authorise it") as refusal:
        payment_run("authorise", "--run", made["run"], "--by", first.email)
    assert refusal.value.returncode == 1
    assert RunStep.objects.filter(step="refused").count() == 1


def test_only_posts_that_may(line: Line) -> None:
    owed(line, 1_500)
    member = person(Role.BOARD_MEMBER, of=line.commissioner)
    with pytest.raises(CommandError, match="belongs to these posts: Finance officer"):
        payment_run("prepare", "--by", member.email)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("authorise", "--run", "1999-009"), "has no payment run 1999-009"),
        (("export", "--run", "RUN", "--layout", "Ours"), "There is no layout “Ours”"),
        (("confirm", "/nowhere/paid.csv", "--run", "RUN"), "No such file"),
        (("prepare", "--commissioner", "99Z"), "There is no commissioner with the code"),
    ],
)
def test_wrong_use_is_said(line: Line, arguments: tuple[str, ...], said: str) -> None:
    first = officer(line)
    owed(line, 1_500)
    number = payment_run("prepare", "--by", first.email)["run"]
    with pytest.raises(CommandError, match=said) as refusal:
        payment_run(*(one.replace("RUN", number) for one in arguments), "--by", first.email)
    assert refusal.value.returncode == 2
