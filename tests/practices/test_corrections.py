"""A list of practices is taken out, corrected in a spreadsheet and brought back: previewed, all or nothing."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit import work
from cc2h.kit.imports import services
from cc2h.kit.models import Import, ImportProblem
from practices.models import Commissioner, Practice, PracticeDetail
from practices.services import change_details
from tests.factories import CommissionerFactory, PracticeFactory, person

pytestmark = pytest.mark.django_db
State = Import.State
Rows = list[dict[str, str]]


@pytest.fixture
def barnet() -> Commissioner:
    commissioner = CommissionerFactory(barnet=True)
    for n in (1, 2, 3):
        PracticeFactory(ods_code=f"E8300{n}", commissioner=commissioner)
    return commissioner


@pytest.fixture
def manager(barnet: Commissioner, client: Client) -> Any:
    user = person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager")
    client.force_login(user)
    return user


def taken_out(client: Client, **query: str) -> Rows:
    response = client.get(reverse("practices:corrections_file"), query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))  # type: ignore[attr-defined]


def brought_back(rows: Rows, by: Any) -> Import:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode()
    one, _ = services.receive(by=by, name="corrected.csv", file=io.BytesIO(data), size=len(data))
    work.sweep()
    one.refresh_from_db()
    return one


def confirmed(one: Import, by: Any) -> Import:
    services.confirm(by=by, one=one)
    work.sweep()
    one.refresh_from_db()
    return one


def held(code: str) -> PracticeDetail:
    return PracticeDetail.objects.held().filter(practice__ods_code=code).latest("period")


def problems(one: Import) -> list[tuple[Any, ...]]:
    return list(ImportProblem.objects.filter(of=one).values_list("line", "column", "value", "problem"))


def test_a_list_taken_out_and_brought_back_as_it_is_changes_nothing(client: Client, manager: Any) -> None:
    one = brought_back(taken_out(client), manager)
    assert (one.state, one.kind, one.findings["unchanged"]) == (State.CHECKED, "practice_corrections", 3)
    assert one.findings["changes"] == []


def test_the_preview_says_row_by_row_what_changes_then_it_is_done_from_the_day(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    before = held("E83002").mailbox
    rows[1] |= {"mailbox": "new@example.nhs.uk", "from": "01/06/2018", "reason": "They moved it"}
    one = brought_back(rows, manager)
    (change,) = one.findings["changes"]
    assert change[:3] == [3, "Surgery E83002 (E83002)", "changed"]
    assert change[4] == "mailbox: new@example.nhs.uk (from 1 June 2018)"
    assert held("E83002").mailbox == before
    assert confirmed(one, manager).state == State.IMPORTED
    now = held("E83002")
    assert (now.mailbox, now.first_day, now.reason) == ("new@example.nhs.uk", date(2018, 6, 1), "They moved it")
    assert now.recorded_by == manager
    earlier = PracticeDetail.objects.held().open_on(date(2018, 5, 31)).get(practice__ods_code="E83002")
    assert earlier.mailbox == before


def test_without_a_day_it_corrects_what_was_always_wrong_and_needs_a_reason(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    rows[0]["name"] = "Otherwise"
    one = brought_back(rows, manager)
    assert one.state == State.REJECTED
    assert problems(one) == [(2, "reason", "", "Say why what was recorded was wrong.")]
    rows[0]["reason"] = "A slip"
    first = held("E83001").first_day
    confirmed(brought_back(rows, manager), manager)
    assert (held("E83001").name, held("E83001").first_day) == ("Otherwise", first)


def test_one_wrong_row_and_none_is_taken_and_each_error_names_row_field_and_what_is_expected(
    client: Client, manager: Any
) -> None:
    rows = taken_out(client)
    rows[0] |= {"name": "Fine", "reason": "x"}
    rows[1] |= {"mailbox": "nonsense", "postcode": "N1", "reason": "x"}
    rows[2] |= {"name": "Other", "from": "soon", "reason": "x"}
    one = brought_back(rows, manager)
    assert one.state == State.REJECTED
    assert "none of the file is taken" in one.rejection
    found = {(line, column): (value, problem) for line, column, value, problem in problems(one)}
    assert found[3, "mailbox"] == ("nonsense", "Write an e-mail address, like reception@example.nhs.uk.")
    assert found[3, "postcode"][1] == "Write the whole postcode, for example EN5 4BE."
    assert found[4, "from"][0] == "soon"
    assert held("E83001").name != "Fine"


def test_a_row_that_somebody_changed_since_is_a_conflict_with_who_and_when(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    other = person(Role.TRANSFORMATION_MANAGER, of=Commissioner.objects.get(), name="Somebody Else")
    change_details(by=other, detail=held("E83001"), day=None, reason="First", name="THEIRS")
    rows[0] |= {"name": "MINE", "reason": "Second"}
    one = brought_back(rows, manager)
    assert one.state == State.REJECTED
    ((line, column, _, problem),) = problems(one)
    assert (line, column) == (2, "version")
    assert re.search(r"Somebody Else changed this practice on \d+ \w+ \d{4}.*name: THEIRS", problem)
    assert held("E83001").name == "THEIRS"


def test_a_row_left_as_it_was_is_no_conflict_though_somebody_changed_it(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    change_details(by=manager, detail=held("E83001"), day=None, reason="First", name="THEIRS")
    rows[1] |= {"name": "MINE", "reason": "Second"}
    assert confirmed(brought_back(rows, manager), manager).state == State.IMPORTED
    assert (held("E83001").name, held("E83002").name) == ("THEIRS", "MINE")


def test_what_changes_between_preview_and_merge_leaves_the_file_aside(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    for row in rows[:2]:
        row |= {"name": "MINE", "reason": "x"}
    one = brought_back(rows, manager)
    services.confirm(by=manager, one=one)
    change_details(by=manager, detail=held("E83002"), day=None, reason="First", name="THEIRS")
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.REJECTED
    assert held("E83001").name != "MINE"


def test_cells_made_harmless_for_a_spreadsheet_come_back_as_they_are_kept(client: Client, manager: Any) -> None:
    change_details(by=manager, detail=held("E83001"), day=None, reason="x", telephone="+44 20 7946 0001", name="=A")
    rows = taken_out(client)
    assert (rows[0]["telephone"], rows[0]["name"]) == ("'+44 20 7946 0001", "'=A")
    assert brought_back(rows, manager).findings["unchanged"] == 3


def test_a_position_west_of_greenwich_is_a_number_and_comes_back_unchanged(client: Client, manager: Any) -> None:
    change_details(by=manager, detail=held("E83001"), day=None, reason="x", latitude=51.65, longitude=-0.2006)
    rows = taken_out(client)
    assert (rows[0]["latitude"], rows[0]["longitude"]) == ("51.65", "-0.2006")
    assert brought_back(rows, manager).findings["unchanged"] == 3


def test_the_nought_that_a_spreadsheet_drops_from_a_telephone_number_is_no_change(client: Client, manager: Any) -> None:
    change_details(by=manager, detail=held("E83001"), day=None, reason="x", telephone="02079460001")
    rows = taken_out(client)
    rows[0]["telephone"] = "2079460001"
    assert brought_back(rows, manager).findings["unchanged"] == 3


def test_practices_of_another_commissioner_are_neither_taken_out_nor_changed(client: Client, manager: Any) -> None:
    theirs = PracticeFactory(ods_code="E83009", commissioner=CommissionerFactory())
    rows = taken_out(client)
    assert [row["ods_code"] for row in rows] == ["E83001", "E83002", "E83003"]
    detail = held("E83009")
    rows[0] |= {"ods_code": "E83009", "version": str(detail.pk), "name": "MINE", "reason": "x"}
    one = brought_back(rows, manager)
    assert problems(one) == [(2, "ods_code", "E83009", "You may not change this practice.")]
    assert theirs.details.get().name == detail.name


def test_a_version_of_another_practice_is_refused(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    rows[0] |= {"version": rows[1]["version"], "name": "x"}
    one = brought_back(rows, manager)
    assert "no version of this practice" in problems(one)[0][3]
    rows[0]["version"] = "9" * 30
    assert brought_back(rows, manager).state == State.REJECTED


def test_the_list_is_taken_out_with_the_filters_of_the_page(client: Client, manager: Any) -> None:
    page = client.get(reverse("practices:practice_list"), {"q": "E83002"}).content.decode()
    (address,) = re.findall(r'href="([^"]+)">Take out to correct', page)
    assert "q=E83002" in address
    assert [row["ods_code"] for row in taken_out(client, q="E83002")] == ["E83002"]


def test_corrections_are_undone_like_any_import(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    before = held("E83001").name
    rows[0] |= {"name": "MINE", "from": "2018-06-01", "reason": "x"}
    one = confirmed(brought_back(rows, manager), manager)
    services.undo(by=manager, one=one, reason="Wrong")
    work.sweep()
    assert held("E83001").name == before
    assert Practice.objects.get(ods_code="E83001").details.filter(held__upper_inf=True).count() == 1


def test_corrections_are_undone_by_those_alone_who_may_change_the_practices(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    rows[0] |= {"name": "MINE", "from": "2018-06-01", "reason": "x"}
    one = confirmed(brought_back(rows, manager), manager)
    other = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory())
    with pytest.raises(ValidationError, match="you can’t undo it"):
        services.undo(by=other, one=one, reason="Wrong")
    client.force_login(other)
    page = client.post(reverse("imports:import_undo", args=[one.pk]), {"reason": "Wrong", "confirmed": "yes"})
    assert "you can’t undo it" in page.content.decode()
    work.sweep()
    assert held("E83001").name == "MINE"


def test_a_token_for_files_alone_neither_corrects_practices_nor_takes_that_back(client: Client, manager: Any) -> None:
    rows = taken_out(client)
    rows[0] |= {"name": "MINE", "from": "2018-06-01", "reason": "x"}
    one = brought_back(rows, manager)
    narrow = User.objects.get(pk=manager.pk)
    narrow.authority = replace(narrow.authority, only=frozenset({"import_files", "view_imports"}))
    with pytest.raises(ValidationError, match="You may not do all that is in this file"):
        services.confirm(by=narrow, one=one)
    one = confirmed(one, manager)
    with pytest.raises(ValidationError, match="you can’t undo it"):
        services.undo(by=narrow, one=one, reason="Wrong")
