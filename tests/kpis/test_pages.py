"""The pages of the library: what is measured, how it is defined, and who sees whose values."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.kit.dated import StaleRecord, recording_at
from cc2h.kit.history import ChangedMeanwhile, version
from kpis import services, shipped
from kpis.models import Definition, Impact, Initiative, Measure, PracticeValue
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person
from tests.factories.kpis import a_measure, value

pytestmark = pytest.mark.django_db
FACTS: dict[str, Any] = {
    "name": "Smokers", "meaning": "Who smokes.", "why": "", "numerator": "smokers", "denominator": "patients",
    "kind": "proportion", "multiplier": 100, "unit": "%", "places": 1, "better": "down", "months": 12, "source": "QOF",
    "suppress_below": 5,
}  # fmt: skip


@pytest.fixture
def barnet() -> Any:
    return CommissionerFactory(barnet=True)


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


@pytest.fixture
def manager(barnet: Any) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, barnet)


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


# The list, the impacts ---------------------------------------------------------------------------------


def test_the_library_says_what_has_no_data_and_no_target_yet(manager: Client) -> None:
    value(a_measure("counted"), ends=date(2018, 3, 31))
    a_measure("uncounted")
    page = text(manager, "kpis:measure_list")
    assert "2017/18" in page
    assert "No data yet" in page
    assert "No target yet" in page
    assert "uncounted" not in text(manager, "kpis:measure_list", state="values").lower().replace(
        "/measures/uncounted", ""
    )
    assert ">Uncounted<" in text(manager, "kpis:measure_list", state="no-values")
    assert ">Counted<" in text(manager, "kpis:measure_list", state="no-target")


def test_the_library_is_filtered_by_initiative_and_word_and_taken_away(manager: Client) -> None:
    a_measure("counted")
    extended = a_measure("minutes")
    Measure.objects.filter(pk=extended.pk).update(initiative=Initiative.EXTENDED_ACCESS)
    assert ">Counted<" not in text(manager, "kpis:measure_list", initiative="extended_access")
    assert ">Minutes<" not in text(manager, "kpis:measure_list", q="count")
    exported = b"".join(manager.get(reverse("kpis:measure_list"), {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert b"counted,Counted,chins" in exported


def test_an_impact_without_a_valid_measure_says_so(manager: Client) -> None:
    shipped.load()
    page = text(manager, "kpis:impact_list")
    without = Impact.objects.filter(measures=None).count()
    assert page.count("No KPI evidences this impact") == without
    assert without > 4
    assert "13 impacts" not in page
    assert "27 impacts" in page


# A measure ---------------------------------------------------------------------------------------------


def test_a_measure_tells_its_definition_and_what_came_before(manager: Client) -> None:
    measure = a_measure("changing", first=date(2016, 4, 1), last=date(2017, 12, 31), name="The old way")
    services.define_anew(by=None, measure=measure, first=date(2018, 1, 1), breaks=True, **FACTS)
    page = text(manager, "kpis:measure_detail", "changing", as_at="2018-12-06")
    assert "<h1" in page
    assert "Smokers" in page
    assert "Other definitions" in page
    assert "The old way" in page
    assert "No data yet" in page
    assert "The old way</h1>" in text(manager, "kpis:measure_detail", "changing", as_at="2017-06-30").replace(
        " </h1>", "</h1>"
    )


def test_the_pages_ask_no_more_for_more_rows(manager: Client, barnet: Any) -> None:
    def asked() -> list[int]:
        counts = []
        for name, args in (
            ("kpis:measure_list", ()),
            ("kpis:measure_detail", (measure.code,)),
            ("kpis:value_list", (measure.code,)),
            ("kpis:impact_list", ()),
        ):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert manager.get(reverse(name, args=args)).status_code == 200
            counts.append(len(queries))
        return counts

    measure = a_measure("counted")
    practices = [PracticeFactory(commissioner=barnet) for _ in range(3)]
    value(measure, practices[0])
    asked()
    few = asked()
    for practice in practices[1:]:
        value(measure, practice)
        value(measure, practice, ends=date(2017, 3, 31))
        value(a_measure(), practice)
    assert asked() == few
    assert max(few) <= 18  # of which four are the frame’s, five the history’s, one whom it belongs to


# Values ------------------------------------------------------------------------------------------------


def test_values_are_shown_with_their_file_and_row_and_the_untold_as_untold(manager: Client, barnet: Any) -> None:
    measure = a_measure("counted")
    value(measure, PracticeFactory(commissioner=barnet), numerator=3, denominator=8)
    value(measure, PracticeFactory(commissioner=barnet), numerator=None, suppressed=True)
    page = text(manager, "kpis:value_list", "counted")
    assert "37.5%" in page
    assert "not told (small number)" in page
    assert "2017/18" in page


def test_a_revised_value_is_read_as_it_was_known(manager: Client, barnet: Any) -> None:
    with recording_at(datetime(2018, 4, 1, tzinfo=UTC)):
        measure, practice = a_measure("counted"), PracticeFactory(commissioner=barnet)
    then, since = datetime(2018, 5, 1, tzinfo=UTC), datetime(2018, 7, 1, tzinfo=UTC)
    value(measure, practice, numerator=10, recorded_at=then)
    PracticeValue.objects.update(superseded_at=since)
    value(measure, practice, numerator=20, recorded_at=since)
    assert "20.0%" in text(manager, "kpis:value_list", "counted")
    assert "revised" in text(manager, "kpis:value_list", "counted")
    earlier = text(manager, "kpis:value_list", "counted", known="2018-06-01")
    assert "10.0%" in earlier
    assert "20.0%" not in earlier


def test_an_unpublished_value_names_its_practice_to_its_own_alone(barnet: Any) -> None:
    chin = ChinFactory(commissioner=barnet)
    measure, inside = a_measure("counted"), MembershipFactory(chin=chin).practice
    outside = PracticeFactory(commissioner=barnet)
    value(measure, inside, published=False)
    value(measure, outside, published=False)
    value(measure, PracticeFactory(commissioner=barnet), published=True)

    def seen(role: Role, of: Any) -> int:
        rows = signed_in(role, of).get(f"/api/v1{reverse('kpis:value_list', args=['counted'])}").json()["rows"]
        return len(rows)

    assert seen(Role.TRANSFORMATION_MANAGER, barnet) == 3
    assert seen(Role.CHIN_LEAD, chin) == 2
    assert seen(Role.PRACTICE_MANAGER, inside) == 2
    assert seen(Role.PRACTICE_MANAGER, outside) == 2
    assert seen(Role.BOARD_MEMBER, barnet) == 1


# Keeping it --------------------------------------------------------------------------------------------


def test_a_manager_adds_a_measure_and_a_board_member_may_not(manager: Client, barnet: Any) -> None:
    typed = {
        **FACTS,
        "code": "smokers",
        "initiative": "chins",
        "first": "2016-04-01",
        "external_codes": "QOF SMOK\nQOF SMOK",
    }
    assert manager.post(reverse("kpis:measure_add"), typed).status_code == 302
    measure = Measure.objects.get(code="smokers")
    assert measure.external_codes == ["QOF SMOK"]
    assert measure.definitions.get().name == "Smokers"
    assert signed_in(Role.BOARD_MEMBER, barnet).get(reverse("kpis:measure_add")).status_code == 403


@pytest.mark.parametrize("code", ["add", "Smokers", "smo kers", "-smokers"])
def test_a_code_is_no_address_and_of_small_letters(code: str) -> None:
    with pytest.raises(ValidationError):
        services.add_measure(
            by=None, code=code, initiative="chins", impacts=[], external_codes=[], first=date(2016, 4, 1), **FACTS
        )


def test_a_publisher_s_name_leads_to_one_measure() -> None:
    first = a_measure("first")
    services.change_measure(
        by=None, measure=first, seen=version(first), initiative="qists", impacts=[], external_codes=["QOF DM"]
    )
    second = a_measure("second")
    with pytest.raises(ValidationError, match="already a name of first"):
        services.change_measure(
            by=None, measure=second, seen=version(second), initiative="qists", impacts=[], external_codes=["QOF DM"]
        )


def test_a_measure_changed_meanwhile_is_not_overwritten() -> None:
    measure = a_measure("first")
    seen = version(measure)
    services.change_measure(by=None, measure=measure, seen=seen, initiative="qists", impacts=[], external_codes=[])
    with pytest.raises(ChangedMeanwhile):
        services.change_measure(by=None, measure=measure, seen=seen, initiative="chins", impacts=[], external_codes=[])


def test_a_new_definition_ends_the_one_before_the_day_before() -> None:
    measure = a_measure("first", first=date(2016, 4, 1))
    services.define_anew(by=None, measure=measure, first=date(2018, 4, 1), breaks=True, **FACTS)
    old, new = Definition.objects.held().filter(measure=measure).order_by("period")
    assert (old.last_day, new.first_day, new.breaks) == (date(2018, 3, 31), date(2018, 4, 1), True)
    with pytest.raises(ValidationError, match="newest definition begins"):
        services.define_anew(by=None, measure=measure, first=date(2018, 4, 1), breaks=True, **FACTS)


def test_a_corrected_definition_keeps_what_was_recorded() -> None:
    measure = a_measure("first")
    definition = measure.definitions.get()
    services.correct_definition(by=None, definition=definition, reason="A slip", **FACTS)
    assert Definition.objects.held().get(measure=measure).name == "Smokers"
    assert Definition.objects.filter(measure=measure).count() == 2
    with pytest.raises(StaleRecord):
        services.correct_definition(by=None, definition=definition, reason="Again", **FACTS)


def test_whoever_owns_a_definition_does_not_check_it(manager: Client) -> None:
    definition = a_measure("first").definitions.get()
    typed = {"owner": "analyst", "checked_by": "analyst", "review_on": "2019-04-01", "reason": "Set up"}
    page = manager.post(reverse("kpis:definition_owner", args=[definition.pk]), typed)
    assert "does not check it" in page.content.decode()
    manager.post(reverse("kpis:definition_owner", args=[definition.pk]), {**typed, "checked_by": "clinical_lead"})
    kept = Definition.objects.held().get(measure=definition.measure)
    assert (kept.owner, kept.checked_by, kept.review_on) == ("analyst", "clinical_lead", date(2019, 4, 1))
