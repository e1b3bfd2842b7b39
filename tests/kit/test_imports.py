"""A file comes in, is checked, previewed, decided on and merged; nothing is lost and nothing is done twice."""

import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command, load_command_class
from django.db import IntegrityError, connection, transaction

from cc2h.kit import programme, work
from cc2h.kit.imports import jobs, services
from cc2h.kit.models import Import, ImportChunk, ImportProblem, Programme, Work
from practices.models import ListSize, Practice
from tests.factories import CommissionerFactory, ImportFactory, ListSizeFactory, PracticeFactory, UserFactory
from tests.samples import (
    PATIENTS_HEADER,
    Organisation,
    epraccur,
    gzipped,
    patients_rows,
    quarterly_lists,
    registered_patients,
    table,
)

pytestmark = pytest.mark.django_db
State = Import.State
DAY = date(2018, 4, 1)


@pytest.fixture
def practices() -> list[Practice]:
    commissioner = CommissionerFactory(barnet=True)
    return [PracticeFactory(ods_code=f"E8300{n}", commissioner=commissioner) for n in (1, 2, 3)]


@pytest.fixture
def manager() -> Any:
    return UserFactory(name="Manager")


def sizes(**more: Any) -> bytes:
    return registered_patients({"E83001": 7500, "E83002": "4,200", "E83003": 3} | more)


def bring(data: bytes, by: Any = None, name: str = "lists.csv") -> Import:
    one, _ = services.receive(by=by, name=name, file=io.BytesIO(data), size=len(data))
    return one


def brought_and_checked(data: bytes, by: Any = None, name: str = "lists.csv") -> Import:
    one = bring(data, by, name)
    work.sweep()
    one.refresh_from_db()
    return one


