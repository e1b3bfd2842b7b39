"""The day a page is seen by stands in the URL, is read once, and never breaks a page."""

from datetime import date

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cc2h.kit.asat import AsAt, AsAtMiddleware, asat_of
from cc2h.kit.days import today

pytestmark = pytest.mark.django_db


def seen(query: str) -> tuple[HttpResponse, AsAt]:
    request: HttpRequest = RequestFactory().get(f"/{query}")
    response = AsAtMiddleware(lambda r: HttpResponse("page"))(request)
    return response, asat_of(request)


def test_without_a_day_the_page_is_about_today() -> None:
    response, asat = seen("")
    assert response.status_code == 200
    assert asat == AsAt(today(), None, today())
    assert asat.is_today
    assert asat.query() == {}


def test_both_days_are_read_and_carried_on() -> None:
    _, asat = seen("?as_at=2018-12-06&known=2018-12-10")
    assert (asat.day, asat.known) == (date(2018, 12, 6), date(2018, 12, 10))
    assert asat.query() == {"as_at": "2018-12-06", "known": "2018-12-10"}
    assert asat.known_at is not None
    assert asat.known_at.isoformat() == "2018-12-11T00:00:00+00:00"


def test_what_is_known_today_is_what_is_held_now() -> None:
    _, asat = seen(f"?known={today():%Y-%m-%d}")
    assert asat.known is None


def test_a_day_in_the_future_is_allowed_and_says_so() -> None:
    _, asat = seen("?as_at=2090-01-01")
    assert asat.is_future
    assert not asat.is_today


@pytest.mark.parametrize("query", ["?as_at=2018-02-29", "?as_at=yesterday", "?known=2018-99-99", "?known=2090-01-01"])
def test_a_day_that_cannot_be_read_is_a_plain_page(query: str) -> None:
    response, asat = seen(query)
    assert response.status_code == 400
    assert b"day" in response.content
    assert asat.is_today


@pytest.mark.parametrize("address", ["/practices/?commissioner=%00", "/dashboard/%00/"])
def test_a_nul_in_the_address_is_refused_before_the_database_sees_it(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400
