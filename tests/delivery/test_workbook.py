"""The go-live workbook: what it takes, what it refuses and in which words, and that it is taken whole or not at all."""

import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.delivery import services as delivery
from cc2h.delivery.models import Action
from cc2h.kit import work
from cc2h.kit.imports import services, workbook
from cc2h.kit.imports.sheets import in_order
from cc2h.kit.models import Import, ImportProblem
from chins import services as chins
from chins.models import Chin, ChinState, Membership, PostHolding
from practices.models import Commissioner, Contact, PracticeDetail
from tests.factories import (
    ChinFactory,
    CommissionerFactory,
    MembershipFactory,
    PostHoldingFactory,
    PracticeFactory,
    UserFactory,
    person,
)
from tests.samples import saved

pytestmark = pytest.mark.django_db
State = Import.State
Sheets = Mapping[str, Sequence[Mapping[str, Any]]]

CHIN = {"Name": "Edgware", "Commissioner": "07M", "Proposed from": date(2018, 1, 1), "Operational from": None}
STAY = {"Practice code": "E83001", "CHIN": "Edgware", "First day": date(2018, 4, 1)}
POST = {"Role": "CHIN lead", "Post of": "Edgware", "Holder": "lead@example.org", "First day": date(2018, 4, 1)}
CONTACT = {"Practice code": "E83002", "Day": date(2018, 3, 12), "Outcome": "Will answer", "Spoke to": "The manager"}
ACTION = {
    "About": "CHIN",
    "Which": "Edgware",
    "What is to be done": "Write to the practices",
    "Owner’s post": "CHIN lead, Edgware",
    "Due day": date(2018, 6, 30),
}
WHOLE: Sheets = {
    "Mailboxes": [{"Practice code": "E83001", "Shared mailbox": "front@example.org"}],
    "CHINs": [
        {**CHIN, "Approved from": date(2018, 2, 1), "Operational from": "01/04/2018", "Focus areas": "Frailty; Pain"}
    ],
    "Memberships": [STAY, {**STAY, "Practice code": "E83002", "Last day": date(2019, 3, 31)}],
    "Posts": [POST],
    "Contacts": [CONTACT],
    "Actions": [ACTION],
}


@cache
def template() -> bytes:
    with workbook.template() as file:
        return file.read()


