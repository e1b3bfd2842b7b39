"""Loading a programme into a database that holds none yet."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from cc2h.accounts.authority import Action
from cc2h.accounts.models import User
from cc2h.config import programme
from cc2h.kit.models import Programme
from chins.models import PostHolding
from practices.models import Commissioner, Practice
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_it_is_refused_beside_records_of_ones_own() -> None:
    PracticeFactory()
    with pytest.raises(CommandError, match="1 practice,"):
        run("load_programme")


def test_production_refuses_it_unless_told() -> None:
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="production"):
        run("load_programme")
    assert not User.objects.exists()


def test_empty_makes_five_commissioners_and_an_administrator_once() -> None:
    said = run("load_programme", "--empty", "--administrator", "first@trust.example")
    password = re.search(r"password (\S+)", said)
    assert password
    assert User.objects.get().check_password(password[1])
    assert Commissioner.objects.filter(in_programme=True).count() == 5
    assert Programme.objects.get().kind == Programme.Kind.EMPTY
    assert "nothing was changed" in run("load_programme", "--empty")
    assert not programme.is_fresh()


def test_real_files_on_an_empty_database_say_how_to_sign_in_first(tmp_path: Path) -> None:
    said = run("load_programme", "--data", str(tmp_path), "--administrator", "first@trust.example")
    password = re.search(r"Sign in as first@trust.example with the password (\S+)", said)
    assert password
    assert User.objects.get().check_password(password[1])
    assert "password" not in run("load_programme", "--data", str(tmp_path))


def test_an_administrator_is_made_and_let_back_in() -> None:
    said = run("make_administrator", "Anna@trust.example")
    anna = User.objects.get(email="anna@trust.example")
    assert anna.authority.may(Action.MANAGE_PEOPLE)
    User.objects.update(is_active=False)
    again = run("make_administrator", "anna@trust.example")
    assert said != again
    anna = User.objects.get()
    assert anna.is_active
    assert anna.check_password(re.findall(r"password (\S+)", again)[0])
    assert PostHolding.objects.count() == 1
    with pytest.raises(CommandError, match="no e-mail address"):
        run("make_administrator", "anna")


def test_a_demonstration_may_follow_an_empty_start() -> None:
    run("load_programme", "--empty")
    assert "209 practices" in run("load_programme")
    assert Commissioner.objects.count() == 5
    assert User.objects.filter(email="administrator@localhost").exists()


def test_nobody_there_to_ask_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(words: str) -> str:
        raise EOFError

    PracticeFactory()
    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(CommandError, match="--yes"):
        run("load_programme", "--reset")
    assert Practice.objects.exists()


def test_there_are_no_sign_ins_without_a_demonstration() -> None:
    assert "password" in run("sign_ins")
    assert "@" not in run("sign_ins")


def test_a_folder_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(CommandError, match="no folder") as refused:
        run("load_programme", "--data", "no/such/folder")
    assert refused.value.returncode == 2


@pytest.mark.parametrize("month", ["2026-13", "December", "2026-1"])
def test_a_sample_needs_a_month(month: str) -> None:
    with pytest.raises(CommandError, match="no month"):
        run("make_sample", "list-sizes", "--month", month)
