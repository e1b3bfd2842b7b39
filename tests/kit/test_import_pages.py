"""The pages of imports: bring a file, look at what it would do, decide, follow a number back to its row."""

import io
import re
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit import programme, work
from cc2h.kit.days import today
from cc2h.kit.imports import jobs, services
from cc2h.kit.models import Import, ImportProblem, Programme
from practices.models import Commissioner, ListSize, Practice
from tests.factories import (
    CommissionerFactory,
    ImportFactory,
    ListSizeFactory,
    PostHoldingFactory,
    PracticeFactory,
    person,
)
from tests.samples import (
    PATIENTS_HEADER,
    Organisation,
    epraccur,
    network_workbook,
    patients_rows,
    quarterly_lists,
    registered_patients,
    saved,
    table,
)

pytestmark = pytest.mark.django_db
State = Import.State


@pytest.fixture
def barnet() -> Commissioner:
    commissioner = CommissionerFactory(barnet=True)
    for code in ("E83001", "E83002"):
        PracticeFactory(ods_code=code, commissioner=commissioner)
    return commissioner


@pytest.fixture
def manager(barnet: Commissioner, client: Client) -> Any:
    user = person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager")
    client.force_login(user)
    return user


LISTS = registered_patients({"E83001": 7500, "E83002": "-", "X99999": 5})


def upload(client: Client, data: bytes, name: str = "lists.csv") -> Any:
    return client.post(reverse("imports:import_upload"), {"file": SimpleUploadedFile(name, data)})


def brought(client: Client, data: bytes, name: str = "lists.csv") -> Import:
    """A file brought by the page and checked by the worker."""
    response = upload(client, data, name)
    assert response.status_code == 302
    work.sweep()
    return Import.objects.get(pk=re.findall(r"\d+", response.url)[0])


def page(client: Client, one: Import, **query: Any) -> str:
    response = client.get(reverse("imports:import_detail", args=[one.pk]), query)
    assert response.status_code == 200
    return str(response.content.decode())


def decide(client: Client, one: Import, decision: str) -> str:
    url = reverse("imports:import_decide", args=[one.pk])
    return str(client.post(url, {"decision": decision}, follow=True).content.decode())


