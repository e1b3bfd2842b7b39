"""The pages of agreements: who signs, who has still to, what a practice and a manager do with them."""

import hashlib
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from budget.agreements import services
from budget.agreements.models import Agreement, Signature, Version
from cc2h.accounts import records
from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from tests.agreements.test_signing import GIVEN, LATER, MADE, SCAN, next_version, sign
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    PartyFactory,
    SignatureFactory,
    VersionFactory,
    person,
)

pytestmark = pytest.mark.django_db

TODAY = AsAt(LATER, None, LATER)


@pytest.fixture
def version() -> Version:
    made: Version = VersionFactory(agreement__title="Memorandum of information", agreement__slug="moi")
    return made


@pytest.fixture
def practice(version: Version) -> Any:
    return MembershipFactory(chin=version.agreement.chin).practice


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of, name="Pat Manager"))
    return client


@pytest.fixture
def manager(version: Version) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, version.agreement.commissioner)


@pytest.fixture
def own(practice: Any) -> Client:
    return signed_in(Role.PRACTICE_MANAGER, practice)


def url(act: str, *args: Any) -> str:
    return reverse(f"agreements:{act}", args=args or ["moi"])


def scan(name: str = "signed.pdf", data: bytes = SCAN) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


class TestSigning:
    def typed(self, version: Version, signing: Any, **changes: Any) -> dict[str, Any]:
        given = {"name": "Pat Manager", "role": "Practice manager", "agreed": "on", "sha256": version.sha256}
        return {"practice": signing.ods_code, **given, **changes}

    def test_a_practice_finds_reads_and_signs_what_it_has_to(
        self, own: Client, version: Version, practice: Any
    ) -> None:
        assertContains(own.get(reverse("agreements:agreement_list")), "1 agreement is yours to sign")
        assertContains(own.get(reverse("agreements:to_sign")), "Read and sign</a>")
        page = own.get(url("agreement_sign"))
        assertContains(page, version.text)
        assertContains(page, version.sha256, count=2)
        answer = own.post(url("agreement_sign"), self.typed(version, practice), follow=True)
        assertContains(answer, "has signed “Memorandum of information”, version 1.")
        assertContains(answer, "1 of 1 party has signed")
        assertContains(own.get(reverse("agreements:to_sign")), "Nothing is left to sign")
        given = Signature.objects.get()
        assert (given.practice, given.sha256, given.scan) == (practice, version.sha256, None)

    def test_twice_is_said_to_be_signed(self, own: Client, version: Version, practice: Any) -> None:
        own.post(url("agreement_sign"), self.typed(version, practice))
        assertContains(own.post(url("agreement_sign"), self.typed(version, practice)), "It is signed already.")

    def test_what_was_replaced_while_it_was_read_is_not_signed(
        self, own: Client, version: Version, practice: Any
    ) -> None:
        next_version(version)
        answer = own.post(url("agreement_sign"), self.typed(version, practice))
        assertContains(answer, "What was signed is not what this version says. Read it again.")
        assert not Signature.objects.exists()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"agreed": ""}, "Tick that the practice agrees to it."),
            ({"name": ""}, "Type your name."),
            ({"practice": "E99999"}, "Select a valid choice"),
        ],
    )
    def test_what_is_missing_is_said(
        self, own: Client, version: Version, practice: Any, typed: dict[str, str], said: str
    ) -> None:
        assertContains(own.post(url("agreement_sign"), self.typed(version, practice, **typed)), said)
        assert not Signature.objects.exists()

    def test_a_manager_signs_for_no_practice_and_another_practice_sees_nothing(
        self, manager: Client, version: Version, practice: Any
    ) -> None:
        assert manager.post(url("agreement_sign"), self.typed(version, practice)).status_code == 403
        elsewhere = signed_in(Role.PRACTICE_MANAGER, MembershipFactory().practice)
        for address in (url("agreement_sign"), url("agreement_detail"), url("version_download", "moi", 1)):
            assert elsewhere.get(address).status_code == 404


