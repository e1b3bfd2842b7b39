"""What a page of variation can be asked for; all of it stands in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from cc2h.kit import words
from kpis.variation.compare import Values
from kpis.variation.judging import AGAINST, CHIN, COMMISSIONER

PLAIN, WIDE = "unadjusted", "overdispersed"
LIMITS = ((PLAIN, "Unadjusted"), (WIDE, "Overdispersed: allowing for what all vary"))


CHINS_OFFERED = 100  # of more, those of the commissioner that was chosen
CHOOSE_FIRST = "Choose a commissioner to choose among its CHINs."


@dataclass(frozen=True, slots=True)
class Offered:
    """Whose practices can be chosen: (code, name) each. too_many: its CHINs are offered when a commissioner is chosen."""

    commissioners: Sequence[tuple[str, str]] = ()
    chins: Sequence[tuple[str, str]] = ()
    too_many: bool = False


def offered(values: Values | None, commissioner: str, chin: str) -> Offered:
    """Of the practices with values that the reader may be told; what was asked for is always among it."""
    if values is None:
        return Offered()
    chins = values.chins_of(commissioner)
    whose = values.commissioners
    too_many = not commissioner and len(chins) > CHINS_OFFERED and len(whose) > 1
    return Offered(whose, [one for one in chins if one[0] == chin] if too_many else chins, too_many)


class VariationForm(forms.Form):
    """Period, whose practices, compared with whom, and by which limits."""

    ends = forms.ChoiceField(label="Period to", required=False)
    commissioner = forms.ChoiceField(label="Commissioner", required=False)
    chin = forms.ChoiceField(label="CHIN", required=False)
    against = forms.ChoiceField(label="Compared with", required=False)
    limits = forms.ChoiceField(label="Limits", choices=LIMITS, required=False)

    def __init__(
        self, data: Any, periods: Sequence[date], values: Values | None, choices: Offered | None = None
    ) -> None:
        super().__init__(data)
        self._choices("ends", [(day.isoformat(), words.day(day)) for day in periods])
        choices = choices or offered(values, data_of(self, "commissioner"), data_of(self, "chin"))
        whose = choices.commissioners
        self._choices("commissioner", [("", "All"), *whose])
        self._choices("chin", [("", "All, or none"), *choices.chins])
        if choices.too_many:
            self.fields["chin"].help_text = CHOOSE_FIRST
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