def words(html: str) -> str:
    """The text of a page, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_file_goes_from_upload_to_preview_to_the_register(client: Client, manager: Any) -> None:
    response = upload(client, LISTS)
    one = Import.objects.get()
    assert response.url == reverse("imports:import_detail", args=[one.pk])
    waiting = page(client, one)
    assert "Waiting to be checked" in waiting
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh"', waiting)
    work.sweep()
    preview = words(page(client, one))
    assert "Patients registered at GP practices" in preview
    assert "of 1 April 2018" in preview
    assert "3 rows in the file" in preview
    assert "1 new" in preview
    assert "1 of practices that are not in the register: held back" in preview
    assert "1 list size is suppressed by the publisher" in preview
    assert "as at 1 April 2018, by each practice’s newest list up to then" in preview
    assert "Registered patients 0 7,500 +7,500" in preview
    assert "Import 1 list size" in preview
    assert not ListSize.objects.exists()
    assert "Importing" in words(decide(client, one, "import"))
    work.sweep()
    done = words(page(client, one))
    assert "Imported 1 new, 0 changed, 0 closed, 0 unchanged." in done
    assert one.sha256 in done
    assert "by Manager" in done
    assert ListSize.objects.get().patients == 7500


def test_how_many_rows_a_file_has_is_not_said_before_they_are_counted(client: Client, manager: Any) -> None:
    upload(client, LISTS)
    one = Import.objects.get()
    assert "Rows – Size" in words(page(client, one))
    work.sweep()
    assert "Rows 3 Size" in words(page(client, one))


def test_a_list_size_leads_to_the_row_of_its_file(client: Client, manager: Any) -> None:
    one = brought(client, LISTS)
    decide(client, one, "import")
    work.sweep()
    size = ListSize.objects.get()
    row = words(page(client, one, row=size.row_number))
    assert "Row 2 of the file" in row
    assert "CODE E83001" in row
    assert "NUMBER_OF_PATIENTS 7500" in row
    assert "The file has no row 99" in page(client, one, row=99)
    for nonsense in ("0", "-1", "x", "1" * 30):
        assert "of the file</h2>" not in page(client, one, row=nonsense)


def test_the_names_of_columns_come_from_the_header_also_below_a_title(client: Client, manager: Any) -> None:
    book = openpyxl.Workbook()
    for cells in (["Patients registered, April 2018"], [], PATIENTS_HEADER, *patients_rows({"E83001": 7500})):
        book.active.append(list(cells))
    one = brought(client, saved(book), "lists.xlsx")
    assert one.state == State.CHECKED
    assert "NUMBER_OF_PATIENTS 7500" in words(page(client, one, row=4))


def test_a_row_of_a_workbook_that_lacks_the_sheet_of_networks_is_shown(client: Client, manager: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(network_workbook([], [("E83001", "U12345", "20200101", "")])))
    del book["PCNDetails"]
    book.active.title = "Sheet1"
    one = brought(client, saved(book), "ePCN.xlsx")
    assert (one.kind, one.state) == ("network_workbook", State.REJECTED)
    assert "Partner Organisation Code E83001" in words(page(client, one, row=2))


def test_what_counts_from_when_is_said_for_a_file_of_an_older_day_and_of_one_to_come(
    client: Client, manager: Any
) -> None:
    ListSizeFactory(practice=Practice.objects.get(ods_code="E83001"), day=date(2018, 6, 1), patients=9000)
    older = brought(client, registered_patients({"E83001": 7500, "E83002": 10}))
    said = words(page(client, older))
    assert "1 of these practices has a newer list, which goes on counting from its own day." in said
    assert "Registered patients 0 7,510 +7,510" in said
    to_come = today() + timedelta(days=30)
    later = brought(client, registered_patients({"E83001": 8000}, to_come.isoformat()))
    said = words(page(client, later))
    assert "Until then nothing changes." in said
    assert "Registered patients 9,000 8,000 -1,000" in said.replace("−", "-")


def test_a_file_can_be_said_to_be_of_another_kind_than_it_seems(client: Client, manager: Any) -> None:
    header, rows = [*PATIENTS_HEADER, "LIST_SIZE"], [[*row, "99"] for row in patients_rows({"E83001": 7500})]
    one = brought(client, table(header, rows))
    url = reverse("imports:import_kind", args=[one.pk])
    assert (one.kind, one.state) == ("registered_patients", State.CHECKED)
    assert url in page(client, one)
    client.post(url, {"kind": "nonsense"})
    client.post(url, {"kind": "local_lists"})
    work.sweep()
    one.refresh_from_db()
    assert (one.kind, one.state, one.findings["new"]) == ("local_lists", State.CHECKED, 1)
    decide(client, one, "import")
    work.sweep()
    assert ListSize.objects.get().patients == 99
    client.post(url, {"kind": "members"})
    one.refresh_from_db()
    assert (one.kind, one.state) == ("local_lists", State.IMPORTED)


def test_a_refusal_is_told_once_and_whole(client: Client, manager: Any) -> None:
    one = brought(client, b"COLOUR" * 40 + b"\nblue\n")
    shown = words(page(client, one))
    assert shown.count("does not know this kind of file") == 1
    assert "Go-live workbook" in shown
    assert "Look at line 1" in shown


def test_a_rejected_file_tells_how_many_problems_it_has(client: Client, manager: Any) -> None:
    one = brought(client, registered_patients({f"X{n:05d}": 1 for n in range(70)}))
    assert one.state == State.REJECTED
    assert "All 70 problems" in words(page(client, one))


def test_a_row_of_a_file_without_a_header_is_shown_with_the_names_of_its_columns(client: Client, manager: Any) -> None:
    one = brought(client, epraccur(Organisation("E83001"), Organisation("E83009", "ASH SURGERY")))
    row = words(page(client, one, row=2))
    assert "Organisation Code E83009" in row
    assert "Prescribing Setting 4" in row


def test_the_file_can_be_taken_as_it_came(client: Client, manager: Any) -> None:
    one = brought(client, LISTS, "my “lists”\n.csv")
    response = client.get(reverse("imports:import_file", args=[one.pk]))
    assert b"".join(response) == LISTS
    assert '"' not in response["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')


def test_discarding_says_so_and_deciding_again_says_who_was_first(client: Client, manager: Any) -> None:
    one = brought(client, LISTS)
    assert "Nothing of it was imported." in words(decide(client, one, "discard"))
    assert "This file was discarded by Manager" in words(decide(client, one, "import"))
    decide(client, one, "nonsense")
    one.refresh_from_db()
    assert one.state == State.DISCARDED


def test_the_same_file_again_leads_to_the_first(client: Client, manager: Any) -> None:
    one = brought(client, LISTS)
    assert "The same file is here already" in upload_followed(client, LISTS)
    decide(client, one, "import")
    work.sweep()
    assert "Waiting to be checked" in upload_followed(client, LISTS)  # a row was held back: it may be known now
    work.sweep()
    again = Import.objects.order_by("pk").last()
    assert again is not None
    assert services.SAID_ALREADY in words(page(client, again))
    whole = registered_patients({"E83002": 10}, "01May2018")
    decide(client, brought(client, whole), "import")
    work.sweep()
    assert "Already imported: the same file came in by Manager" in upload_followed(client, whole)
    assert Import.objects.count() == 3


def upload_followed(client: Client, data: bytes) -> str:
    return words(client.get(upload(client, data).url).content.decode())


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "empty.csv", "The file is empty."),
        (registered_patients({}), "header.csv", "The file has a header but no rows."),
        (b"PK\x03\x04", "lists.csv", "can’t be unpacked"),
        (b"\0\1\2\3", "lists.csv", "binary data"),
        (b"COLOUR\nblue\n", "colours.csv", "does not know this kind of file"),
    ],
)
def test_what_can_not_be_read_is_rejected_in_a_sentence(
    client: Client, manager: Any, data: bytes, name: str, says: str
) -> None:
    one = brought(client, data, name)
    assert one.state == State.REJECTED
    shown = words(page(client, one))
    assert f"Rejected {one.rejection}" in shown
    assert says in shown
    assert 'value="import"' not in page(client, one)


@pytest.mark.parametrize("letter", ["x", "あ", "😀"])
@pytest.mark.parametrize("length", [300, 1_000, 4_000])
def test_a_very_long_file_name_is_kept_shortened(client: Client, manager: Any, letter: str, length: int) -> None:
    file = io.BytesIO(LISTS)
    file.name = letter * length + ".csv"
    response = client.post(reverse("imports:import_upload"), {"file": file}, follow=True)
    assert response.status_code == 200
    kept = Import.objects.get().file_name
    assert len(kept) == 255
    assert kept == letter * 251 + ".csv"
    assert client.get(reverse("imports:import_file", args=[Import.objects.get().pk])).status_code == 200


def test_no_file_and_a_file_too_large_are_said_by_the_form(client: Client, manager: Any, settings: Any) -> None:
    assert "Choose a file." in client.post(reverse("imports:import_upload")).content.decode()
    settings.UPLOAD_LIMIT_BYTES = 1 << 20
    response = upload(client, b"x" * ((1 << 20) + 1))
    assert response.status_code == 413
    assert "The file is larger than 1 MB, the most the portal takes." in response.content.decode()
    assert not Import.objects.exists()


def test_a_file_that_does_not_say_its_day_asks_for_it(client: Client, manager: Any) -> None:
    one = brought(client, quarterly_lists({"E83001": [1] * 18}))
    asked = words(page(client, one))
    assert "of which quarter it is" in asked
    url = reverse("imports:import_answer", args=[one.pk])
    assert "of which quarter it is" in words(client.get(url).content.decode())
    assert "Give a day" in words(client.post(url, {"day": ""}).content.decode())
    client.post(url, {"day": "2013-06-30"})
    work.sweep()
    one.refresh_from_db()
    assert (one.state, one.extract_day, one.findings["new"]) == (State.CHECKED, date(2013, 6, 30), 1)
    decide(client, one, "import")
    work.sweep()
    assert ListSize.objects.get().day == date(2013, 6, 30)


def test_a_register_that_changed_asks_to_look_again(client: Client, manager: Any) -> None:
    one = brought(client, LISTS)
    decide(client, one, "import")
    ListSizeFactory(practice=Practice.objects.get(ods_code="E83001"), day=date(2018, 4, 1), patients=1)
    work.sweep()
    assert "The register has changed since this was previewed" in words(page(client, one))


def test_a_fault_of_the_portal_is_shown_and_tried_again(
    client: Client, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(jobs.Job, "stage", lambda job: 1 / 0)
        one = brought(client, LISTS)
    assert "The portal failed at this file and will try again" in words(page(client, one))
    assert one.state == State.RECEIVED


def test_a_real_file_offers_to_remove_the_illustrative_programme_and_keeps_who_is_signed_in(
    client: Client, barnet: Commissioner
) -> None:
    manager = person(Role.TRANSFORMATION_MANAGER, of=barnet)
    PostHoldingFactory(holder=manager)  # a post in a CHIN, which goes with the CHIN
    client.force_login(manager)
    programme.become(Programme.Kind.ILLUSTRATIVE)
    one = brought(client, epraccur(Organisation("E83009")))
    url = reverse("imports:illustrative_remove", args=[one.pk])
    assert url in page(client, one)
    client.get(url)
    first = words(client.post(url).content.decode())
    assert "All made-up practices, CHINs, memberships" in first
    assert Practice.objects.exists()
    client.post(url, {"confirm": "yes"})
    assert not Practice.objects.exists()
    work.sweep()
    assert "Import 1 organisation" in words(page(client, one))  # still signed in, still a manager
    decide(client, one, "import")
    work.sweep()
    assert Practice.objects.get().ods_code == "E83009"
    assert programme.kind() == Programme.Kind.REAL


def test_the_list_filters_by_state_kind_and_name(client: Client, manager: Any) -> None:
    ImportFactory(file_name="april.csv", kind="registered_patients", findings={"problems": 3})
    ImportFactory(file_name="practices.csv", kind="ods_practices", state=State.REJECTED)
    url = reverse("imports:import_list")
    assert "2 files" in words(client.get(url).content.decode())
    for query, there, gone in [
        ({"state": "rejected"}, "practices.csv", "april.csv"),
        ({"kind": "registered_patients"}, "april.csv", "practices.csv"),
        ({"q": "APRIL"}, "april.csv", "practices.csv"),
    ]:
        shown = client.get(url, query).content.decode()
        assert there in shown
        assert gone not in shown
    csv = b"".join(client.get(url, {"format": "csv", "sort": "file_name"})).decode().splitlines()
    assert csv[0] == "id,file_name,kind,state,extract_day,rows,problems,sha256,uploaded_at"
    assert ",april.csv,registered_patients,imported,,1,3," in csv[1]


def test_problems_are_paged_and_taken_as_csv(client: Client, manager: Any) -> None:
    one = ImportFactory(findings={"problems": 70})
    ImportProblem.objects.bulk_create(
        ImportProblem(of=one, line=n, column="CODE", value=f"=X{n}", problem="Unknown", quarantined=True)
        for n in range(2, 62)
    )
    url = reverse("imports:import_problems", args=[one.pk])
    first = client.get(url).content.decode()
    assert "1 to 50 of 60" in words(first)
    assert "There are 10 more." in words(first)
    assert "51 to 60 of 60" in words(client.get(url, {"page": 2}).content.decode())
    assert "All 70 problems" in words(page(client, one))
    lines = b"".join(client.get(url, {"format": "csv"})).decode().splitlines()
    assert lines[:2] == ["line,column,value,problem,quarantined,sheet,row", "2,CODE,'=X2,Unknown,yes,,2"]
    assert len(lines) == 61


def test_who_only_reads_sees_imports_and_can_not_decide(client: Client, barnet: Commissioner, manager: Any) -> None:
    one = brought(client, LISTS)
    client.force_login(person(Role.ANALYST, of=barnet))
    shown = page(client, one)
    assert 'value="import"' not in shown
    assert client.post(reverse("imports:import_decide", args=[one.pk]), {"decision": "import"}).status_code == 403
    assert client.get(reverse("imports:import_upload")).status_code == 403
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    assert client.get(reverse("imports:import_detail", args=[one.pk])).status_code == 403
    assert client.get(reverse("imports:import_list")).status_code == 403
    assert client.get(reverse("imports:import_detail", args=[0])).status_code == 403


def test_an_import_that_is_not_there_is_a_clear_page(client: Client, manager: Any) -> None:
    for name in ("import_detail", "import_problems", "import_file", "import_decide", "import_answer"):
        assert client.get(reverse(f"imports:{name}", args=[999_999])).status_code == 404
