"""Outcome objectives: three kinds, each tied to a measure and a target, with who agreed; progress is one page."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.accounts.records import Record
from cc2h.kit.asat import AsAt
from kpis import objectives
from kpis.models import Level, Objective, RollUp
from tests.factories import ChinFactory, CommissionerFactory, person
from tests.factories.kpis import a_measure, an_objective, rolled_up
from tests.factories.qists import QistFactory, served

pytestmark = pytest.mark.django_db


@pytest.fixture
def chin() -> Any:
    return ChinFactory(commissioner=CommissionerFactory(barnet=True))


@pytest.fixture
def manager(chin: Any) -> Client:
    client = Client()
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner))
    return client


def page_of(client: Client, chin: Any, **query: str) -> str:
    response = client.get(reverse("kpis:objective_detail", args=["chin", chin.slug]), query)
    return " ".join(response.content.decode().split())


def test_progress_stands_beside_the_target_and_says_if_it_is_reached(manager: Client, chin: Any) -> None:
    reached, missed, without = a_measure("reached"), a_measure("missed"), a_measure("without")
    an_objective(chin, reached)
    an_objective(chin, missed, outcome="experience")
    an_objective(chin, without, target=None)
    rolled_up(reached, chin, 45)
    rolled_up(missed, chin, 35)
    page = page_of(manager, chin)
    assert "45.0%" in page
    assert ">Reached<" in page
    assert ">Not reached<" in page
    assert "No target yet" in page
    assert "No data yet" in page
    assert "No objective of this kind is agreed by this day." in page


def test_an_objective_is_agreed_changed_and_ended_and_each_day_knows_its_own(manager: Client, chin: Any) -> None:
    measure = a_measure("sugar")
    typed = {
        "outcome": "health",
        "text": "Sugar in hand",
        "measure": measure.pk,
        "target": "65",
        "agreed_by": "Its board",
    }
    added = manager.post(reverse("kpis:objective_add", args=["chin", chin.slug]), {**typed, "first": "2018-04-01"})
    assert added.status_code == 302
    one = Objective.objects.get()
    manager.post(reverse("kpis:objective_correct", args=[one.pk]), {**typed, "target": "", "reason": "None was agreed"})
    corrected = Objective.objects.held().get()
    assert (corrected.target, corrected.text) == (None, "Sugar in hand")
    manager.post(
        reverse("kpis:objective_end", args=[corrected.pk]), {"last": "2018-09-30", "reason": "Another took its place"}
    )
    assert "Sugar in hand" in page_of(manager, chin, as_at="2018-06-01")
    assert "Sugar in hand" not in page_of(manager, chin, as_at="2018-12-06")


def test_who_agreed_is_said(manager: Client, chin: Any) -> None:
    an_objective(chin, a_measure("sugar"))
    page = manager.get(reverse("kpis:objective_list")).content.decode()
    assert chin.name in page
    measure = a_measure()
    record = Record("chin", chin.slug, chin.name, chin.authority_target())
    with pytest.raises(ValidationError):
        objectives.agree(
            by=None,
            record=record,
            outcome="health",
            text="x",
            measure=measure,
            target=Decimal(1),
            agreed_by=" ",
            first=date(2018, 4, 1),
        )


def test_only_a_chin_or_a_qist_agrees(chin: Any) -> None:
    measure = a_measure()
    with pytest.raises(IntegrityError), transaction.atomic():
        an_objective(chin, measure, kind="practice")
    an_objective(chin, measure)
    with pytest.raises(IntegrityError, match="kpis_objective_one_a_day"), transaction.atomic():
        an_objective(chin, measure)


def test_a_chin_lead_reads_and_does_not_keep(chin: Any) -> None:
    client = Client()
    client.force_login(person(Role.CHIN_LEAD, of=chin))
    assert client.get(reverse("kpis:objective_detail", args=["chin", chin.slug])).status_code == 200
    expected = 200 if person(Role.CHIN_LEAD, of=chin).authority.may("keep_measures") else 403
    assert client.get(reverse("kpis:objective_add", args=["chin", chin.slug])).status_code == expected
    assert client.get(reverse("kpis:objective_detail", args=["practice", "E83001"])).status_code == 404


def test_a_qist_has_what_the_chins_it_serves_have_together_on_the_day(manager: Client, chin: Any) -> None:
    qist = QistFactory(commissioner=chin.commissioner, slug="d-qist")
    other = ChinFactory(commissioner=chin.commissioner)
    served(qist, chin)
    served(qist, other, first=date(2018, 9, 1))
    measure = a_measure("sugar")
    an_objective(qist, measure, kind="qist", target=Decimal(50))
    rolled_up(measure, chin, 60)
    RollUp.objects.create(
        measure=measure, level=Level.CHIN, group=other.pk, ends=date(2018, 3, 31), months=12, numerator=60,
        denominator=300, practices=4, practices_with_value=3, patients=400, patients_with_value=300,
    )  # fmt: skip

    def seen(day: date) -> objectives.Progress:
        asat = AsAt(day, None, date(2018, 12, 6))
        (found,) = objectives.progress(Record("qist", "d-qist", "D-QIST", chin.authority_target()), asat, None)[
            "health"
        ]
        return found

    early, late = seen(date(2018, 6, 1)), seen(date(2018, 12, 6))
    assert (early.value, early.reached) == (60, True)
    assert (late.value, late.reached) == (30, False)  # 120 of 400, not the mean of 60 and 20
    assert late.newest is not None
    assert late.newest.missing == "1 practice of 9 without a number (20.0% of patients)"
    answer = manager.get(reverse("kpis:objective_detail", args=["qist", "d-qist"]), {"as_at": "2018-12-06"})
    page = answer.content.decode()
    assert "30.0%" in page
    assert "1 practice of 9 without a number" in page


def test_a_chin_without_the_newest_period_is_said_and_not_guessed(chin: Any) -> None:
    qist = QistFactory(commissioner=chin.commissioner, slug="d-qist")
    served(qist, chin)
    served(qist, ChinFactory(commissioner=chin.commissioner))
    measure = a_measure("sugar")
    an_objective(qist, measure, kind="qist")
    rolled_up(measure, chin, 45)
    asat = AsAt(date(2018, 12, 6), None, date(2018, 12, 6))
    (found,) = objectives.progress(Record("qist", "d-qist", "D-QIST", chin.authority_target()), asat, None)["health"]
    assert found.newest is not None
    assert (found.value, found.newest.missing) == (45, "1 CHIN of 2 without a number")


def test_what_can_not_be_added_up_is_not_said_to_be_missing(manager: Client, chin: Any) -> None:
    measure = a_measure("score", kind="mean")
    an_objective(chin, measure)
    rolled_up(measure, chin, 45)
    RollUp.objects.update(numerator=None, denominator=None, practices_with_value=0, patients_with_value=0)
    assert "Can’t be added up" in page_of(manager, chin)
