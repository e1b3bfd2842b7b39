"""Files on records: bringing, versions, withdrawing, and how they are handed out; two at once; the same by the API."""

import hashlib
import threading
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from cc2h.accounts.authority import Role
from cc2h.comments import services
from cc2h.comments.models import Attachment, AttachmentPiece
from cc2h.kit import history
from tests.comments.conftest import PDF, office, upload
from tests.delivery.conftest import Ground, signed_in
from tests.factories import AttachmentFactory


@pytest.fixture
def lead(ground: Ground) -> Client:
    return signed_in(ground.lead)


def attach(ground: Ground, client: Client, *args: Any, **more: Any) -> Any:
    return client.post(f"/comments/attach/{of(ground)}", upload(*args, post=ground.post.pk, **more))


def of(ground: Ground) -> str:
    return f"chin/{ground.chin.slug}/"


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_is_attached_to_a_record_and_handed_out_as_it_came(ground: Ground, lead: Client) -> None:
    assertRedirects(attach(ground, lead, PDF, "Memorandum.pdf", "Memorandum, signed"), f"/comments/of/{of(ground)}")
    file = Attachment.objects.get()
    assert (file.format, file.size_bytes, file.sha256) == ("pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
    assertContains(lead.get(f"/chins/{ground.chin.slug}/"), "Memorandum, signed")
    page = lead.get(f"/comments/files/{file.pk}/")
    assertContains(page, file.sha256)
    answer = lead.get(f"/comments/files/{file.pk}/download/")
    assert bytes_of(answer) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"  # whatever the browser said
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Memorandum.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_name_in_another_alphabet_arrives(ground: Ground, lead: Client) -> None:
    attach(ground, lead, PDF, "Договор 1.pdf")
    answer = lead.get(f"/comments/files/{Attachment.objects.get().pk}/download/")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%D0%94")


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.pdf", "The file is empty."),
        (b"<!doctype html><script>alert(1)</script>", "a.pdf", "web page"),
        (office(more={"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (b"a" * (1 << 20) + b"b", "a.txt", "larger than 1 MB"),
        (PDF, "letter\u202efdp.exe", "ends otherwise"),
        (PDF, "a.pdf.html", "ends otherwise"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    ground: Ground, lead: Client, settings: Any, data: bytes, name: str, told: str
) -> None:
    settings.ATTACHMENT_LIMIT_BYTES = 1 << 20
    assertContains(attach(ground, lead, data, name), told)
    assert not Attachment.objects.exists()
    assert not AttachmentPiece.objects.exists()


def test_a_request_beyond_every_limit_is_cut_off(ground: Ground, lead: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = settings.ATTACHMENT_LIMIT_BYTES = 1 << 16
    assertContains(attach(ground, lead, b"a" * (1 << 18), "a.txt"), "The file is larger than")
    sent = upload(b"a" * (1 << 18), "a.txt", post=ground.post.pk)
    assert lead.post(f"/api/v1/comments/attach/{of(ground)}", sent).status_code == 413


def test_a_path_in_its_name_leads_nowhere(ground: Ground, lead: Client) -> None:
    record = ground.record(ground.chin, "chin")
    file = services.attach(
        by=ground.lead, record=record, title="T", name="../../../etc/passwd.txt", file=BytesIO(b"x"), post="CHIN lead"
    )
    assert file.file_name == "passwd.txt"


def test_the_same_bytes_are_attached_to_a_record_once(ground: Ground, lead: Client) -> None:
    attach(ground, lead)
    assertContains(attach(ground, lead, title="Again"), "This very file is attached here already.")
    assert Attachment.objects.count() == 1


def test_a_record_holds_so_many_and_a_person_brings_so_many_an_hour(
    ground: Ground, lead: Client, settings: Any, clock: Any
) -> None:
    settings.ATTACHMENTS_AN_HOUR = 1
    attach(ground, lead)
    assertContains(attach(ground, lead, b"More\n"), "1 files within an hour")
    settings.ATTACHMENTS_AN_HOUR, settings.ATTACHMENTS_OF_A_RECORD = 9, 1
    assertContains(attach(ground, lead, b"More\n"), "This record has 1 files")


class TestVersions:
    def test_a_new_one_follows_and_the_former_stays(self, ground: Ground, lead: Client) -> None:
        former = AttachmentFactory(about=ground.chin, title="Plan", data=b"one\n")
        form = lead.get(f"/comments/files/{former.pk}/replace/")
        assertContains(form, 'value="Plan"')
        sent = upload(b"two\n", "plan.txt", "Plan", post=ground.post.pk)
        said = lead.post(f"/comments/files/{former.pk}/replace/", sent, follow=True)
        assertContains(said, "Version 2 of “Plan” is attached.")
        newest = Attachment.objects.get(version=2)
        assert newest.thread == former.thread
        assert bytes_of(lead.get(f"/comments/files/{former.pk}/download/")) == b"one\n"
        assert bytes_of(lead.get(f"/comments/files/{newest.pk}/download/")) == b"two\n"
        assertContains(lead.get(f"/comments/files/{former.pk}/"), "This is a former version.")
        listed = lead.get(f"/api/v1/comments/of/{of(ground)}").json()["files"]
        assert [one["version"] for one in listed] == [2]
        assert [one["version"] for one in lead.get(f"/api/v1/comments/files/{newest.pk}/").json()["versions"]] == [2, 1]

    def test_one_follows_a_version_and_no_second(self, ground: Ground, lead: Client) -> None:
        former = AttachmentFactory(about=ground.chin)
        path = f"/comments/files/{former.pk}/replace/"
        lead.post(path, upload(b"two\n", post=ground.post.pk))
        assertContains(lead.post(path, upload(b"three\n", post=ground.post.pk)), "new version meanwhile")
        assert Attachment.objects.count() == 2

    def test_withdrawing_one_says_that_the_others_stay(self, ground: Ground, lead: Client) -> None:
        former = AttachmentFactory(about=ground.chin, by=ground.lead)
        alone = lead.get(f"/comments/files/{former.pk}/withdraw/")
        assertNotContains(alone, "to be withdrawn by itself")
        lead.post(f"/comments/files/{former.pk}/replace/", upload(b"two\n", post=ground.post.pk))
        newest = Attachment.objects.get(version=2)
        form = lead.get(f"/comments/files/{newest.pk}/withdraw/")
        assertContains(form, "1 other version of it stays, each to be withdrawn by itself.")


class TestWithdrawn:
    def test_nobody_downloads_it_and_that_it_was_there_stays(self, ground: Ground, lead: Client) -> None:
        file = AttachmentFactory(about=ground.chin, title="Wrong list", by=ground.lead)
        said = {"reason": "Of another CHIN", "seen": history.version(file)}
        lead.post(f"/comments/files/{file.pk}/withdraw/", said)
        for client in (lead, signed_in(ground.manager), signed_in(ground.somebody(Role.BOARD_MEMBER))):
            assert client.get(f"/comments/files/{file.pk}/download/").status_code == 404
            assert client.get(f"/api/v1/comments/files/{file.pk}/download/").status_code == 404
            page = client.get(f"/comments/files/{file.pk}/")
            assertContains(page, "Withdrawn by Anna Lead on 6 December 2018 at 12:00: Of another CHIN")
            assertNotContains(page, "/download/")
        assertNotContains(lead.get(f"/chins/{ground.chin.slug}/"), "Wrong list")
        assertContains(lead.get(f"/comments/of/{of(ground)}"), "Wrong list")

    def test_the_same_bytes_may_come_again(self, ground: Ground, lead: Client) -> None:
        file = AttachmentFactory(about=ground.chin, data=b"x\n")
        services.withdraw(by=ground.manager, what=file, seen=history.version(file), reason="Why")
        assertRedirects(attach(ground, lead, b"x\n"), f"/comments/of/{of(ground)}")

    def test_two_at_one_form_the_second_is_told(self, ground: Ground) -> None:
        file = AttachmentFactory(about=ground.chin)
        seen = history.version(file)
        services.withdraw(by=ground.manager, what=file, seen=seen, reason="First")
        with pytest.raises(history.ChangedMeanwhile):
            services.withdraw(by=ground.lead, what=file, seen=seen, reason="Second")


def test_by_the_api(ground: Ground, lead: Client) -> None:
    sent = upload(PDF, "a.pdf", "By a program")
    done = lead.post(f"/api/v1/comments/attach/{of(ground)}", sent)
    assert done.status_code == 200, done.content
    found = lead.get(f"/api/v1/comments/of/{of(ground)}").json()["files"][0]
    assert (found["title"], found["format"], found["size_bytes"]) == ("By a program", "pdf", len(PDF))
    answer = lead.get(f"/api/v1{found['download']}")
    assert bytes_of(answer) == PDF
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"
    refused = lead.post(f"/api/v1/comments/attach/{of(ground)}", upload(b"", "a.pdf"))
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"field": "file", "message": "The file is empty."}]


@pytest.mark.django_db(transaction=True)
def test_two_uploads_in_parallel_of_the_same_file_one_is_kept(ground: Ground) -> None:
    record, told = ground.record(ground.chin, "chin"), []
    begin = threading.Barrier(2)

    def bring() -> None:
        begin.wait()
        try:
            services.attach(
                by=ground.lead, record=record, title="T", name="a.txt", file=BytesIO(b"same"), post="CHIN lead"
            )
        except ValidationError as refusal:
            told.extend(refusal.messages)
        finally:
            connections.close_all()

    both = [threading.Thread(target=bring) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert told == ["This very file is attached here already."]
    assert Attachment.objects.count() == AttachmentPiece.objects.count() == 1


def test_the_limit_is_never_above_that_of_an_upload() -> None:
    assert configured.ATTACHMENT_LIMIT_BYTES <= configured.UPLOAD_LIMIT_BYTES
