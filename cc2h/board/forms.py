"""Forms of the dashboard, the papers and the board days."""

from typing import Any

from django import forms

from cc2h.board.models import Choice
from cc2h.kit.forms import DayField, ReasonField
from practices.models import Commissioner


class SettleForm(forms.Form):
    choice = forms.ChoiceField(
        label="What should readers go by?",
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what readers should go by."},
    )
    reason = ReasonField(help_text="Your name and your reason stand beside both figures. Neither is changed or hidden.")


class ReopenForm(forms.Form):
    reason = ReasonField(label="Why it should be looked at again")


class VoidForm(forms.Form):
    reason = ReasonField(label="Why it was never a board day")


class BoardDayForm(forms.Form):
    """`commissioners`: those whose board days the person keeps."""

    commissioner = forms.ModelChoiceField(Commissioner.objects.none(), empty_label=None)
    day = DayField(label="Day the board meets")
    title = forms.CharField(
        label="Board",
        max_length=120,
        help_text="For example: Health and Wellbeing Board",
        error_messages={"required": "Say which board meets."},
    )

    def __init__(self, *args: Any, commissioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commissioner"].queryset = commissioners  # type: ignore[attr-defined]
        if len(commissioners) == 1:
            self.fields["commissioner"].widget = forms.HiddenInput()
            self.fields["commissioner"].initial = commissioners[0]
