"""The demonstration's password is public: nobody keeps it once the demonstration is gone."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cc2h.accounts.models import User
from cc2h.kit import programme

pytestmark = pytest.mark.django_db(transaction=True)


def test_removing_the_demonstration_ends_every_access_but_that_of_whoever_removed_it() -> None:
    mine = User.objects.create_user("manager@barnet.example", "Manager", "closer-to-home-2018")
    theirs = User.objects.create_user("lead@barnet.example", "Lead", "closer-to-home-2018")
    with transaction.atomic():
        programme.become("illustrative")
    programme.remove_illustrative(by=mine)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.is_active, mine.has_usable_password()) == (True, True)
    assert (theirs.is_active, theirs.has_usable_password()) == (False, False)
    assert programme.kind() == "empty"


def test_whoever_still_has_its_password_is_told_on_every_page_until_they_choose_another() -> None:
    mine = User.objects.create_user("manager@barnet.example", "Manager", "closer-to-home-2018")
    with transaction.atomic():
        programme.become("illustrative")
    browser = Client()
    browser.post(reverse("account_login"), {"login": mine.email, "password": "closer-to-home-2018"})
    told = "demonstration’s password, which everybody knows"
    assert told not in browser.get("/").content.decode()
    programme.remove_illustrative(by=mine)
    for address in ("/", "/people/me/"):
        assert told in browser.get(address).content.decode()
    chosen = {
        "oldpassword": "closer-to-home-2018",
        "password1": "walks-to-the-surgery",
        "password2": "walks-to-the-surgery",
    }
    assert browser.post(reverse("account_change_password"), chosen).status_code == 302
    assert told not in browser.get("/").content.decode()


def test_nobody_chooses_it_again() -> None:
    with pytest.raises(ValidationError, match="Everybody knows this password"):
        validate_password("closer-to-home-2018")
