"""Style sheets are named in a header, so that a browser asks for them before it has read the page."""

import re

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/account/login/", "/account/no-such-page/"])
def test_a_page_names_ahead_the_style_sheets_it_links(client: Client, address: str) -> None:
    answer = client.get(address)
    linked = re.findall(r'<link rel="stylesheet"\s+href="([^"]+)"', answer.content.decode())
    assert len(linked) == 2
    assert answer["Link"] == ", ".join(f"<{sheet}>; rel=preload; as=style" for sheet in linked)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/healthz"])
def test_what_is_no_page_names_none(client: Client, address: str) -> None:
    assert "Link" not in client.get(address)