class TestOnPaper:
    def test_a_manager_enters_a_scan_and_those_who_may_see_it_download_it(
        self, manager: Client, version: Version, practice: Any
    ) -> None:
        typed = {
            "who": practice.ods_code, "version": "1", "name": "A partner", "role": "GP partner",
            "day": GIVEN.isoformat(), "file": scan(),
        }  # fmt: skip
        answer = manager.post(url("signature_record"), typed, follow=True)
        assertContains(answer, "has signed.")
        assertContains(answer, "entered by Pat Manager")
        given = Signature.objects.get()
        file = manager.get(url("signature_download", given.pk))
        assert b"".join(file) == SCAN
        assert file["Content-Disposition"] == 'attachment; filename="signed.pdf"'
        assert file["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        ("file", "said"),
        [
            (scan(data=b""), "The file is empty."),
            (scan(data=b"MZ\x90\x00"), "The content of this file is none of them."),
            (None, "Choose a file."),
        ],
    )
    def test_a_file_that_is_none_of_those_taken_is_refused(
        self, manager: Client, version: Version, practice: Any, file: Any, said: str
    ) -> None:
        typed = {"who": practice.ods_code, "version": "1", "name": "A", "role": "B", "day": "2018-10-05"}
        answer = manager.post(url("signature_record"), typed | ({"file": file} if file else {}))
        assertContains(answer, said)
        assert not Signature.objects.exists()

    def test_it_is_withdrawn_with_a_reason_and_stays_in_sight(
        self, manager: Client, version: Version, practice: Any
    ) -> None:
        given = SignatureFactory(version=version, practice=practice)
        withdraw = url("signature_withdraw", given.pk)
        assertContains(manager.post(withdraw, {"day": LATER.isoformat(), "reason": ""}), "Say why.")
        answer = manager.post(withdraw, {"day": LATER.isoformat(), "reason": "Signed by mistake"}, follow=True)
        assertContains(answer, "Still to sign")
        assertContains(answer, "Signed by mistake")
        assertNotContains(manager.get(url("agreement_detail"), {"as_at": "2018-12-05"}), "Still to sign")


class TestKeeping:
    def test_a_chin_lead_adds_an_agreement_of_their_chin_alone(self, version: Version) -> None:
        chin = version.agreement.chin
        other = AgreementFactory(chin__commissioner=chin.commissioner).chin
        lead = signed_in(Role.CHIN_LEAD, chin)
        page = lead.get(reverse("agreements:agreement_add"))
        assertContains(page, chin.name)
        assertNotContains(page, f'value="chin-{other.pk}"')
        typed = {"whose": f"chin-{chin.pk}", "kind": "dsa", "title": "Data sharing"}
        answer = lead.post(reverse("agreements:agreement_add"), typed, follow=True)
        assertContains(answer, "No text yet")
        made = Agreement.objects.get(kind="dsa")
        text = {"from_day": MADE.isoformat(), "text": "Words", "after": "0", "anew": "yes"}
        answer = lead.post(url("version_add", made.slug), text, follow=True)
        assertContains(answer, "Version 1 is there, and can be signed.")
        assert made.versions.get().sha256 == hashlib.sha256(b"Words").hexdigest()
        assert lead.post(url("agreement_end", AgreementFactory(chin=other).slug)).status_code == 404

    def test_a_version_is_a_file_that_is_downloaded_as_it_came(self, manager: Client, version: Version) -> None:
        typed = {"from_day": MADE.isoformat(), "text": "", "after": "1", "anew": "no", "file": scan("Memo v2.pdf")}
        answer = manager.post(url("version_add"), typed, follow=True)
        assertContains(answer, "Memo v2.pdf")
        assert b"".join(manager.get(url("version_download", "moi", 2))) == SCAN
        assert b"".join(manager.get(url("version_download", "moi", 1))) == version.text.encode()

    def test_a_second_version_typed_over_the_same_one_is_refused(self, manager: Client, version: Version) -> None:
        next_version(version)
        typed = {"from_day": LATER.isoformat(), "text": "Mine", "after": "1", "anew": "yes"}
        assertContains(manager.post(url("version_add"), typed), "Somebody else has brought a new version meanwhile.")

    def test_another_organisation_is_a_party_until_a_day(self, manager: Client, version: Version) -> None:
        typed = {"practice": "", "organisation": "Barnet Federated GPs", "joined_on": MADE.isoformat()}
        answer = manager.post(url("party_add"), typed, follow=True)
        assertContains(answer, "Barnet Federated GPs is a party.")
        assertContains(manager.post(url("party_add"), typed | {"organisation": ""}), "one of the two")
        party = version.agreement.parties.get()
        manager.post(url("party_end", party.pk), {"day": GIVEN.isoformat()})
        assertNotContains(manager.get(url("agreement_detail")), ">Barnet Federated GPs<")
        assertContains(manager.get(url("agreement_detail"), {"as_at": GIVEN.isoformat()}), "Barnet Federated GPs")

    def test_it_ends_on_a_day_for_a_reason(self, manager: Client, version: Version, practice: Any) -> None:
        answer = manager.post(url("agreement_end"), {"day": LATER.isoformat(), "why": "Replaced"}, follow=True)
        assertContains(answer, "It ended on 6 December 2018.")
        assertContains(answer, "“Replaced”")
        assertNotContains(answer, "Bring a new version")


