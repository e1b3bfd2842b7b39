"""The API: what goes wrong is said as problem+json, an act is done once, pages of lists hold still."""

import io
import json
import re
import threading
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit import tasks
from cc2h.kit.api import once, openapi
from cc2h.kit.models import ApiAct, Import
from chins import services
from chins.models import Chin, Membership, Partner
from practices.models import Commissioner
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, many_practices, person
from tests.programs import Program

pytestmark = pytest.mark.django_db
JOIN, PARTNER = "/chins/hill/join/", "/chins/hill/partners/add/"
A_PARTNER = {"organisation": "Age UK", "sector": "voluntary", "first": "2018-05-01"}


@pytest.fixture
def barnet() -> Commissioner:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def hill(barnet: Commissioner) -> Chin:
    return ChinFactory(commissioner=barnet, slug="hill", name="Hill")


@pytest.fixture
def manager(hill: Chin) -> User:
    return person(Role.TRANSFORMATION_MANAGER, of=hill.commissioner)


@pytest.fixture
def program(manager: User) -> Program:
    return Program(manager)


def errors_of(answer: Any) -> dict[str, str]:
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


# Lists --------------------------------------------------------------------------------------------------


def test_a_row_added_between_two_pages_neither_hides_nor_doubles_another(
    barnet: Commissioner, program: Program
) -> None:
    for name in "bdfhk":
        PracticeFactory(commissioner=barnet, detail__name=name)
    following, seen = "/practices/?limit=2", []
    for added in ("a", "m", "c", "e"):
        answer = program.get(following).json()
        seen += [row["name"] for row in answer["rows"]]
        following = str(answer["next"]).removeprefix("/api/v1")
        PracticeFactory(commissioner=barnet, detail__name=added)
        if answer["next"] is None:
            break
    assert seen == ["b", "d", "f", "h", "k", "m"]


@pytest.mark.parametrize("limit", ["0", "501", "-1", "two", "1e2", "99999999999999999999", "²", "1.5"])
def test_a_limit_that_is_none_is_refused(program: Program, limit: str) -> None:
    answer = program.get(f"/chins/?limit={limit}")
    assert (answer.status_code, "from 1 to 500" in answer.json()["detail"]) == (400, True)


def test_fifty_rows_unless_asked_otherwise(barnet: Commissioner, program: Program) -> None:
    many_practices(51, commissioner=barnet)
    assert [len(program.get(f"/practices/{limit}").json()["rows"]) for limit in ("", "?limit=500")] == [50, 51]


def test_a_cursor_is_taken_by_its_own_list_in_its_own_order_only(barnet: Commissioner, program: Program) -> None:
    PracticeFactory.create_batch(3, commissioner=barnet)
    cursor = program.get("/practices/?limit=1").json()["next"].partition("cursor=")[2]
    assert program.get(f"/practices/?cursor={cursor}").status_code == 200
    changed = cursor.replace(cursor[3], "A" if cursor[3] != "A" else "B", 1)
    for address in (
        f"/practices/?sort=-patients&cursor={cursor}",
        f"/chins/?cursor={cursor}",
        f"/practices/?cursor={changed}",
        "/practices/?cursor=WyJuYW1lIiwxXQ",
        "/practices/?cursor=²",
    ):
        assert program.get(address).status_code == 400, address


def test_a_filter_or_order_that_there_is_not_is_refused_with_those_there_are(program: Program) -> None:
    assert "as_at, borough, changed, chin" in errors_of(program.get("/practices/?stauts=closed"))["stauts"]
    assert "name, status, commissioner" in program.get("/chins/?sort=colour").json()["detail"]
    assert list(errors_of(program.get("/chins/?status=asleep"))) == ["status"]
    assert program.get("/practices/?status=active").status_code == 200


