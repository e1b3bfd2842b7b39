"""What can't be kept is refused in words, whoever catches it: the record's own fields, or the database."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cc2h.kit import dated
from cc2h.kit.problems import check, told
from chins.models import Chin, Membership, Partner
from practices.models import Commissioner, PracticeDetail
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PartnerFactory, PracticeFactory

pytestmark = pytest.mark.django_db
MAY, JUNE = date(2018, 5, 1), date(2018, 6, 1)


def refused(act: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal, told(), transaction.atomic():
        act()
    found: list[str] = refusal.value.messages
    return found


def test_the_database_names_the_record_in_the_way() -> None:
    membership = MembershipFactory(
        practice=PracticeFactory(ods_code="E83003"), chin=ChinFactory(name="Finchley"), first=MAY
    )
    other = ChinFactory(commissioner=membership.chin.commissioner)
    assert refused(lambda: dated.record(Membership, by=None, first=JUNE, practice=membership.practice, chin=other)) == [
        "The practice is already in a CHIN for some of these days: E83003 in Finchley, from 1 May 2018."
    ]


def test_also_where_its_name_has_commas_and_brackets() -> None:
    partner = PartnerFactory(organisation="Age UK, (Barnet), [north]", first=MAY, last=JUNE)
    assert refused(
        lambda: dated.record(
            Partner, by=None, first=MAY, chin=partner.chin, organisation=partner.organisation, sector="voluntary"
        )
    ) == [
        "This organisation is already a partner on some of these days: Age UK, (Barnet), [north], "
        "1 May 2018 to 1 June 2018."
    ]


def test_a_text_too_long_for_its_column_is_no_fault_of_the_portal() -> None:
    chin = ChinFactory()
    assert refused(lambda: Chin.objects.filter(pk=chin.pk).update(name="x" * 200)) == [
        "One of the texts is longer than the portal can keep. Shorten it."
    ]


def test_every_field_that_can_t_hold_its_value_is_named() -> None:
    chin = Chin(name="x" * 151, code="U4011", focus_areas=["Diabetes", "y" * 81], slug="a", kind="chin")
    with pytest.raises(ValidationError) as refusal:
        check(chin)
    assert sorted(refusal.value.messages) == [
        "Focus areas: at most 80 characters; this has 81.",
        "Name: at most 150 characters; this has 151.",
        "ODS code of the network: The code of a primary care network is U and five digits, like U40115.",
    ]
    assert {error.params["field"] for error in refusal.value.error_list} == {"name", "code", "focus_areas"}


def test_a_dated_record_is_checked_when_it_is_recorded_and_when_it_is_corrected() -> None:
    practice = PracticeFactory()
    detail = practice.details.get()
    with pytest.raises(ValidationError, match="Name: it can’t be empty"):
        dated.correct(detail, by=None, reason="x", name="")
    with pytest.raises(ValidationError, match="Name: at most 200 characters; this has 201"):
        dated.record(PracticeDetail, by=None, first=MAY, practice=practice, name="x" * 201)


@pytest.mark.parametrize("code", ["07M", "93C", "QMJ", "7A1", "D9Y0V"])
def test_codes_of_commissioners_old_and_new(code: str) -> None:
    assert CommissionerFactory(ods_code=code).pk


@pytest.mark.parametrize("code", ["07", "07m", "07M0", "07M00", "07 M", ""])
def test_the_database_takes_no_other_code_of_a_commissioner(code: str) -> None:
    assert "three letters and digits" in refused(lambda: CommissionerFactory(ods_code=code))[0]
    assert not Commissioner.objects.exists()


@pytest.mark.parametrize("code", ["U4011", "u40115", "E83003"])
def test_the_database_takes_no_other_code_of_a_network(code: str) -> None:
    assert "U and five digits" in refused(lambda: ChinFactory(code=code))[0]