def held() -> dict[str, int]:
    return dict(ListSize.objects.held().values_list("practice__ods_code", "patients"))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Any]:
    def write(data: bytes, name: str = "lists.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


# Bringing -------------------------------------------------------------------------------------------


def test_a_file_is_kept_byte_for_byte_with_who_brought_it(manager: Any) -> None:
    data = b"\xef\xbb\xbf" + sizes() + b"x" * (3 << 20)
    one = bring(data, manager, "folder/lists.csv")
    assert (one.file_name, one.uploaded_by, one.size_bytes) == ("lists.csv", manager, len(data))
    assert one.sha256 == hashlib.sha256(data).hexdigest()
    pieces = ImportChunk.objects.filter(of=one).order_by("number")
    assert b"".join(bytes(piece.data) for piece in pieces) == data
    assert len(pieces) == 4
    assert jobs.StoredBytes(one.pk).read() == data


def test_a_file_above_the_limit_is_refused_in_a_sentence_and_not_kept(settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    with pytest.raises(ValidationError, match="The portal takes files of up to"):
        bring(b"x" * 1001)
    assert not Import.objects.exists()


def test_the_same_bytes_on_their_way_are_not_taken_twice(practices: Any, manager: Any) -> None:
    one, new = services.receive(by=manager, name="a.csv", file=io.BytesIO(sizes()), size=len(sizes()))
    again, new_again = services.receive(by=None, name="b.csv", file=io.BytesIO(sizes()), size=len(sizes()))
    assert (new, new_again) == (True, False)
    assert again == one


@pytest.mark.django_db(transaction=True)
def test_two_who_upload_the_same_file_at_the_same_moment_bring_one(practices: Any) -> None:
    ready = threading.Barrier(4)
    brought: list[tuple[int, bool]] = []

    def upload() -> None:
        try:
            ready.wait()
            one, new = services.receive(by=None, name="lists.csv", file=io.BytesIO(sizes()), size=len(sizes()))
            brought.append((one.pk, new))
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new for _, new in brought) == [False, False, False, True]
    assert len({pk for pk, _ in brought}) == 1
    assert Work.objects.filter(kind="import").count() == 1


# Checking, deciding, merging --------------------------------------------------------------------------


def test_a_file_is_checked_by_the_worker_and_changes_nothing_until_confirmed(practices: Any, manager: Any) -> None:
    ListSizeFactory(practice=practices[0], day=DAY, patients=7000)
    ListSizeFactory(practice=practices[1], day=DAY, patients=4200)
    one = brought_and_checked(sizes(Z=1, X99999=5), manager)
    assert one.state == State.CHECKED
    assert (one.kind, one.rows, one.extract_day) == ("registered_patients", 5, DAY)
    found = one.findings
    assert [found[name] for name in ("new", "changed", "unchanged", "closed")] == [1, 1, 1, 0]
    assert (found["problems"], found["held_back"], found["unknown"]) == (2, 2, 1)
    assert held() == {"E83001": 7000, "E83002": 4200}
    totals = {row["what"]: (row["before"], row["after"], row["change"]) for row in found["totals"]}
    assert totals["Registered patients"] == ("11,200", "11,703", "+503")
    assert totals["Patients of Barnet"] == ("11,200", "11,703", "+503")
    assert ["E83001", "changed", "7,000", "7,500"] in [row[1:] for row in found["changes"]]


def test_what_is_confirmed_is_merged_with_its_provenance(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    services.confirm(by=manager, one=one)
    work.sweep()
    one.refresh_from_db()
    assert (one.state, one.decided_by) == (State.IMPORTED, manager)
    assert held() == {"E83001": 7500, "E83002": 4200, "E83003": 3}
    size = ListSize.objects.get(practice__ods_code="E83002")
    assert (size.source, size.row_number, size.day) == (one, 3, DAY)
    assert programme.kind() == Programme.Kind.REAL
    assert brought_and_checked(sizes(), manager) == one


def test_discarding_leaves_everything_as_it_was(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    services.discard(by=manager, one=one)
    assert held() == {}
    with pytest.raises(ValidationError, match="was discarded by Manager"):
        services.confirm(by=manager, one=one)
    assert brought_and_checked(sizes(), manager).pk != one.pk


def test_the_second_of_two_who_decide_is_told_who_was_first(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    services.confirm(by=manager, one=one)
    with pytest.raises(ValidationError, match="is being imported by Manager"):
        services.confirm(by=UserFactory(), one=one)
    with pytest.raises(ValidationError, match="is being imported by Manager"):
        services.discard(by=UserFactory(), one=one)


def test_a_file_discarded_before_the_worker_came_is_not_checked(practices: Any, manager: Any) -> None:
    one = bring(sizes(), manager)
    services.discard(by=manager, one=one)
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.DISCARDED
    assert not ImportProblem.objects.exists()


def test_a_file_discarded_while_it_is_checked_stays_discarded(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = bring(sizes(X99999=1), manager)
    check = jobs.Job.check

    def discarded_meanwhile(job: jobs.Job) -> None:
        Import.objects.filter(pk=one.pk).update(state=State.DISCARDED)
        check(job)

    monkeypatch.setattr(jobs.Job, "check", discarded_meanwhile)
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.DISCARDED
    assert not ImportProblem.objects.filter(of=one).exists()


def test_a_register_that_changed_since_the_preview_asks_to_look_again(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    services.confirm(by=manager, one=one)
    ListSizeFactory(practice=practices[0], day=DAY, patients=1)
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.CHECKED
    assert one.findings["changed_since"]
    assert (one.findings["new"], one.findings["changed"]) == (2, 1)
    assert held() == {"E83001": 1}
    services.confirm(by=manager, one=one)
    work.sweep()
    assert held() == {"E83001": 7500, "E83002": 4200, "E83003": 3}


def test_a_practice_that_became_known_since_the_preview_asks_to_look_again(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(E83009=10), manager)
    services.confirm(by=manager, one=one)
    PracticeFactory(ods_code="E83009")
    work.sweep()
    one.refresh_from_db()
    assert (one.state, one.findings["new"]) == (State.CHECKED, 4)


def test_the_same_file_confirmed_twice_is_merged_once(practices: Any, manager: Any) -> None:
    first = brought_and_checked(sizes(), manager)
    second = ImportFactory(sha256=first.sha256, state=State.RECEIVED, kind="")
    ImportChunk.objects.create(of=second, number=0, data=sizes())
    services.check(second)
    second.refresh_from_db()
    assert second.state == State.CHECKED
    for one in (first, second):
        services.confirm(by=manager, one=one)
    work.sweep()
    second.refresh_from_db()
    assert (second.state, second.rejection) == (State.DISCARDED, services.SAID_ALREADY)
    assert ListSize.objects.count() == 3


def test_the_database_refuses_a_second_import_of_the_same_bytes() -> None:
    one = ImportFactory(sha256="a" * 64, findings={"held_back": 0})
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportFactory(sha256=one.sha256, kind=one.kind, findings={"held_back": 0})


def test_history_says_who_decided_and_by_which_import(practices: Any, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    services.confirm(by=manager, one=one)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.metadata FROM kit_importevent e JOIN pghistory_context c ON c.id = e.pgh_context_id
            WHERE e.pgh_obj_id = %s AND e.state = 'merging'
            """,
            [one.pk],
        )
        context = json.loads(cursor.fetchone()[0]) if cursor.rowcount else {}
    assert (context["user"], context["import"]) == (manager.pk, one.pk)


def test_how_far_it_is_leaves_no_history() -> None:
    one = ImportFactory(state=State.CHECKING)
    Import.objects.filter(pk=one.pk).update(progress=50)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kit_importevent WHERE pgh_obj_id = %s", [one.pk])
        assert cursor.fetchone()[0] == 1


# Workers that die, and people at the same moment ------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_followed_by_one_that_starts_again_from_the_stored_bytes(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    one = bring(sizes(X99999=1), manager)
    with monkeypatch.context() as patched:
        patched.setattr(jobs.Job, "keep_problems", lambda job: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            work.sweep()
    one.refresh_from_db()
    assert one.state == State.CHECKING  # it was seen to have begun
    assert not ImportProblem.objects.exists()
    assert work.claim("import", str(one.pk)) is None  # its claim holds until the lease is over
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_work SET lease_until = clock_timestamp() - interval '1 second'")
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.CHECKED
    assert ImportProblem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_worker_works(practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    plan = jobs.Job.plan

    def look(job: jobs.Job) -> Any:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT state, progress FROM kit_import")
            seen.extend(cursor.fetchall())
        other.close()
        return plan(job)

    monkeypatch.setattr(jobs.Job, "plan", look)
    bring(sizes(), manager)
    work.sweep()
    assert seen == [("checking", 99)]


@pytest.mark.django_db(transaction=True)
def test_discarding_a_file_that_is_being_checked_stops_the_check_and_keeps_no_problem(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.05)
    one = bring(sizes(X99999=1), manager)
    keep = jobs.Job.keep_problems
    discarded = []

    def discard() -> None:
        services.discard(by=manager, one=one)
        discarded.append(time.monotonic())
        connection.close()

    def keep_and_go_on(job: jobs.Job) -> None:
        keep(job)
        threading.Timer(0.1, discard).start()
        job.sql.run("SELECT pg_sleep(20)")

    monkeypatch.setattr(jobs.Job, "keep_problems", keep_and_go_on)
    work.sweep()
    assert time.monotonic() - discarded[0] < 5
    one.refresh_from_db()
    assert (one.state, one.decided_by) == (State.DISCARDED, manager)
    assert not ImportProblem.objects.exists()
    assert [(w.done_at is None, w.last_error) for w in Work.objects.filter(kind="import")] == [(False, "")]


def test_a_file_that_the_portal_fails_at_time_and_again_is_rejected_in_words_and_may_come_again(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_ATTEMPTS = 2
    one = bring(sizes(), manager)
    with monkeypatch.context() as patched:
        patched.setattr(jobs.Job, "plan", lambda job: 1 / 0)
        for _ in range(2):
            work.sweep()
            Work.objects.update(lease_until=None)
            one.refresh_from_db()
            assert one.state == State.RECEIVED
        work.sweep()
    one.refresh_from_db()
    assert one.state == State.REJECTED
    assert one.rejection.startswith("The portal tried 2 times and could not finish with this file")
    assert [(w.done_at is None, w.attempts, w.last_error) for w in Work.objects.filter(kind="import")] == [
        (False, 3, "division by zero")
    ]
    again = brought_and_checked(sizes(), manager)
    assert (again.pk != one.pk, again.state) == (True, State.CHECKED)


def test_a_confirmed_file_that_can_not_be_merged_is_rejected_and_nothing_of_it_is_held(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WORK_ATTEMPTS = 1
    one = brought_and_checked(sizes(), manager)
    services.confirm(by=manager, one=one)
    merge = jobs.Job.merge
    monkeypatch.setattr(jobs.Job, "merge", lambda job, by: (merge(job, by), 1 / 0))
    work.sweep()
    Work.objects.filter(done_at=None).update(lease_until=None)
    work.sweep()
    one.refresh_from_db()
    assert (one.state, "tried once" in one.rejection, held()) == (State.REJECTED, True, {})


@pytest.mark.django_db(transaction=True)
def test_two_people_who_import_the_same_file_at_the_same_moment_import_it_once(practices: Any, file: Any) -> None:
    path = file(sizes())
    ready = threading.Barrier(2)
    results: list[str] = []

    def run() -> None:
        try:
            ready.wait()
            results.extend(result.status for result in services.run([path]))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["already-imported", "imported"]
    assert ListSize.objects.count() == 3


# At once: commands and bulk loads --------------------------------------------------------------------


def test_a_dry_run_counts_everything_and_keeps_nothing(practices: Any, file: Any) -> None:
    (result,) = services.run([file(sizes(X99999=5))], dry_run=True)
    assert (result.status, result.rows, result.new, len(result.problems)) == ("checked", 4, 3, 1)
    assert not Import.objects.exists()
    assert not ListSize.objects.exists()
    assert programme.kind() == Programme.Kind.EMPTY


def test_the_same_file_twice_is_already_imported(practices: Any, file: Any) -> None:
    first, second = services.run([file(sizes(), "a.csv"), file(sizes(), "b.csv")])
    (third,) = services.run([file(sizes(), "c.csv")])
    assert [r.status for r in (first, second, third)] == ["imported", "already-imported", "already-imported"]
    assert (third.new, third.changed, third.unchanged, third.rows) == (0, 0, 3, 3)
    assert ListSize.objects.count() == 3


def test_rows_held_back_are_imported_from_the_same_file_once_their_practices_are_known(
    practices: Any, file: Any
) -> None:
    path = file(sizes(E83008=80, E83009=90))
    (first,) = services.run([path])
    assert (first.new, len(first.problems)) == (3, 2)
    (nothing,) = services.run([path])
    assert (nothing.status, nothing.new, nothing.unchanged, len(nothing.problems)) == ("already-imported", 0, 3, 2)
    assert Import.objects.count() == 1
    ListSizeFactory(practice=practices[0], day=date(2018, 5, 1), patients=1)
    PracticeFactory(ods_code="E83009")
    (second,) = services.run([path])
    assert (second.status, second.rows, second.new, second.changed, second.unchanged) == ("imported", 5, 1, 0, 3)
    assert [problem["value"] for problem in second.problems] == ["E83008"]
    assert ListSize.objects.get(practice__ods_code="E83009").row_number == 6
    PracticeFactory(ods_code="E83008")
    (third,) = services.run([path])
    assert (third.status, third.new, third.unchanged, third.problems) == ("imported", 1, 4, [])
    (fourth,) = services.run([path])
    assert (fourth.status, fourth.new, fourth.unchanged, fourth.problems) == ("already-imported", 0, 5, [])


def test_a_file_brought_again_for_its_held_back_rows_does_not_undo_a_later_revision(practices: Any, file: Any) -> None:
    path = file(sizes(E83009=90))
    services.run([path, file(registered_patients({"E83001": 8000}), "revised.csv")])
    PracticeFactory(ods_code="E83009")
    (again,) = services.run([path])
    assert (again.status, again.new, again.changed) == ("imported", 1, 0)
    assert held() == {"E83001": 8000, "E83002": 4200, "E83003": 3, "E83009": 90}


def test_rows_held_back_beyond_the_problems_that_are_kept_are_looked_at_again_too(
    practices: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PROBLEMS_KEPT", 1)
    path = file(sizes(E83007=70, E83008=80, E83009=90))
    services.run([path])
    for code in ("E83007", "E83008", "E83009"):
        PracticeFactory(ods_code=code)
    (again,) = services.run([path])
    assert (again.status, again.new) == ("imported", 3)


def test_the_portal_checks_a_file_again_of_which_rows_were_held_back(practices: Any, manager: Any) -> None:
    data = sizes(E83009=90)
    first = brought_and_checked(data, manager)
    services.confirm(by=manager, one=first)
    work.sweep()
    nothing = brought_and_checked(data, manager)
    assert (nothing.state, nothing.rejection) == (State.DISCARDED, services.SAID_ALREADY)
    PracticeFactory(ods_code="E83009")
    again = brought_and_checked(data, manager)
    assert (again.state, again.findings["new"], again.findings["unchanged"]) == (State.CHECKED, 1, 3)
    services.confirm(by=manager, one=again)
    work.sweep()
    again.refresh_from_db()
    assert (again.state, held()["E83009"]) == (State.IMPORTED, 90)
    assert services.receive(by=manager, name="c.csv", file=io.BytesIO(data), size=len(data)) == (again, False)


def test_the_same_file_for_another_day_or_commissioner_is_imported_for_it_too(practices: Any, file: Any) -> None:
    other = PracticeFactory(ods_code="F83001", commissioner=CommissionerFactory(ods_code="07R"))
    header, rows = PATIENTS_HEADER, patients_rows({"E83001": 100})
    path = file(table(header, rows + patients_rows({other.ods_code: 200}, commissioner="07R")))
    results = [services.run([path], only=[code])[0] for code in ("07M", "07R", "07R", "07M")]
    assert [r.status for r in results] == ["imported", "imported", "already-imported", "already-imported"]
    assert held() == {"E83001": 100, "F83001": 200}
    quarter = file(quarterly_lists({"E83002": [1] * 18}), "quarter.csv")
    results = [services.run([quarter], day=date(2013, month, 30))[0] for month in (6, 9, 6)]
    assert [r.status for r in results] == ["imported", "imported", "already-imported"]
    days = ListSize.objects.filter(practice__ods_code="E83002").order_by("day").values_list("day", flat=True)
    assert list(days) == [date(2013, 6, 30), date(2013, 9, 30)]


def test_many_files_go_in_one_job_and_a_bad_one_does_not_stop_the_others(practices: Any, file: Any) -> None:
    paths = [
        file(registered_patients({"E83001": 100 + n}, f"01{month}2018"), f"{month}.csv")
        for n, month in enumerate(["Jan", "Feb", "Mar"])
    ]
    paths.insert(1, file(b"", "empty.csv"))
    paths.insert(2, file(registered_patients({}), "header.csv"))
    results = services.run(paths)
    assert [r.status for r in results] == ["imported", "rejected", "rejected", "imported", "imported"]
    assert [r.new for r in results] == [1, 0, 0, 1, 1]
    sources = ListSize.objects.order_by("day").values_list("patients", "source__file_name")
    assert list(sources) == [(100, "Jan.csv"), (101, "Feb.csv"), (102, "Mar.csv")]


def test_a_file_that_turns_out_bad_far_down_leaves_none_of_its_rows_to_its_neighbours(file: Any) -> None:
    commissioner = CommissionerFactory(barnet=True)
    codes = [f"E83{n:03d}" for n in range(40)]
    for code in codes:
        PracticeFactory(ods_code=code, commissioner=commissioner)
    whole = {month: registered_patients(dict.fromkeys(codes, 100), f"01{month}2018") for month in ("Jan", "Feb", "Mar")}
    whole["Feb"] = whole["Feb"].replace(b"E83030", b'"E83030')
    results = services.run([file(data, f"{month}.csv") for month, data in whole.items()])
    assert [(r.status, r.new) for r in results] == [("imported", 40), ("rejected", 0), ("imported", 40)]
    assert results[1].problems[0]["line"] == 32
    assert sorted(set(ListSize.objects.values_list("day", flat=True))) == [date(2018, 1, 1), date(2018, 3, 1)]


def test_files_of_one_day_in_one_go_supersede_each_other_in_their_order(practices: Any, file: Any) -> None:
    paths = [file(registered_patients({"E83001": size}), f"{size}.csv") for size in (100, 200)]
    results = services.run(paths)
    assert [(r.status, r.new, r.changed) for r in results] == [("imported", 1, 0), ("imported", 0, 1)]
    assert held() == {"E83001": 200}
    assert ListSize.objects.count() == 2


def test_a_gzipped_file_is_read_too(practices: Any, file: Any) -> None:
    (result,) = services.run([file(gzipped(sizes()), "lists.csv.gz")])
    assert (result.status, result.new) == ("imported", 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b"CODE,COLOUR\nE83001,blue\n", "does not know this kind of file"),
        (b"\x89PNG\r\n\x1a\n\0", "binary"),
        (registered_patients({}), "header but no rows"),
        (sizes().replace(b"4,200", b"4\xff200"), "not UTF-8"),
    ],
)
def test_what_can_not_be_imported_is_rejected_in_a_sentence_and_the_reason_kept(
    practices: Any, file: Any, data: bytes, says: str
) -> None:
    (result,) = services.run([file(data)])
    assert result.status == "rejected"
    assert says in result.problems[0]["problem"]
    one = Import.objects.get()
    assert one.state == State.REJECTED
    assert says in one.rejection
    one = brought_and_checked(data)
    assert one.state == State.REJECTED
    assert says in one.rejection


def test_a_file_larger_than_the_limit_is_rejected_and_not_kept(practices: Any, file: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 10
    (result,) = services.run([file(sizes())])
    assert result.status == "rejected"
    assert "takes files of up to" in result.problems[0]["problem"]
    assert not Import.objects.exists()


def test_two_gigabytes_are_refused_at_a_glance(practices: Any, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as sparse:
        sparse.truncate(2 << 30)
    begun = time.monotonic()
    (result,) = services.run([path])
    assert time.monotonic() - begun < 1
    assert "The file has 2,048 MB. The portal takes files of up to 64 MB" in result.problems[0]["problem"]


def test_thousands_of_problems_are_counted_exactly_and_kept_up_to_a_limit(
    practices: Any, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PROBLEMS_KEPT", 5)
    unknown = {f"X{n:05d}": 1 for n in range(20)}
    (result,) = services.run([file(sizes(**unknown))])
    assert (len(result.problems), result.problem_count) == (5, 20)
    last = result.as_json()["problems"][-1]
    assert last == {"line": None, "column": "", "value": "", "problem": "15 more problems: left out here."}
    assert Import.objects.get().findings["problems"] == 20
    assert [problem["line"] for problem in result.problems] == [5, 6, 7, 8, 9]


# Illustrative and real ---------------------------------------------------------------------------------


@pytest.fixture
def illustrative() -> Practice:
    practice = PracticeFactory(ods_code="Z99001", illustrative=True)
    programme.become(Programme.Kind.ILLUSTRATIVE)
    return practice


def test_a_real_file_offers_to_remove_the_illustrative_programme_first(illustrative: Practice, manager: Any) -> None:
    one = brought_and_checked(sizes(), manager)
    assert one.state == State.CHECKED
    assert "remove_illustrative" in one.findings["asks"]
    with pytest.raises(ValidationError, match="Answer the question"):
        services.confirm(by=manager, one=one)
    services.replace_illustrative(by=manager, one=one)
    assert not Practice.objects.exists()
    assert programme.kind() == Programme.Kind.EMPTY
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.REJECTED  # no practice of it is known now
    assert "None of its rows can be used" in one.rejection


def test_by_command_a_real_file_is_rejected_while_the_programme_is_illustrative(
    illustrative: Practice, file: Any
) -> None:
    (result,) = services.run([file(sizes())])
    assert result.status == "rejected"
    assert "--replace-illustrative" in result.problems[0]["problem"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x00\x01\x02 garbage", ""),
        (b"nothing,that,is,known\n1,2,3,4\n", ""),
        (sizes(), "None of its rows can be used"),  # of practices that are not known once the made-up ones have gone
        (registered_patients({}), "no rows"),
    ],
)
def test_a_file_of_no_use_removes_nothing(illustrative: Practice, file: Any, data: bytes, why: str) -> None:
    person = UserFactory()
    (result,) = services.run([file(data)], replace=True)
    assert result.status == "rejected"
    assert why in result.problems[0]["problem"]
    assert Practice.objects.get() == illustrative
    assert programme.kind() == Programme.Kind.ILLUSTRATIVE
    person.refresh_from_db()
    assert person.is_active
    one = Import.objects.get()
    assert one.state == State.REJECTED
    assert ImportProblem.objects.filter(of=one).count() == sum(p["line"] is not None for p in result.problems)


def test_a_file_of_use_takes_the_place_of_the_illustrative_programme(illustrative: Practice, file: Any) -> None:
    garbage, practices = file(b"\x00 garbage", "a.csv"), file(epraccur(Organisation("E83001")), "epraccur_2018-04.csv")
    results = services.run([garbage, practices, file(sizes(), "c.csv")], replace=True)
    assert [result.status for result in results] == ["rejected", "imported", "imported"]
    assert Practice.objects.get().ods_code == "E83001"
    assert held() == {"E83001": 7500}
    assert programme.kind() == Programme.Kind.REAL
    assert "The illustrative programme was removed." in results[1].notes
    assert any("script/manage make_administrator" in note for note in results[1].notes)


def test_a_trial_run_keeps_the_illustrative_programme(illustrative: Practice, file: Any) -> None:
    (result,) = services.run([file(epraccur(Organisation("E83001")))], replace=True, dry_run=True)
    assert result.status == "checked"
    assert Practice.objects.get() == illustrative


class TestTheCommandAsksBeforeItRemoves:
    def command(self, path: Path, *more: str) -> None:
        call_command("import_practices", str(path), "--replace-illustrative", *more, stdout=io.StringIO())

    def answering(self, monkeypatch: pytest.MonkeyPatch, answer: str | None) -> None:
        def typed(prompt: str) -> str:
            if answer is None:
                raise EOFError
            return answer

        monkeypatch.setattr("builtins.input", typed)

    @pytest.mark.parametrize(("answer", "told"), [(None, "--yes"), ("no", "Nothing was removed")])
    def test_nobody_there_or_another_answer_removes_nothing(
        self, illustrative: Practice, file: Any, monkeypatch: pytest.MonkeyPatch, answer: str | None, told: str
    ) -> None:
        self.answering(monkeypatch, answer)
        with pytest.raises(CommandError, match=told):
            self.command(file(epraccur(Organisation("E83001"))))
        assert Practice.objects.get() == illustrative

    def test_remove_or_yes_goes_on(
        self, illustrative: Practice, file: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.answering(monkeypatch, "remove")
        self.command(file(epraccur(Organisation("E83001")), "epraccur_2018-04.csv"), "--json")
        assert Practice.objects.get().ods_code == "E83001"
        asked = capsys.readouterr()
        assert "removes the illustrative programme" in asked.err
        assert "remove" not in asked.out  # which a program may read

    def test_with_yes_nobody_is_asked(self, illustrative: Practice, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answering(monkeypatch, None)
        self.command(file(epraccur(Organisation("E83001")), "epraccur_2018-04.csv"), "--yes")
        assert Practice.objects.get().ods_code == "E83001"


def test_list_sizes_of_illustrative_practices_are_imported_and_other_codes_held_back(
    illustrative: Practice, file: Any
) -> None:
    (result,) = services.run([file(registered_patients({"Z99001": 500, "E83001": 1}))])
    assert (result.status, result.new) == ("imported", 1)
    assert [(p["line"], p["value"]) for p in result.problems] == [(3, "E83001")]
    assert programme.kind() == Programme.Kind.ILLUSTRATIVE


def test_illustrative_lists_are_refused_by_a_real_register(practices: Any, file: Any) -> None:
    programme.become(Programme.Kind.REAL)
    (result,) = services.run([file(registered_patients({"Z99001": 500}))])
    assert "the register is real" in result.problems[0]["problem"]


# Commands ----------------------------------------------------------------------------------------------


def printed(capsys: Any, *arguments: Any, code: int = 0) -> dict[str, Any]:
    """The JSON object a command prints; it must end with exit code `code`."""
    try:
        call_command(*map(str, arguments), "--json")
        ended = 0
    except SystemExit as end:
        ended = int(end.code or 0)
    assert ended == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_command_prints_one_json_object(practices: Any, file: Any, capsys: Any) -> None:
    data = sizes()
    path = file(data)
    found = printed(capsys, "import_list_sizes", path)
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    assert {name: found[name] for name in ("file", "status", "rows", "new", "changed", "unchanged", "closed")} == {
        "file": str(path),
        "status": "imported",
        "rows": 3,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "closed": 0,
    }
    assert found["problems"] == []
    again = printed(capsys, "import_list_sizes", path)
    assert (again["status"], again["new"]) == ("already-imported", 0)


def test_the_command_names_problems_and_ends_with_1(practices: Any, file: Any, capsys: Any) -> None:
    found = printed(capsys, "import_list_sizes", file(sizes(X99999=5)), "--dry-run", code=1)
    assert found["status"] == "checked"
    (problem,) = found["problems"]
    assert (problem["line"], problem["column"], problem["value"]) == (5, "CODE", "X99999")
    assert "No practice with this code" in problem["problem"]
    assert not Import.objects.exists()


def test_a_rejected_file_ends_with_1(practices: Any, file: Any, capsys: Any) -> None:
    assert printed(capsys, "import_list_sizes", file(b""), code=1)["status"] == "rejected"


def test_a_kind_that_another_command_imports_is_rejected_with_its_name(file: Any, capsys: Any) -> None:
    found = printed(capsys, "import_practices", file(sizes()), code=1)
    assert "import_list_sizes" in found["problems"][0]["problem"]


def test_extra_columns_are_named_in_the_commands_answer(practices: Any, file: Any, capsys: Any) -> None:
    rows = [[*row, "x"] for row in patients_rows({"E83001": 5})]
    header = sizes().decode().splitlines()[0].split(",")
    call_command("import_list_sizes", str(file(table([*header, "SHOE_SIZE"], rows))))
    assert "Columns not used: SHOE_SIZE." in capsys.readouterr().out


def test_the_json_has_exactly_the_keys_that_scripts_read_and_the_log_goes_elsewhere(
    practices: Any, file: Any, capsys: Any
) -> None:
    keys = ["file", "sha256", "status", "rows", "new", "changed", "unchanged", "closed", "problems"]
    path = file(gzipped(sizes(X99999=5)), "lists.csv.gz")
    seen = []
    for more in (["--dry-run"], [], []):
        with pytest.raises(SystemExit) as end:
            call_command("import_list_sizes", str(path), "--json", *more)
        assert end.value.code == 1
        told = capsys.readouterr()
        assert len(told.out.splitlines()) == 1
        found = json.loads(told.out)
        assert list(found) == keys
        assert [list(problem) for problem in found["problems"]] == [["line", "column", "value", "problem"]]
        assert "import_list_sizes" not in told.out
        seen.append((found["status"], found["rows"], found["new"], found["unchanged"]))
    assert seen == [("checked", 4, 3, 0), ("imported", 4, 3, 0), ("already-imported", 4, 0, 3)]
    with pytest.raises(SystemExit):
        call_command("import_list_sizes", str(file(b"", "empty.csv")), "--json")
    found = json.loads(capsys.readouterr().out)
    assert (list(found), found["status"]) == (keys, "rejected")
    assert [list(problem) for problem in found["problems"]] == [["line", "column", "value", "problem"]]


def test_a_suppressed_list_size_is_read_as_not_known_and_is_no_problem(practices: Any, file: Any, capsys: Any) -> None:
    found = printed(capsys, "import_list_sizes", file(sizes(E83001="*", E83002="-")))
    assert (found["status"], found["rows"], found["new"], found["problems"]) == ("imported", 3, 1, [])
    assert held() == {"E83003": 3}
    (note,) = [note for note in Import.objects.get().findings["notes"] if "suppressed" in note]
    assert note.startswith("2 list sizes are suppressed by the publisher")
    assert note.endswith("lines 2 and 3.")
    again = printed(capsys, "import_list_sizes", file(sizes(E83001="*", E83002="-"), "again.csv"))
    assert again["status"] == "already-imported"
    (alone,) = services.run([file(registered_patients({"E83001": "*"}), "alone.csv")])
    assert "suppressed by the publisher" in alone.problems[0]["problem"]


@pytest.mark.parametrize("arguments", [["nowhere.csv"], ["--day", "31 June", "a.csv"], [], ["--colour", "a.csv"]])
def test_wrong_use_and_a_file_that_is_not_there_end_with_2(arguments: list[str], capsys: Any) -> None:
    if arguments == ["nowhere.csv"]:
        with pytest.raises(CommandError, match="There is no file") as refused:
            call_command("import_list_sizes", *arguments)
        assert refused.value.returncode == 2
        return
    command = load_command_class("practices", "import_list_sizes")
    with pytest.raises(SystemExit) as end:
        command.run_from_argv(["manage.py", "import_list_sizes", *arguments])
    assert (end.value.code, capsys.readouterr().out) == (2, "")
