"""The demonstration's password is public: nobody keeps it once the demonstration is gone."""

import pytest
from django.db import transaction

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
