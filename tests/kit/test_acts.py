"""Doing one thing on a page of its own: what a refusal does to the form."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from cc2h.kit.acts import add_refusal


class BandForm(forms.Form):
    low = forms.IntegerField()


@pytest.mark.parametrize(
    ("refusal", "shown"),
    [
        (ValidationError("Too low", code="low"), {"low": ["Too low"]}),
        (ValidationError("Never"), {"__all__": ["Never"]}),
        (
            ValidationError(["Never", ValidationError("Too low", code="low")]),
            {"__all__": ["Never"], "low": ["Too low"]},
        ),
        (ValidationError({"low": "Too low", "high": ["Too high"]}), {"low": ["Too low"], "__all__": ["Too high"]}),
        (ValidationError({"__all__": ["Never"]}), {"__all__": ["Never"]}),
    ],
)
def test_a_refusal_is_shown_at_its_field_or_above_the_form(
    refusal: ValidationError, shown: dict[str, list[str]]
) -> None:
    form = BandForm({"low": "5"})
    assert form.is_valid()
    add_refusal(form, refusal, {"low": "low"})
    assert form.errors == shown