class TestReading:
    def test_a_page_as_at_a_day_shows_who_had_signed_then(
        self, manager: Client, version: Version, practice: Any
    ) -> None:
        sign(version, practice)
        page = url("agreement_detail")
        assertContains(manager.get(page, {"as_at": "2018-10-04"}), "0 of 1 party has signed")
        assertContains(manager.get(page, {"as_at": "2018-10-05"}), "1 of 1 party has signed")
        assertContains(manager.get(page, {"as_at": "2018-09-30"}), "Nobody can sign it before its text is there.")

    def test_who_joins_the_chin_has_still_to_sign(self, manager: Client, version: Version, practice: Any) -> None:
        sign(version, practice)
        MembershipFactory(chin=version.agreement.chin, first=date(2018, 11, 1))
        page = url("agreement_detail")
        assertContains(manager.get(page, {"as_at": "2018-10-31"}), "1 of 1 party has signed")
        assertContains(manager.get(page, {"as_at": "2018-11-01"}), "1 of 2 parties have signed")

    def test_the_list_counts_and_filters(self, manager: Client, version: Version, practice: Any) -> None:
        PartyFactory(agreement=version.agreement)
        sign(version, practice)
        next_version(version, anew=False)
        sign(Version.objects.get(number=2), practice)  # of both versions: one party
        every = reverse("agreements:agreement_list")
        assertContains(manager.get(every), "1 of 2")
        assertContains(manager.get(every, {"signed": "some"}), url("agreement_detail"))
        assertNotContains(manager.get(every, {"signed": "all"}), url("agreement_detail"))

    def test_pages_ask_as_few_queries_of_many_as_of_one(self, manager: Client, version: Version) -> None:
        def queries(address: str) -> int:
            with CaptureQueriesContext(connection) as asked:
                assert manager.get(address).status_code == 200
            return len(asked)

        def grow(number: int) -> None:
            for _ in range(number):
                other = VersionFactory(agreement__chin__commissioner=version.agreement.commissioner)
                for one in (version, other):
                    member = MembershipFactory(chin=one.agreement.chin).practice
                    SignatureFactory(version=one, practice=member)
                MembershipFactory(chin=version.agreement.chin)
                PartyFactory(agreement=version.agreement)
                services.record(
                    by=None, version=version, party=PartyFactory(agreement=version.agreement), name="A", role="B",
                    day=GIVEN, file_name="a.pdf", file=scan().file,
                )  # fmt: skip

        addresses = [
            reverse("agreements:agreement_list"),
            url("agreement_detail"),
            f"/chins/{version.agreement.chin.slug}/",
        ]
        grow(1)
        few = [queries(address) for address in addresses]
        grow(6)
        assert [queries(address) for address in addresses] == few

    def test_a_chin_and_a_practice_show_their_agreements(
        self, manager: Client, version: Version, practice: Any
    ) -> None:
        sign(version, practice)
        assertContains(manager.get(f"/chins/{version.agreement.chin.slug}/"), "Memorandum of information")
        assertContains(manager.get(f"/practices/{practice.ods_code}/"), "Memorandum of information")

    def test_comments_and_files_hang_on_it_for_whoever_may_see_it(self, version: Version, practice: Any) -> None:
        from cc2h.accounts import authority
        from cc2h.accounts.authority import Action

        user = person(Role.PRACTICE_MANAGER, of=practice)
        user.authority = authority.of(user, LATER)
        found = records.find(user, TODAY, "agreement", "moi")
        assert found is not None
        assert authority.can(user, Action.ADD_COMMENT, found)
        assert (
            records.find(person(Role.BOARD_MEMBER, of=version.agreement.commissioner), TODAY, "agreement", "moi")
            is None
        )
