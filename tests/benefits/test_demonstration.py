"""The benefits of the demonstration: what the plan names without amounts, and what is made up beside it."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from cc2h.kit.programme import remove_illustrative
from kpis.benefits import kept
from kpis.benefits.models import Benefit, Overlap, Profile, Validation

pytestmark = pytest.mark.usefixtures("demonstration")


def test_the_plans_amounts_are_unknown_and_the_others_say_that_they_are_made_up() -> None:
    of_plan = Benefit.objects.filter(paper__contains="See Finance Appendix")
    assert of_plan.count() == 13
    assert not Profile.objects.filter(benefit__in=of_plan).exclude(saving=None).exists()
    others = Benefit.objects.exclude(pk__in=of_plan)
    assert others.count() == 4
    assert all(one.note.startswith("Illustrative") for one in others)


def test_its_figures_say_at_least_and_how_many_are_unknown() -> None:
    out = StringIO()
    call_command("benefits", "--financial-year", "2018/19", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["planned"] == {"amount": "474000.00", "unknown": 14}
    assert found["validated"]["amount"] is None
    (made,) = Validation.objects.held()
    assert (made.year, made.saving, str(made.first_day)) == (2017, 67_600, "2018-06-28")


def test_what_is_kept_of_it_is_right() -> None:
    assert kept.check() == []
    assert Overlap.objects.filter(by_point=True).exists()


def test_it_goes_with_the_illustrative_programme() -> None:
    remove_illustrative(by=None)
    assert not Benefit.objects.exists()
    assert not Overlap.objects.exists()