def filled(sheets: Sheets, *, headings: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """The portal's own template with these rows beneath the example rows."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    for name, rows in sheets.items():
        page = book[name]
        found = [cell.value for cell in page[1]]
        for number, row in enumerate(rows, 3):
            assert set(row) <= set(found)
            for column, heading in enumerate(found, 1):
                cell = page.cell(number, column)
                cell.value = row.get(heading)
                if cell.value == "#REF!":  # an error pasted as a text
                    cell.data_type = "s"
        for column, heading in enumerate((headings or {}).get(name, ()), 1):
            page.cell(1, column).value = heading
    return saved(book)


@pytest.fixture
def barnet() -> Commissioner:
    commissioner = CommissionerFactory(barnet=True)
    for code in ("E83001", "E83002"):
        PracticeFactory(ods_code=code, commissioner=commissioner)
    return commissioner


@pytest.fixture
def manager(barnet: Commissioner) -> User:
    UserFactory(email="lead@example.org", name="Lee Lead")
    return person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager")


def bring(by: User, sheets: Sheets | bytes, name: str = "go-live.xlsx") -> Import:
    """The workbook, brought and checked by the worker."""
    data = sheets if isinstance(sheets, bytes) else filled(sheets)
    one, _ = services.receive(by=by, name=name, file=io.BytesIO(data), size=len(data))
    work.sweep()
    one.refresh_from_db()
    return one


def taken(by: User, one: Import) -> Import:
    services.confirm(by=User.objects.get(pk=by.pk), one=one)
    work.sweep()
    one.refresh_from_db()
    return one


def counted(one: Import) -> tuple[int, int, int, int]:
    return tuple(one.findings[verdict] for verdict in ("new", "changed", "closed", "unchanged"))  # type: ignore[return-value]


def problems(one: Import) -> list[tuple[str, int, str, str, str]]:
    """Sheet, row, column, value, sentence."""
    return [
        (*workbook.Workbook.place(found.line or 0), found.column, found.value, found.problem)
        for found in ImportProblem.objects.filter(of=one).order_by("line", "pk")
    ]


def refused(by: User, sheets: Sheets) -> tuple[str, int, str, str, str]:
    """The one thing wrong in a workbook."""
    one = bring(by, sheets)
    found = problems(one)
    assert len(found) == 1, found
    return found[0]


# Taking it ---------------------------------------------------------------------------------------------


def test_everything_comes_in_by_one_import_and_rows_may_name_what_other_sheets_add(manager: User) -> None:
    one = bring(manager, WHOLE)
    assert (one.kind, one.state, problems(one)) == ("workbook", State.CHECKED, [])
    assert counted(one) == (7, 0, 0, 0)
    assert [sheet["name"] for sheet in one.findings["sheets"]] == list(WHOLE)
    assert not Chin.objects.exists()
    assert taken(manager, one).state == State.IMPORTED
    chin = Chin.objects.get()
    assert (chin.name, chin.focus_areas) == ("Edgware", ["Frailty", "Pain"])
    states = ChinState.objects.held().order_by("period")
    assert [(s.status, s.first_day) for s in states] == [
        ("proposed", date(2018, 1, 1)),
        ("approved", date(2018, 2, 1)),
        ("operational", date(2018, 4, 1)),
    ]
    stays = Membership.objects.held().order_by("practice__ods_code")
    assert [(s.practice.ods_code, s.first_day, s.last_day) for s in stays] == [
        ("E83001", date(2018, 4, 1), None),
        ("E83002", date(2018, 4, 1), date(2019, 3, 31)),
    ]
    assert PostHolding.objects.get(post__chin=chin).holder.name == "Lee Lead"
    contact = Contact.objects.get()
    assert (contact.outcome, contact.spoke_to, contact.made_by) == ("Will answer", "The manager", manager)
    action = Action.objects.get()
    assert (action.kind, action.key, action.owner.title) == ("chin", chin.slug, "CHIN lead, Edgware")
    assert PracticeDetail.objects.held().get(practice__ods_code="E83001").mailbox == "front@example.org"


def test_a_record_says_from_which_file_sheet_and_row_it_comes(manager: User) -> None:
    taken(manager, bring(manager, WHOLE))
    stay = Membership.objects.held().get(practice__ods_code="E83002")
    assert stay.reason == "From the file go-live.xlsx, sheet Memberships, row 4"
    assert stay.recorded_by == manager


def test_a_workbook_that_says_what_is_held_changes_nothing(manager: User) -> None:
    taken(manager, bring(manager, WHOLE))
    again = bring(manager, {**WHOLE, "Contacts": [CONTACT, {**CONTACT, "Leave out": "x", "Outcome": "Other"}]})
    assert counted(again) == (0, 0, 0, 7)
    versions = Membership.objects.count(), PracticeDetail.objects.count(), PostHolding.objects.count()
    assert taken(manager, again).state == State.IMPORTED
    assert versions == (Membership.objects.count(), PracticeDetail.objects.count(), PostHolding.objects.count())
    assert (Chin.objects.count(), Contact.objects.count(), Action.objects.count()) == (1, 1, 1)


def test_the_same_file_twice_is_known_as_imported(manager: User) -> None:
    data = filled(WHOLE)
    one = taken(manager, bring(manager, data))
    assert services.receive(by=manager, name="b.xlsx", file=io.BytesIO(data), size=len(data)) == (one, False)


def test_what_differs_from_what_is_held_is_changed_and_an_empty_cell_says_nothing(
    manager: User, barnet: Commissioner
) -> None:
    taken(manager, bring(manager, WHOLE))
    other = UserFactory(email="next@example.org", name="Nia Next")
    changed = bring(
        manager,
        {
            "Mailboxes": [{"Practice code": "E83001", "Shared mailbox": "back@example.org", "From": date(2018, 9, 1)}],
            "CHINs": [{**CHIN, "Proposed from": None, "Closed from": "01/01/2020", "Area it serves": "Edgware"}],
            "Memberships": [{**STAY, "Last day": date(2018, 12, 31)}, {**STAY, "Practice code": "E83002", "First day": date(2018, 5, 1)}],
            "Posts": [{**POST, "Holder": "NEXT@example.org", "First day": date(2018, 9, 1), "Last day": date(2019, 12, 31)}],
            "Actions": [{**ACTION, "Due day": date(2018, 7, 31)}],
        },
    )  # fmt: skip
    assert problems(changed) == []
    assert counted(changed) == (0, 4, 2, 0)
    told = {key: (before, after) for _, key, _, before, after in changed.findings["changes"]}
    assert told["Mailboxes: Surgery E83001 (E83001)"] == (
        "front@example.org",
        "back@example.org, from 1 September 2018",
    )
    assert told["Actions: Edgware: Write to the practices"] == (
        "CHIN lead, Edgware, by 30 June 2018",
        "CHIN lead, Edgware, by 31 July 2018",
    )
    assert taken(manager, changed).state == State.IMPORTED
    assert Chin.objects.get().footprint == "Edgware"
    stays = Membership.objects.held().order_by("practice__ods_code")
    assert [(s.first_day, s.last_day) for s in stays] == [
        (date(2018, 4, 1), date(2018, 12, 31)),
        (date(2018, 5, 1), date(2019, 3, 31)),
    ]
    holdings = PostHolding.objects.held().filter(post__chin=Chin.objects.get()).order_by("period")
    assert [(h.holder.name, h.last_day) for h in holdings] == [
        ("Lee Lead", date(2018, 8, 31)),
        (other.name, date(2019, 12, 31)),
    ]


def test_a_practice_moves_from_one_chin_to_another_within_the_workbook(manager: User) -> None:
    two = [{**CHIN}, {**CHIN, "Name": "Finchley"}]
    one = bring(
        manager,
        {
            "CHINs": two,
            "Memberships": [
                {**STAY, "CHIN": "Finchley", "First day": date(2019, 1, 1)},
                {**STAY, "Last day": date(2018, 12, 31)},
            ],
        },
    )
    assert problems(one) == []
    taken(manager, one)
    stays = Membership.objects.held().order_by("period")
    assert [(s.chin.name, s.first_day) for s in stays] == [
        ("Edgware", date(2018, 4, 1)),
        ("Finchley", date(2019, 1, 1)),
    ]


# All or nothing ----------------------------------------------------------------------------------------


def test_nothing_is_taken_while_a_row_is_wrong(manager: User) -> None:
    one = bring(manager, {**WHOLE, "Contacts": [{**CONTACT, "Day": "31/02/2018"}]})
    assert one.state == State.CHECKED
    assert counted(one) == (6, 0, 0, 0)
    with pytest.raises(ValidationError, match="while a row is wrong"):
        services.confirm(by=manager, one=one)
    assert not Chin.objects.exists()


def test_a_workbook_that_was_wrong_is_checked_again_once_the_portal_knows_what_it_names(
    manager: User, barnet: Commissioner
) -> None:
    one = bring(manager, {"Memberships": [STAY], "Contacts": [CONTACT]})
    assert problems(one) == [("Memberships", 3, "CHIN", "Edgware", "No CHIN is called this here or in this workbook.")]
    ChinFactory(commissioner=barnet, name="Edgware")
    services.check_again(by=manager, one=one)
    work.sweep()
    one.refresh_from_db()
    assert (one.state, problems(one), counted(one)) == (State.CHECKED, [], (2, 0, 0, 0))


def test_an_import_that_breaks_off_half_way_leaves_nothing(manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    one = bring(manager, WHOLE)

    def killed(**_: Any) -> None:
        assert Chin.objects.exists()  # the sheets before have been written
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "add_action", killed)
        services.confirm(by=manager, one=one)
        work.sweep()
    one.refresh_from_db()
    assert one.state == State.MERGING
    assert not Chin.objects.exists()
    assert not Contact.objects.exists()
    services.carry_on(str(one.pk))  # as the next worker does
    one.refresh_from_db()
    assert one.state == State.IMPORTED
    assert Action.objects.count() == 1


def test_a_record_changed_between_preview_and_confirmation_is_previewed_again(
    manager: User, barnet: Commissioner
) -> None:
    one = bring(manager, WHOLE)
    chins.propose_chin(by=None, commissioner=barnet, name="Edgware", day=date(2018, 1, 1))
    again = taken(manager, one)
    assert (again.state, again.findings["changed_since"]) == (State.CHECKED, True)
    assert counted(again) == (6, 1, 0, 0)
    assert not Membership.objects.exists()
    assert taken(manager, again).state == State.IMPORTED


def test_what_a_service_refuses_after_all_is_told_with_its_row_and_nothing_is_taken(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(**_: Any) -> None:
        raise ValidationError("It can’t be.")

    monkeypatch.setattr(delivery, "add_action", refuses)
    one = taken(manager, bring(manager, WHOLE))
    assert one.state == State.REJECTED
    assert one.rejection == "Actions, row 3: It can’t be. Nothing of the workbook was imported."
    assert not Chin.objects.exists()


# What is wrong -----------------------------------------------------------------------------------------


def test_a_cell_that_can_not_be_read_says_what_was_found_and_what_is_expected(manager: User) -> None:
    one = bring(
        manager,
        {
            "Memberships": [
                {**STAY, "First day": 43191},
                {**STAY, "Practice code": 83001},
                {**STAY, "Practice code": "E8300"},
                {"Practice code": "E83002", "CHIN": "Edgware"},
            ],
            "Posts": [{**POST, "Role": "Boss"}],
            "CHINs": [{**CHIN, "Name": "x" * 151}],
            "Contacts": [{**CONTACT, "Outcome": "#REF!"}],
        },
    )
    found = {(sheet, row): (column, value, said) for sheet, row, column, value, said in problems(one)}
    assert found["Memberships", 3][:2] == ("First day", "43191")
    assert found["Memberships", 3][2].startswith("This is a number and no day.")
    assert "has made a number of this code" in found["Memberships", 4][2]
    assert found["Memberships", 5][2].startswith("This is no such code. Expected: the ODS code of a practice")
    assert found["Memberships", 6][:2] == ("First day", "")
    assert found["Posts", 3][2].startswith("Expected one of: Transformation manager")
    assert found["CHINs", 3][2] == "It has 151 characters. Expected: what it is called, at most 150."
    assert "error of the spreadsheet" in found["Contacts", 3][2]
    assert len(found) == 7
    assert one.state == State.REJECTED  # not one of its rows can be used


def test_a_misspelt_heading_is_told_so_that_no_column_is_lost_unseen(manager: User) -> None:
    data = filled({"CHINs": [CHIN]}, headings={"CHINs": ["Leave out", "Name", "Commissionner"]})
    found = problems(bring(manager, data))
    assert [one[:3] for one in found][:2] == [("CHINs", 1, "Commissionner"), ("CHINs", 1, "Commissioner")]
    assert found[0][4].startswith("No column has this heading. Expected: Leave out, Name, Commissioner, Kind")


def test_an_unknown_practice_and_somebody_unknown_are_named(manager: User) -> None:
    one = bring(
        manager,
        {
            "Mailboxes": [{"Practice code": "E83999", "Shared mailbox": "a@example.org"}],
            "Contacts": [{**CONTACT, "Made by": "nobody@example.org"}],
            "CHINs": [CHIN],
            "Posts": [{**POST, "Holder": "nobody@example.org"}],
        },
    )
    assert [(sheet, column, value) for sheet, _, column, value, _ in problems(one)] == [
        ("Mailboxes", "Practice code", "E83999"),
        ("Posts", "Holder", "nobody@example.org"),
        ("Contacts", "Made by", "nobody@example.org"),
    ]


def test_a_row_is_not_refused_for_resting_on_one_that_is(manager: User) -> None:
    wrong = {**CHIN, "Proposed from": "soon"}
    assert refused(manager, {**WHOLE, "CHINs": [wrong]})[:4] == ("CHINs", 3, "Proposed from", "soon")


def chin(**cells: Any) -> Sheets:
    return {"CHINs": [{**CHIN, **cells}], "Contacts": [CONTACT]}


def stays(*rows: Mapping[str, Any]) -> Sheets:
    return {"CHINs": [CHIN, {**CHIN, "Name": "Finchley"}], "Memberships": [{**STAY, **row} for row in rows]}


def post(**cells: Any) -> Sheets:
    return {"CHINs": [CHIN], "Posts": [{**POST, **cells}]}


def action(**cells: Any) -> Sheets:
    return {"CHINs": [CHIN], "Posts": [POST], "Actions": [{**ACTION, **cells}]}


def contact(**cells: Any) -> Sheets:
    return {"Contacts": [CONTACT, {**CONTACT, **cells}]}


@pytest.mark.parametrize(
    ("sheets", "column", "said"),
    [
        (chin(**{"Proposed from": None}), "Proposed from", "this CHIN is new"),
        (chin(Commissioner="99Z"), "Commissioner", "No commissioner with this code"),
        (chin(**{"Operational from": date(2018, 4, 1)}), "Operational from", "from there it can become approved"),
        (chin(**{"Approved from": date(2018, 1, 1)}), "Approved from", "Expected: a later day"),
        (chin(Code="U12345"), "Code", "Only a primary care network has a code"),
        (stays({"Last day": date(2018, 3, 1)}), "Last day", "leaves before it joins"),
        (stays({"First day": date(2017, 12, 31)}), "First day", "Edgware is proposed from 1 January 2018"),
        (stays({"CHIN": "Hendon"}), "CHIN", "No CHIN is called this"),
        (stays({"First day": date(1950, 1, 1)}, {"Practice code": "E83002"})
         | {"CHINs": [{**CHIN, "Proposed from": date(1949, 1, 1)}]}, "First day", "not open yet"),
        (post(Holder=None), "Holder", "There are days and nobody"),
        (post(**{"First day": None}), "First day", "the first day of the holder"),
        (post(**{"Post of": "Hendon"}), "Post of", "No CHIN is called this"),
        (action(**{"Owner’s post": "Nobody’s"}), "Owner’s post", "No post that can do this"),
        (action(**{"Due day": None}), "Due day", "this action is new"),
        (action(**{"Raised on": date(2099, 1, 1)}), "Raised on", "still to come"),
        (action(About="Practice"), "Which", "No practice is called this"),
        (contact(Day=date(2099, 1, 1)), "Day", "or an earlier day"),
        (contact(**{"Outcome": "x", "Next step by": date(2018, 5, 1)}), "Next step", "Say what is to be done"),
        (contact(), "Practice code", "Row 3 says the same already"),
    ],
)  # fmt: skip
def test_a_row_that_can_not_be_is_refused_in_words(manager: User, sheets: Sheets, column: str, said: str) -> None:
    found = refused(manager, sheets)
    assert found[2] == column
    assert said in found[4]


def test_two_rows_that_put_a_practice_in_two_chins_are_refused_both(manager: User) -> None:
    found = problems(bring(manager, stays({}, {"CHIN": "Finchley", "First day": date(2018, 9, 1)})))
    assert [row for _, row, *_ in found] == [3, 4]
    assert "The practice is in Finchley from 1 September 2018 by row 4" in found[0][4]


def test_a_practice_that_the_portal_has_in_another_chin_is_refused(manager: User, barnet: Commissioner) -> None:
    from practices.models import Practice

    MembershipFactory(
        practice=Practice.objects.get(ods_code="E83001"), chin=ChinFactory(commissioner=barnet, name="Hendon")
    )
    assert "The practice is in Hendon" in refused(manager, stays({}))[4]


def test_a_post_held_by_another_to_the_end_is_refused(manager: User, barnet: Commissioner) -> None:
    held = PostHoldingFactory(post__of=ChinFactory(commissioner=barnet, name="Edgware"), first=date(2018, 9, 1))
    sheets = {"Posts": [{**POST, "Title": held.post.title}]}
    assert "a post has one holder on any day" in refused(manager, sheets)[4]


def test_a_state_that_the_portal_has_on_another_day_is_refused(manager: User, barnet: Commissioner) -> None:
    ChinFactory(commissioner=barnet, name="edgware", since={"proposed": date(2017, 1, 1)}, status="proposed")
    assert "In the portal it is proposed from 1 January 2017" in refused(manager, chin())[4]


# Whose it is -------------------------------------------------------------------------------------------


@pytest.fixture
def enfield() -> Commissioner:
    commissioner = CommissionerFactory(ods_code="07X", short_name="Enfield", in_programme=True)
    PracticeFactory(ods_code="E85001", commissioner=commissioner)
    return commissioner


def test_a_manager_of_barnet_brings_nothing_of_enfield(manager: User, enfield: Commissioner) -> None:
    chin = ChinFactory(commissioner=enfield, name="Ponders End")
    theirs = {"Which": "Ponders End", "Owner’s post": "CHIN lead, Ponders End"}
    one = bring(
        manager,
        {
            "Mailboxes": [{"Practice code": "E85001", "Shared mailbox": "a@example.org"}],
            "CHINs": [{**CHIN, "Commissioner": "07X"}, {**CHIN, "Name": "Ponders End", "Commissioner": "07X"}],
            "Memberships": [{**STAY, "Practice code": "E85001", "CHIN": chin.slug}],
            "Posts": [{**POST, "Post of": chin.slug}],
            "Contacts": [{**CONTACT, "Practice code": "E85001"}],
            "Actions": [{**ACTION, **theirs, "Which": chin.slug}],
        },
    )
    found = problems(one)
    assert [sheet for sheet, *_ in found] == [
        "Mailboxes",
        "CHINs",
        "CHINs",
        "Memberships",
        "Posts",
        "Contacts",
        "Actions",
    ]
    assert one.state == State.REJECTED
    assert not Membership.objects.exists()


def test_only_whoever_brought_a_workbook_sees_it(
    manager: User, barnet: Commissioner, client: Any, enfield: Commissioner
) -> None:
    data = filled(WHOLE)
    one, _ = services.receive(by=manager, name="go-live.xlsx", file=io.BytesIO(data), size=len(data))
    for other in (person(Role.ANALYST, of=barnet), person(Role.TRANSFORMATION_MANAGER, of=enfield)):
        assert not Import.objects.visible_to(other).exists()
        client.force_login(other)
        for name in ("", "file/", "problems/"):
            assert client.get(f"/imports/{one.pk}/{name}").status_code == 404
        own, new = services.receive(by=other, name="a.xlsx", file=io.BytesIO(data), size=len(data))
        assert (own != one, new) == (True, True)


def test_nobody_makes_a_workbook_another_kind_that_others_would_see(
    manager: User, barnet: Commissioner, client: Any
) -> None:
    data = filled(WHOLE)
    one, _ = services.receive(by=manager, name="go-live.xlsx", file=io.BytesIO(data), size=len(data))
    work.sweep()
    client.force_login(manager)
    refused = client.post(f"/imports/{one.pk}/kind/", {"kind": "registered_patients"})
    assert "which whoever brought it sees alone" in refused.content.decode()
    one.refresh_from_db()
    assert one.kind == "workbook"
    assert not Import.objects.visible_to(person(Role.ANALYST, of=barnet)).exists()


def test_a_workbook_that_was_compressed_is_its_bringers_alone_from_the_moment_it_comes_in(
    manager: User, barnet: Commissioner
) -> None:
    data = gzip.compress(filled(WHOLE))
    one, _ = services.receive(by=manager, name="go-live.xlsx.gz", file=io.BytesIO(data), size=len(data))
    assert one.kind == "workbook"
    assert not Import.objects.visible_to(person(Role.ANALYST, of=barnet)).exists()


def test_a_token_for_less_confirms_no_workbook(manager: User) -> None:
    from dataclasses import replace

    one = bring(manager, WHOLE)
    narrow = User.objects.get(pk=manager.pk)
    narrow.authority = replace(narrow.authority, only=frozenset({"import_files", "view_imports"}))
    with pytest.raises(ValidationError, match="You may not do all that is in this file"):
        services.confirm(by=narrow, one=one)


# Pages, template, command, how fast ---------------------------------------------------------------------


def test_the_page_tells_sheet_and_row_of_problems_and_changes(manager: User, client: Any) -> None:
    client.force_login(manager)
    one = bring(manager, {**WHOLE, "Contacts": [{**CONTACT, "Day": "soon"}]})
    shown = client.get(f"/imports/{one.pk}/").content.decode()
    assert "Memberships, 3</a>" in shown
    assert "Contacts, 3</a>" in shown
    assert "Check it again" in shown
    assert 'value="import"' not in shown
    line = ImportProblem.objects.get(of=one).line
    row = client.get(f"/imports/{one.pk}/", {"row": line}).content.decode()
    assert "Row 3 of the sheet Contacts" in row
    assert "Outcome" in row
    listed = client.get(f"/imports/{one.pk}/problems/").content.decode()
    assert "Contacts, 3" in listed
    lines = client.get(f"/imports/{one.pk}/problems/", {"format": "csv"}).getvalue().decode().splitlines()
    assert lines[1].endswith(",Contacts,3")


def test_the_template_is_empty_explains_itself_and_changes_nothing(manager: User, client: Any) -> None:
    client.force_login(manager)
    response = client.get("/imports/workbook/")
    data = response.getvalue()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Read me", *(sheet.name for sheet in in_order()), "Lists"]
    explained = {cell.value for row in book["Read me"] for cell in row if cell.value}
    for sheet in in_order():
        page = book[sheet.name]
        assert page.freeze_panes == "A2"
        assert page["A2"].value == "Example"
        assert {sheet.name, sheet.what, *(one.heading for one in sheet.fields)} <= explained
        choices = [one for one in sheet.fields if one.choices]
        assert len(page.data_validations.dataValidation) == len(choices)
    one = bring(manager, data)
    assert (one.state, one.rejection) == (State.REJECTED, "The file has a header but no rows.")


def test_formulas_are_read_as_the_values_they_last_showed(manager: User) -> None:
    assert refused(manager, {**contact(Outcome="Other", Day="=TODAY()")})[2:4] == ("Day", "")


def test_the_command_takes_a_workbook_whole_or_not_at_all(barnet: Commissioner, tmp_path: Path) -> None:
    file = tmp_path / "go-live.xlsx"
    file.write_bytes(filled({"CHINs": [CHIN], "Contacts": [CONTACT]}))
    (result,) = services.run([file], group="workbook")
    assert result.status == "rejected"
    assert "A command is nobody" in [problem["problem"][:19] for problem in result.problems]
    assert not Chin.objects.exists()
    file.write_bytes(filled({"CHINs": [CHIN]}))
    (result,) = services.run([file], group="workbook")
    assert (result.status, result.new, Chin.objects.get().name) == ("imported", 1, "Edgware")


def test_a_preview_asks_no_query_a_row(manager: User, barnet: Commissioner) -> None:
    def asked(count: int) -> int:
        codes = [f"E8{count % 10}{n:03d}" for n in range(count)]
        for code in codes:
            PracticeFactory(ods_code=code, commissioner=barnet)
        stays = [{**STAY, "Practice code": code} for code in codes]
        contacts = [{**CONTACT, "Practice code": code} for code in codes]
        actions = [{**ACTION, "What is to be done": f"Ring {code}"} for code in codes]
        data = filled({**WHOLE, "Memberships": stays, "Contacts": contacts, "Actions": actions})
        one, _ = services.receive(by=manager, name="a.xlsx", file=io.BytesIO(data), size=len(data))
        with CaptureQueriesContext(connection) as queries:
            services.check(one)
        one.refresh_from_db()
        assert one.findings["new"] == 3 * count + 3
        return len(queries)

    asked(2)  # what is asked once a process
    assert asked(5) == asked(18)
