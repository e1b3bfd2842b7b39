"""What counts as signed on a day, and what the database refuses."""

import hashlib
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budget.agreements import services
from budget.agreements.models import Signature, Version
from budget.agreements.queries import signed
from cc2h.kit.writing import writing
from tests.budget.ground import at_once, refused
from tests.factories import (
    AgreementFactory,
    ChinFactory,
    CommissionerFactory,
    MembershipFactory,
    PartyFactory,
    PracticeFactory,
    SignatureFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

MADE, GIVEN, LATER = date(2018, 10, 1), date(2018, 10, 5), date(2018, 12, 6)
WORDS = "memorandum of information, version 1, signed on 5 October 2018"
SCAN = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n"


@pytest.fixture
def version() -> Version:
    made: Version = VersionFactory(agreement__title="Memorandum of information")
    return made


@pytest.fixture
def practice(version: Version) -> Any:
    return MembershipFactory(chin=version.agreement.chin).practice


def sign(version: Version, practice: Any, **changes: Any) -> Signature:
    given = {"name": "A manager", "role": "Practice manager", "sha256": version.sha256, "today": GIVEN, "by": None}
    return services.sign(version=version, practice=practice, **given | changes)


def next_version(version: Version, **changes: Any) -> Version:
    given = {"by": None, "agreement": version.agreement, "after": version.number, "from_day": date(2018, 11, 1)}
    return services.add_version(**given | {"text": "Other words."} | changes)


class TestWhatCounts:
    def test_a_signature_counts_from_its_day_for_its_practice_alone(self, version: Version, practice: Any) -> None:
        holding_out = MembershipFactory(chin=version.agreement.chin).practice
        sign(version, practice)
        both = [practice.pk, holding_out.pk]
        assert signed(both, "moi", GIVEN) == {practice.pk: WORDS}
        assert signed(both, "moi", LATER) == {practice.pk: WORDS}
        assert signed(both, "moi", date(2018, 10, 4)) == {}
        assert signed(both, "dsa", LATER) == {}

    def test_any_number_of_practices_is_one_query(self, version: Version) -> None:
        members = [MembershipFactory(chin=version.agreement.chin).practice for _ in range(5)]
        for one in members:
            sign(version, one)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(signed([one.pk for one in members], "moi", LATER)) == 5
        assert len(asked) == 1

    def test_a_new_version_is_signed_anew(self, version: Version, practice: Any) -> None:
        sign(version, practice)
        second = next_version(version)
        assert signed([practice.pk], "moi", date(2018, 10, 31)) == {practice.pk: WORDS}
        assert signed([practice.pk], "moi", LATER) == {}
        sign(second, practice, today=LATER)
        assert signed([practice.pk], "moi", LATER)[practice.pk].startswith("memorandum of information, version 2")

    def test_unless_it_is_said_that_nobody_need_sign_it_anew(self, version: Version, practice: Any) -> None:
        sign(version, practice)
        next_version(version, anew=False)
        assert signed([practice.pk], "moi", LATER) == {practice.pk: WORDS}

    def test_a_practice_that_moves_to_another_chin_signs_there(self, version: Version) -> None:
        moved = MembershipFactory(chin=version.agreement.chin, last=date(2018, 10, 31)).practice
        MembershipFactory(
            practice=moved, chin=ChinFactory(commissioner=version.agreement.commissioner), first=date(2018, 11, 1)
        )
        SignatureFactory(version=version, practice=moved)
        assert signed([moved.pk], "moi", date(2018, 10, 31)) == {moved.pk: WORDS}
        assert signed([moved.pk], "moi", LATER) == {}

    def test_an_agreement_that_has_ended_does_not_count(self, version: Version, practice: Any) -> None:
        sign(version, practice)
        services.end(by=None, agreement=version.agreement, ended_on=date(2018, 11, 30), why="Replaced")
        assert signed([practice.pk], "moi", date(2018, 11, 30)) == {practice.pk: WORDS}
        assert signed([practice.pk], "moi", date(2018, 12, 1)) == {}

    def test_a_signature_that_is_withdrawn_does_not_count_from_that_day_and_can_be_given_again(
        self, version: Version, practice: Any
    ) -> None:
        first = sign(version, practice)
        services.withdraw(by=None, signature=first, day=date(2018, 11, 1), reason="Signed by the wrong person")
        assert signed([practice.pk], "moi", date(2018, 10, 31)) == {practice.pk: WORDS}
        assert signed([practice.pk], "moi", LATER) == {}
        sign(version, practice, today=date(2018, 11, 2))
        assert practice.pk in signed([practice.pk], "moi", LATER)
        assert refused(lambda: sign(version, practice)) == "It is signed already."

    def test_a_practice_outside_the_chin_counts_as_a_party_of_its_own(self, version: Version) -> None:
        other = PracticeFactory(commissioner=version.agreement.commissioner)
        assert refused(lambda: sign(version, other)) == "The practice is not a party to this agreement."
        party = PartyFactory(agreement=version.agreement, practice=other)
        sign(version, other)
        assert signed([other.pk], "moi", LATER) == {other.pk: WORDS}
        services.end_party(by=None, party=party, left_on=date(2018, 10, 31))
        assert signed([other.pk], "moi", LATER) == {}


class TestWhatIsRefused:
    def test_words_that_were_not_on_the_page(self, version: Version, practice: Any) -> None:
        said = refused(lambda: sign(version, practice, sha256=hashlib.sha256(b"other").hexdigest()))
        assert said == "What was signed is not what this version says. Read it again."

    def test_a_version_that_has_been_replaced(self, version: Version, practice: Any) -> None:
        next_version(version)
        said = refused(lambda: sign(version, practice))
        assert said == "There is a newer version meanwhile. Read it, and sign that."

    def test_a_day_to_come(self, version: Version, practice: Any) -> None:
        assert "today or on an earlier day" in refused(lambda: sign(version, practice, today=date(2099, 1, 1)))

    def test_a_signature_after_the_end(self, version: Version, practice: Any) -> None:
        services.end(by=None, agreement=version.agreement, ended_on=MADE, why="Replaced")
        assert "has ended" in refused(lambda: sign(version, practice))
        assert "has ended" in refused(lambda: next_version(version))
        assert "already" in refused(
            lambda: services.end(by=None, agreement=version.agreement, ended_on=MADE, why="Again")
        )

    def test_a_second_version_from_the_same_page(self, version: Version) -> None:
        next_version(version)
        assert refused(lambda: next_version(version)) == (
            "Somebody else has brought a new version meanwhile. Look at that first."
        )

    def test_a_version_before_the_one_before_it_or_with_neither_text_nor_file(self, version: Version) -> None:
        assert "does not begin before" in refused(lambda: next_version(version, from_day=date(2018, 9, 1)))
        assert "one of the two" in refused(lambda: next_version(version, text=" "))
        assert "one of the two" in refused(lambda: next_version(version, file=BytesIO(SCAN), name="a.pdf"))

    @pytest.mark.parametrize("table", ["version", "signature", "withdrawal", "document", "documentpiece"])
    def test_any_change_of_what_was_signed(self, version: Version, practice: Any, table: str) -> None:
        given = services.record(
            by=None, version=version, practice=practice, name="A", role="B", day=GIVEN, file_name="a.pdf",
            file=BytesIO(SCAN),
        )  # fmt: skip
        services.withdraw(by=None, signature=given, day=LATER, reason="x")
        for statement in (f"UPDATE agreements_{table} SET id = id", f"DELETE FROM agreements_{table}"):

            def change(statement: str = statement) -> None:
                with writing(None), connection.cursor() as cursor:
                    cursor.execute(statement)

            with pytest.raises(Exception, match="pgtrigger"):
                change()

    def test_a_party_twice(self, version: Version) -> None:
        given = {"by": None, "agreement": version.agreement, "joined_on": MADE}
        services.add_party(organisation="Barnet Federated GPs", **given)
        assert refused(lambda: services.add_party(organisation="Barnet  Federated GPs", **given)) == (
            "It is a party already."
        )


class TestOnPaper:
    def test_staff_enter_what_came_by_mail_with_its_scan(self, version: Version, practice: Any) -> None:
        officer = UserFactory()
        given = services.record(
            by=officer, version=version, practice=practice, name="A  partner", role="GP partner", day=GIVEN,
            file_name="../../signed\x00 page.pdf", file=BytesIO(SCAN),
        )  # fmt: skip
        assert given.scan is not None
        assert (given.name, given.scan.file_name, given.scan.sha256, given.by) == (
            "A partner", "signed page.pdf", hashlib.sha256(SCAN).hexdigest(), officer,
        )  # fmt: skip
        assert signed([practice.pk], "moi", LATER) == {practice.pk: WORDS}

    @pytest.mark.parametrize(
        ("name", "data", "said"),
        [
            ("a.pdf", b"", "The file is empty."),
            ("a.pdf", b"MZ\x90\x00\x03", "content of this file is none of them"),
            ("a.pdf", SCAN.replace(b"<<>>", b"<</JS(x)>>"), "carries a script"),
            ("a.exe", SCAN, "name of this file ends otherwise"),
        ],
    )
    def test_a_file_that_is_refused_leaves_nothing(
        self, version: Version, practice: Any, name: str, data: bytes, said: str
    ) -> None:
        assert said in refused(
            lambda: services.record(
                by=None, version=version, practice=practice, name="A", role="B", day=GIVEN, file_name=name,
                file=BytesIO(data),
            )
        )  # fmt: skip
        assert not Signature.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_eight_who_sign_for_a_practice_at_once_one_does(self) -> None:
        version = VersionFactory()
        practice = MembershipFactory(chin=version.agreement.chin).practice
        found = at_once(8, lambda _: sign(version, practice))
        assert len([one for one in found if isinstance(one, Signature)]) == 1
        assert Signature.objects.count() == 1

    def test_nobody_signs_what_is_replaced_at_the_same_moment_unseen(self) -> None:
        version = VersionFactory()
        practices = [MembershipFactory(chin=version.agreement.chin).practice for _ in range(4)]

        def act(place: int) -> Any:
            return next_version(version) if place == 0 else sign(version, practices[place - 1])

        found = at_once(5, act)
        assert isinstance(found[0], Version)
        refusals = [str(one) for one in found if not isinstance(one, Signature | Version)]
        assert all("newer version" in one for one in refusals)
        assert Signature.objects.filter(version=version).count() == 4 - len(refusals)
        assert Signature.objects.filter(version=found[0]).count() == 0

    def test_of_two_new_versions_at_once_one_is_the_next(self) -> None:
        version = VersionFactory()
        found = at_once(2, lambda _: next_version(version))
        assert sorted(type(one).__name__ for one in found) == ["ValidationError", "Version"]


def test_an_agreement_gets_a_place_in_addresses_of_its_own() -> None:
    chin = ChinFactory(name="CHIN 1")
    given = {"by": None, "commissioner": chin.commissioner, "kind": "moi", "title": "Memorandum of information"}
    assert services.add(chin=chin, **given).slug == "chin-1-memorandum-of-information"
    assert refused(lambda: services.add(chin=chin, **given)) == "There is an agreement of that title already."
    assert AgreementFactory(title=given["title"]).slug != "chin-1-memorandum-of-information"


def test_an_agreement_is_of_a_chin_of_its_commissioner() -> None:
    said = refused(
        lambda: services.add(
            by=None, commissioner=CommissionerFactory(), chin=ChinFactory(), kind="moi", title="Memorandum"
        )
    )
    assert said == "The CHIN is of another commissioner than the agreement."
