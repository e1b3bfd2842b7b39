"""`chin` at a terminal: what scripts may rely on."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from chins.models import Chin, ChinState, Membership
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


def chin(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    call_command("chin", *arguments, "--json")
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(CommandError) as refusal:
        call_command("chin", *arguments, "--json")
    return refusal.value.returncode, json.loads(capsys.readouterr().out)


def test_from_proposal_to_operation(capsys: Any, barnet: Any) -> None:
    for code in ("E83003", "E83005"):
        practice = PracticeFactory(commissioner=barnet, ods_code=code, detail__name=f"Surgery {code}")
        ListSizeFactory(practice=practice, patients=8_000)
    person = UserFactory(email="manager@example.org")
    created = chin(capsys, "create", "07m", "North Locality", "--day", "2018-03-01", "--focus", "Frailty")
    assert (created["chin"], created["state"], created["since"]) == ("north-locality", "proposed", "2018-03-01")
    joined = chin(
        capsys, "join", "north-locality", "E83003", "e83005", "--day", "2018-05-01", "--by", "Manager@example.org"
    )
    assert joined["memberships"] == [
        {"ods_code": code, "chin": "north-locality", "first": "2018-05-01", "last": None}
        for code in ("E83003", "E83005")
    ]
    assert {m.recorded_by for m in Membership.objects.all()} == {person}
    approved = chin(capsys, "status", "north-locality", "approved", "--day", "2018-06-01", "--reason", "Panel")
    assert (approved["status"], approved["state"], approved["practices"], approved["patients"]) == (
        "done",
        "approved",
        2,
        16_000,
    )
    assert ChinState.objects.held().get(status="approved").reason == "Panel"
    assert chin(capsys, "status", "north-locality", "--day", "2018-04-30")["members"] == []


def test_moving_and_leaving(capsys: Any, barnet: Any) -> None:
    practice = PracticeFactory(commissioner=barnet, ods_code="E83003")
    MembershipFactory(practice=practice, chin=ChinFactory(commissioner=barnet), first=date(2018, 1, 1))
    ChinFactory(commissioner=barnet, slug="finchley", name="Finchley")
    moved = chin(capsys, "move", "finchley", "E83003", "--day", "2018-09-01")
    assert moved["memberships"][0]["chin"] == "finchley"
    left = chin(capsys, "leave", "E83003", "--day", "2019-03-31")
    assert left["memberships"] == [
        {"ods_code": "E83003", "chin": "finchley", "first": "2018-09-01", "last": "2019-03-31"}
    ]
    code, said = refused(capsys, "leave", "E83003", "--day", "2019-06-01")
    assert (code, said["problems"]) == (1, ["E83003 is in no CHIN on 1 June 2019."])


def test_a_refusal_names_what_stands_in_the_way_and_changes_nothing(capsys: Any, barnet: Any) -> None:
    taken = PracticeFactory(commissioner=barnet, ods_code="E83003", detail__name="Ashdown Practice")
    north = ChinFactory(commissioner=barnet, name="North Locality")
    MembershipFactory(practice=taken, chin=north, first=date(2018, 5, 1))
    PracticeFactory(commissioner=barnet, ods_code="E83005")
    ChinFactory(commissioner=barnet, slug="finchley")
    code, said = refused(capsys, "join", "finchley", "E83005", "E83003", "--day", "2018-06-01")
    assert (code, said) == (
        1,
        {
            "status": "refused",
            "problems": [
                "Ashdown Practice is in North Locality from 1 May 2018; a practice is in at most one CHIN on any day."
            ],
        },
    )
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["status", "nowhere"],
        ["join", "finchley", "E99999", "--day", "2018-06-01"],
        ["create", "99Z", "A name"],
        ["leave", "E99999"],
    ],
)
def test_a_name_that_nothing_has_is_wrong_use(capsys: Any, arguments: list[str]) -> None:
    ChinFactory(slug="finchley")
    code, said = refused(capsys, *arguments)
    assert (code, said["status"]) == (2, "refused")
    assert Chin.objects.count() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["join", "finchley"],
        ["status", "finchley", "open"],
        ["status", "finchley", "--day", "2018-02-30"],
        ["status", "finchley", "--by", "nobody@example.org"],
    ],
)
def test_what_cannot_be_read_is_wrong_use(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"(?s)."):
        call_command("chin", *arguments)


def test_merging(capsys: Any, barnet: Any) -> None:
    north = ChinFactory(commissioner=barnet, slug="north", name="North")
    MembershipFactory(chin=north, first=date(2018, 1, 1))
    ChinFactory(commissioner=barnet, slug="finchley")
    code, said = refused(capsys, "status", "north", "merged", "--day", "2018-09-01")
    assert (code, said["problems"]) == (1, ["Say which CHIN it merges into, and only if it merges."])
    chin(capsys, "status", "north", "merged", "--into", "finchley", "--day", "2018-09-01")
    assert chin(capsys, "status", "finchley", "--day", "2018-09-01")["practices"] == 1
    assert chin(capsys, "status", "finchley", "--day", "2018-08-31")["practices"] == 0


def test_read_by_a_person(capsys: Any, barnet: Any) -> None:
    practice = PracticeFactory(commissioner=barnet, ods_code="E83003", detail__name="Ashdown Practice", patients=11_533)
    north = ChinFactory(commissioner=barnet, name="North Locality", slug="north", first=date(2018, 1, 1))
    MembershipFactory(practice=practice, chin=north, first=date(2018, 5, 1))
    call_command("chin", "status", "north", "--day", "2018-12-06")
    assert capsys.readouterr().out == (
        "North Locality (north), 07M, as at 2018-12-06: operational since 2018-01-03; 1 practice, 11,533 patients\n"
        "  E83003   11,533  Ashdown Practice\n"
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["--code", "X"], "ODS code of the network: The code of a primary care network is U and five digits"),
        (["--code", "U4011500000"], "ODS code of the network: at most 6 characters; this has 11."),
        (["--area", "x" * 201], "Area it serves: at most 200 characters; this has 201."),
        (["--focus", "x" * 81], "Focus areas: at most 80 characters; this has 81."),
    ],
)
def test_what_can_t_be_kept_is_refused_in_words(capsys: Any, barnet: Any, typed: list[str], told: str) -> None:
    code, said = refused(capsys, "create", "07M", "North Locality", "--day", "2018-03-01", *typed)
    assert code == 1
    assert any(problem.startswith(told) for problem in said["problems"])
    assert not Chin.objects.exists()


def test_nor_a_name_too_long_or_none(capsys: Any, barnet: Any) -> None:
    for name, told in (("x" * 151, "Name: at most 150 characters; this has 151."), (" ", "Name: it can’t be empty.")):
        assert refused(capsys, "create", "07M", name, "--day", "2018-03-01") == (
            1,
            {"status": "refused", "problems": [told]},
        )


@pytest.mark.parametrize("code", ["u40115", " U40115 "])
def test_a_code_is_read_in_either_case(capsys: Any, barnet: Any, code: str) -> None:
    chin(capsys, "create", "07M", "Primary Care Network 1", "--kind", "pcn", "--code", code, "--day", "2019-07-01")
    assert Chin.objects.get().code == "U40115"