def test_queries_do_not_grow_with_the_rows(barnet: Commissioner, hill: Chin, program: Program) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert program.get(address).status_code == 200
        return len(captured)

    addresses = ("/practices/", "/chins/?limit=500", "/people/", "/chins/hill/", "/dashboard/07M/")
    MembershipFactory(chin=hill)
    program.get("/people/me/")  # its first use is noted
    before = [queries(address) for address in addresses]
    MembershipFactory.create_batch(5, chin=hill)
    for chin in ChinFactory.create_batch(5, commissioner=barnet):
        person(Role.CHIN_LEAD, of=chin)
        MembershipFactory(chin=chin)
    assert [queries(address) for address in addresses] == before


# What goes wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/practices/?as_at=yesterday", 400, "“yesterday” is not a day"),
        ("/practices/?known=2098-01-01", 400, "in the future"),
        ("/practices/?q=%00", 400, "U+0000"),
        ("/people/posts/add/", 400, "?role="),
        ("/people/users/", 403, "belongs to these posts: Portal administrator"),
        ("/nothing/", 404, "no such address"),
        ("/practices", 404, "ends in a slash"),
        ("/practices/E99999/", 404, "no practice E99999"),
        ("/account/tokens/", 404, "no place in the API"),
        ("/api/v1/practices/", 404, "no place in the API"),
    ],
)
def test_what_cannot_be_read_says_why(program: Program, address: str, status: int, said: str) -> None:
    answer = program.get(address)
    assert (answer.status_code, said in str(answer.json())) == (status, True), answer.json()


def test_a_practice_that_was_not_there_yet_is_missing_in_json(barnet: Commissioner, program: Program) -> None:
    practice = PracticeFactory(commissioner=barnet, opened=date(2018, 5, 1))
    answer = program.get(f"/practices/{practice.ods_code}/?as_at=2018-04-01")
    assert (answer.status_code, "is not in the register on" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"organisation": ', 400, "no JSON"),
        ("[1]", 400, "Send an object"),
        (b'{"organisation": "\xff"}', 400, "no JSON"),
        ('{"organisation": "' + "[" * 3_000 + '"', 400, "no JSON"),
        ("[" * 100_000, 400, "no JSON"),
        (json.dumps({"organisation": "Age\0UK"}), 400, "U+0000"),
        (json.dumps({"organisation": "x" * 3_000_000}), 413, "too large"),
        (json.dumps({**A_PARTNER, "organization": "Age UK"}), 422, "There are: organisation, sector, first"),
        (json.dumps({**A_PARTNER, "organisation": 7}), 422, "Write text."),
        (json.dumps({**A_PARTNER, "organisation": None}), 422, "Which organisation?"),
        (json.dumps({**A_PARTNER, "sector": "pirates"}), 422, "sector"),
        (json.dumps({**A_PARTNER, "first": "2018-02-30"}), 422, "not a day in the calendar"),
        ("{}", 422, "Which organisation?"),
        ("", 422, "Which organisation?"),
    ],
)
def test_what_cannot_be_done_says_why(program: Program, body: Any, status: int, said: str) -> None:
    answer = program.post(PARTNER, body)
    assert (answer.status_code, said in answer.content.decode()) == (status, True), answer.json()
    assert not Partner.objects.exists()


def test_a_body_of_another_kind_is_not_taken(program: Program) -> None:
    headers = {"authorization": f"Bearer {program.text}"}
    answer = program.client.post(
        f"/api/v1{PARTNER}", "organisation=Age", content_type="application/x-www-form-urlencoded", headers=headers
    )
    assert (answer.status_code, answer.json()["detail"]) == (
        415,
        "Send application/json, not “application/x-www-form-urlencoded”.",
    )


