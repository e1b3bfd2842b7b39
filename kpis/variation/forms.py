"""What a page of variation can be asked for; all of it stands in the address."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from cc2h.kit import words
from kpis.variation.compare import Values
from kpis.variation.judging import AGAINST, CHIN, COMMISSIONER

PLAIN, WIDE = "unadjusted", "overdispersed"
LIMITS = ((PLAIN, "Unadjusted"), (WIDE, "Overdispersed: allowing for what all vary"))


class VariationForm(forms.Form):
    """Period, whose practices, compared with whom, and by which limits."""

    ends = forms.ChoiceField(label="Period to", required=False)
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    chin = forms.ChoiceField(label="CHIN", required=False)
    against = forms.ChoiceField(label="Compared with", required=False)
    limits = forms.ChoiceField(label="Limits", choices=LIMITS, required=False)

    def __init__(self, data: Any, periods: Sequence[date], values: Values | None) -> None:
        super().__init__(data)
        self._choices("ends", [(day.isoformat(), words.day(day)) for day in periods])
        whose = values.commissioners if values else []
        self._choices("commissioner", [("", "All"), *whose])
        self._choices("chin", [("", "All, or none"), *(values.chins if values else [])])
        chosen = {COMMISSIONER: data_of(self, "commissioner") or data_of(self, "chin") or len(whose) == 1}
        chosen[CHIN] = data_of(self, "chin")
        self._choices("against", [(key, label) for key, label in AGAINST.items() if chosen.get(key, True)])
        if len(whose) < 2 and not data_of(self, "commissioner"):
            del self.fields["commissioner"]

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def data_of(form: forms.Form, name: str) -> str:
    return str(form.data.get(name, "")) if form.data else ""


class OneForm(VariationForm):
    """And which practice."""

    practice = forms.ChoiceField(label="Practice", required=False)

    def __init__(self, data: Any, periods: Sequence[date], values: Values | None) -> None:
        super().__init__(data, periods, values)
        named = sorted((row.name, row.code) for row in values.rows if row.named) if values else []
        self._choices("practice", [("", "Choose one"), *((code, f"{name} ({code})") for name, code in named)])
        for name in ("limits", "chin", "commissioner", "against"):
            self.fields.pop(name, None)


class TwoForm(VariationForm):
    """And another measure."""

    other = forms.ChoiceField(label="Another measure", required=False)

    def __init__(
        self, data: Any, periods: Sequence[date], values: Values | None, measures: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data, periods, values)
        self._choices("other", [("", "Choose one"), *measures])
        for name in ("limits", "against"):
            del self.fields[name]


class GapForm(VariationForm):
    """And the prevalence that a model expects."""

    modelled = forms.DecimalField(
        label="Modelled prevalence, percent",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=4,
        max_digits=7,
        error_messages={"invalid": "The modelled prevalence is a percentage, such as 9.1."},
    )

    def __init__(self, data: Any, periods: Sequence[date], values: Values | None) -> None:
        super().__init__(data, periods, values)
        for name in ("limits", "against"):
            del self.fields[name]
