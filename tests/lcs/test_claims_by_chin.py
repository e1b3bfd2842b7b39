"""Claims by CHIN and state: how many, what they come to, and for how long they have been waiting."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budget.lcs import claims
from cc2h.accounts.authority import Role
from cc2h.kit.figures import measured
from tests.factories import ChinFactory, ClaimFactory, StageFactory, UserFactory
from tests.lcs.test_claim_pages import client, opened
from tests.lcs.test_claims import DAY, pledged

pytestmark = pytest.mark.django_db

ADDRESS = reverse("lcs:claims_by_chin")
AT = {"as_at": "2018-12-06"}


@pytest.fixture
def stage() -> Any:
    """Claims of two CHINs and of none: 64, 30 and 3 days waiting, one payable, one still open."""
    one, other = ChinFactory(name="CHIN North"), ChinFactory(name="CHIN South")
    other.__class__.objects.filter(pk=other.pk).update(commissioner=one.commissioner)
    stage = StageFactory(
        service__line__source__commissioner=one.commissioner, service__line__commissioner=one.commissioner
    )
    pledged(stage, UserFactory(), practice=opened(one, stage).practice)
    waits = pledged(stage, UserFactory(), practice=opened(one, stage).practice)
    claims.accept(by=UserFactory(), claim=waits, day=DAY)
    opened(one, stage)
    for days in (30, 3):
        claim = ClaimFactory(stage=stage)
        sent = date(2018, 12, 6) - timedelta(days=days)
        claims.enter(by=None, claim=claim, given=[claims.Given(stage.outputs.get(), pledged=True)], day=sent)
        claims.send(by=None, claim=claim, day=sent)
    return stage


def manager(stage: Any) -> Client:
    return client(Role.TRANSFORMATION_MANAGER, stage.service.line.commissioner)


def test_every_number_of_it_leads_to_its_claims(stage: Any) -> None:
    reader = manager(stage)
    html = reader.get(ADDRESS, AT).content.decode()
    links = re.findall(r'data-part="([^"]*)" data-value="([^"]*)" data-measure="([^"]*)" data-csv="([^"]*)"', html)
    assert len(links) > 60
    for name, value, measure, address in {one for one in links if one[1] not in ("0", "0.00")}:
        answer = reader.get(unescape(address))
        found = measured(measure, csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
        assert Decimal(str(found or 0)) == Decimal(value), (name, address)


def test_says_for_how_long_they_wait_and_what_they_come_to(stage: Any) -> None:
    found = manager(stage).get(f"/api/v1{ADDRESS}", AT).json()
    rows = {(one["chin_name"], one["state"], one["waiting"]): (one["claims"], one["comes_to"]) for one in found["rows"]}
    assert rows == {
        ("CHIN North", "sent", "29 to 90 days"): (1, 1500.0),
        ("CHIN North", "payable", None): (1, 1500.0),
        ("CHIN North", "open", None): (1, 1500.0),
        (None, "sent", "29 to 90 days"): (1, 1500.0),
        (None, "sent", "0 to 7 days"): (1, 1500.0),
    }


def test_is_taken_along_as_a_file(stage: Any) -> None:
    answer = manager(stage).get(ADDRESS, {**AT, "format": "csv"})
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert sum(int(row["claims"]) for row in rows) == 5
    assert {row["waiting"] for row in rows} == {"", "0 to 7 days", "29 to 90 days"}


def test_by_as_many_statements_however_many_claims(stage: Any) -> None:
    reader = manager(stage)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(ADDRESS, AT).status_code == 200
        return len(queries)

    asked()
    before = asked()
    for _ in range(6):
        opened(ChinFactory(commissioner=stage.service.line.commissioner), stage)
    assert asked() == before


def test_of_a_service_that_is_none_there_is_no_page(stage: Any) -> None:
    assert manager(stage).get(ADDRESS, {"service": "nothing"}).status_code == 404
