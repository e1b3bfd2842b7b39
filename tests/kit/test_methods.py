"""Pages are read and forms are sent; nothing else is done to an address."""

from typing import Any

import pytest
from django.test import Client

from cc2h.accounts.authority import Role
from tests.factories import ChinFactory, CommissionerFactory, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("address", ["/practices/open/", "/chins/north/edit/", "/chins/north/", "/imports/bring/", "/"])
@pytest.mark.parametrize("checked", [True, False])
def test_another_method_than_a_pages_is_not_allowed_on_any_address(address: str, method: str, checked: bool) -> None:
    barnet = CommissionerFactory(barnet=True)
    ChinFactory(commissioner=barnet, slug="north")
    client: Any = Client(enforce_csrf_checks=checked)
    client.force_login(person(Role.TRANSFORMATION_MANAGER, of=barnet))
    response = client.generic(method, address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