@pytest.mark.parametrize(("method", "path"), [("put", PARTNER), ("delete", PARTNER), ("post", "/chins/")])
def test_a_method_that_is_not_taken(program: Program, method: str, path: str) -> None:
    headers = {"authorization": f"Bearer {program.text}"}
    answer = getattr(program.client, method)(f"/api/v1{path}", headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_a_failure_is_told_in_json_with_a_reference(program: Program, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = "many"  # which no number can be compared with
    answer = program.get("/chins/")
    assert (answer.status_code, answer.json()["title"]) == (500, "The portal has failed")


def test_an_answer_that_still_holds_is_not_sent_again(hill: Chin, program: Program) -> None:
    first = program.get("/chins/hill/")
    tag = first.headers["ETag"]
    again = program.get("/chins/hill/", if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    program.post(PARTNER, A_PARTNER)
    assert program.get("/chins/hill/", if_none_match=tag).headers["ETag"] != tag


# Acts ---------------------------------------------------------------------------------------------------


def test_what_an_act_takes_stands_at_its_address(barnet: Commissioner, program: Program) -> None:
    practice = PracticeFactory(commissioner=barnet, detail__name="Ashdown Practice")
    fields = program.get(f"{JOIN}?as_at=2018-05-01").json()["fields"]
    assert list(fields) == ["practices", "first", "reason"]
    assert fields["first"]["value"] == "2018-05-01"
    assert [choice["value"] for choice in fields["practices"]["choices"]] == [practice.pk]
    assert not fields["reason"]["required"]


def test_a_choice_is_taken_as_it_is_offered(barnet: Commissioner, program: Program) -> None:
    """A record by its number, be it one or several; what is not sent is what is shown."""
    opening = program.get("/practices/open/").json()["fields"]
    assert opening["commissioner"]["choices"] == [{"value": barnet.pk, "label": str(barnet)}]
    body = {"ods_code": "E83035", "name": "New", "commissioner": barnet.pk, "day": "2018-05-01"}
    assert program.post("/practices/open/", body).status_code == 200
    assert program.get("/practices/E83035/").json()["standing"]["status"] == opening["status"]["value"]


def test_several_lines_are_a_list_both_ways(hill: Chin, program: Program) -> None:
    program.post("/chins/hill/edit/", {"focus_areas": ["Diabetes", "Frailty"]})
    assert program.get("/chins/hill/").json()["focus_areas"] == ["Diabetes", "Frailty"]
    assert program.get("/chins/hill/edit/").json()["fields"]["focus_areas"]["value"] == ["Diabetes", "Frailty"]
    program.post("/chins/hill/edit/", {"footprint": "Edgware"})
    assert program.get("/chins/hill/").json()["focus_areas"] == ["Diabetes", "Frailty"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(barnet: Commissioner, program: Program) -> None:
    practice = PracticeFactory(commissioner=barnet, detail__name="Ashdown Practice", patients=5_000)
    body = {"practices": [practice.pk], "first": "2018-05-01"}
    answer = program.post(f"{JOIN}?dry_run=1", body, idempotency_key="a").json()
    assert answer["dry_run"]
    assert answer["effect"]["sentences"] == ["Ashdown Practice is in Hill from 1 May 2018."]
    assert {line["what"] for line in answer["effect"]["rows"]}
    assert not Membership.objects.exists()
    assert not ApiAct.objects.exists()
    done = program.post(JOIN, body).json()
    assert done["done"] == "In Hill from 1 May 2018: Ashdown Practice."
    assert done["records"] == [{"kind": "membership", "id": Membership.objects.get().pk}]
    assert program.post(f"{JOIN}?dry_run=1", body).status_code == 422  # as the act itself would be


def test_who_was_first_is_told_with_what_they_changed(hill: Chin, manager: User, program: Program) -> None:
    membership = MembershipFactory(chin=hill, first=date(2018, 1, 1))
    address = f"/chins/memberships/{membership.pk}/correct/"
    services.correct_membership(
        by=manager, membership=membership, first=date(2018, 2, 1), last=None, reason="The minutes say so"
    )
    answer = program.post(address, {"first": "2018-03-01", "last": None, "reason": "I think so"})
    said = answer.json()
    assert (answer.status_code, said["by"]) == (409, manager.name)
    assert said["changes"][0]["yours"].endswith("1 March 2018")
    latest = Membership.objects.held().get()
    assert said["latest"] == latest.pk
    done = program.post(f"/chins/memberships/{latest.pk}/correct/", {"first": "2018-03-01", "reason": "I think so"})
    assert done.status_code == 200


def test_who_edits_what_another_has_saved_meanwhile_is_told(hill: Chin, manager: User, program: Program) -> None:
    seen = program.get("/chins/hill/edit/").json()["fields"]["seen"]["value"]
    program.post("/chins/hill/edit/", {"name": "Hilltop"})
    answer = program.post("/chins/hill/edit/", {"footprint": "Edgware", "seen": seen})
    assert (answer.status_code, answer.json()["changes"][0]["theirs"]) == (409, "Hilltop")
    assert (
        program.post("/chins/hill/edit/", {"footprint": "Edgware", "seen": answer.json()["latest"]}).status_code == 200
    )
    hill.refresh_from_db()
    assert (hill.name, hill.footprint) == ("Hilltop", "Edgware")


def test_a_file_is_brought_and_decided_about(program: Program) -> None:
    sent = program.upload("/imports/upload/", {"file": io.BytesIO(b"a,b\n1,2\n")})
    assert sent.json()["done"] == "The file is here, and is being checked."
    (record,) = sent.json()["records"]
    assert program.get(sent.json()["page"]).json()["state"] == Import.objects.get(pk=record["id"]).state
    assert program.upload("/imports/upload/", {"paper": io.BytesIO(b"a,b\n")}).status_code == 422
    assert program.post("/imports/upload/", {}).status_code == 422


def test_a_file_that_is_too_large_is_refused_as_such(program: Program, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    answer = program.upload("/imports/upload/", {"file": io.BytesIO(b"x" * 5000)})
    assert (answer.status_code, "The file is larger than" in answer.json()["detail"]) == (413, True)


def test_a_page_that_has_nothing_to_do_is_not_there(program: Program) -> None:
    sent = program.upload("/imports/upload/", {"file": io.BytesIO(b"a,b\n1,2\n")}).json()
    address = f"/imports/{sent['records'][0]['id']}/remove-illustrative/"
    for answer in (program.get(address), program.post(address)):
        assert (answer.status_code, "nothing to do" in answer.json()["detail"]) == (404, True)


# Idempotency keys ---------------------------------------------------------------------------------------


def test_an_act_sent_again_under_its_key_is_answered_again_and_not_done_again(program: Program) -> None:
    first, again = (program.post(PARTNER, A_PARTNER, idempotency_key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert [answer.headers.get("Idempotent-Replayed") for answer in (first, again)] == [None, "true"]
    assert Partner.objects.count() == 1


def test_something_else_under_a_used_key_is_refused(hill: Chin, program: Program) -> None:
    program.post(PARTNER, A_PARTNER, idempotency_key="k1")
    other = program.post(PARTNER, {**A_PARTNER, "organisation": "Mind"}, idempotency_key="k1")
    elsewhere = program.post("/chins/hill/edit/", A_PARTNER, idempotency_key="k1")
    assert [answer.status_code for answer in (other, elsewhere)] == [422, 422]
    assert "something else was sent" in other.json()["detail"]
    assert Partner.objects.count() == 1


def test_a_refused_act_may_be_sent_again_under_its_key(hill: Chin, program: Program) -> None:
    wrong = program.post(PARTNER, {"organisation": "Age UK"}, idempotency_key="k1")
    assert wrong.status_code == 422
    assert not ApiAct.objects.exists()
    assert program.post(PARTNER, A_PARTNER, idempotency_key="k1").status_code == 200


def test_anothers_key_is_another_key(hill: Chin, program: Program) -> None:
    other = Program(person(Role.TRANSFORMATION_MANAGER, of=hill.commissioner))
    for one, organisation in ((program, "Age UK"), (other, "Mind")):
        done = one.post(PARTNER, {**A_PARTNER, "organisation": organisation}, idempotency_key="k1")
        assert (done.status_code, "Idempotent-Replayed" in done.headers) == (200, False)
    assert Partner.objects.count() == 2


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    assert program.post(PARTNER, A_PARTNER, idempotency_key=key).status_code == 400


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_file_of_any_size_is_brought_once_under_a_key(program: Program, size: int) -> None:
    def send(content: bytes) -> Any:
        return program.upload("/imports/upload/", {"file": io.BytesIO(content)}, idempotency_key="k1")

    first, again = send(b"x" * size), send(b"x" * size)
    assert (first.status_code, first.content) == (200, again.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Import.objects.get().size_bytes == size
    assert send(b"y" * size).status_code == 422


def test_keys_are_forgotten_after_some_days(program: Program, clock: Any) -> None:
    program.post(PARTNER, A_PARTNER, idempotency_key="k1")
    ApiAct.objects.update(made_at="2018-12-04T11:00:00Z")
    tasks.tidy()
    assert not ApiAct.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_under_one_key_do_it_once(hill: Chin, program: Program) -> None:
    ready, answers = threading.Barrier(4), list[Any]()

    def send() -> None:
        try:
            ready.wait(10)
            answers.append(program.post(PARTNER, A_PARTNER, idempotency_key="k1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sorted(str(answer.headers.get("Idempotent-Replayed")) for answer in answers) == ["None", *["true"] * 3]
    assert Partner.objects.count() == 1


# By the sign-in of a browser ----------------------------------------------------------------------------


def test_a_sign_in_reads_and_needs_the_forms_token_to_write(hill: Chin, manager: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    assert client.get("/api/v1/chins/hill/").status_code == 200
    refused = client.post(f"/api/v1{PARTNER}", A_PARTNER, content_type="application/json")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert "X-CSRFToken" in refused.json()["detail"]
    client.get("/chins/hill/partners/add/")
    token = client.cookies["csrftoken"].value
    for _ in range(2):
        done = client.post(
            f"/api/v1{PARTNER}",
            A_PARTNER,
            content_type="application/json",
            headers={"X-CSRFToken": token, "Idempotency-Key": "k1"},
        )
        assert done.status_code == 200
    file = {"file": io.BytesIO(b"a,b\n1,2\n")}
    sent = client.post("/api/v1/imports/upload/", file, headers={"X-CSRFToken": token, "Idempotency-Key": "k2"})
    assert sent.status_code == 200
    assert Partner.objects.count() == 1


def test_whoever_is_not_signed_in_is_told_in_json_and_led_to_the_sign_in_from_the_page(client: Client) -> None:
    answer = client.get("/api/v1/chins/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/").headers["Location"] == "/account/login/?next=/api/"


def test_no_two_operations_have_one_name() -> None:
    """Programs that write a client from the description name its functions so; the page leads to addresses by it."""
    operations = [
        one for path in openapi.described()["paths"].values() for one in path.values() if isinstance(one, dict)
    ]
    names = Counter(one["operationId"] for one in operations)
    assert [name for name, times in names.items() if times > 1] == []


def test_the_page_about_the_api_has_every_address(manager: User, program: Program) -> None:
    client = Client()
    client.force_login(manager)
    page = client.get("/api/").content.decode()
    paths = program.client.get("/api/schema/", headers={"authorization": f"Bearer {program.text}"}).json()["paths"]
    assert len(paths) > 400
    assert page.count(' id="') == len(set(re.findall(r" id=\"([^\"]+)\"", page))), (
        "no two parts of the page have one id"
    )
    for path in paths:
        assert f"<code>/api/v1{path}</code>" in page
    assert once.LONGEST == 200
