"""Forms about people."""

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.http import HttpRequest

from cc2h.accounts import mail
from cc2h.accounts.authority import Action
from cc2h.accounts.tokens import LONGEST, USUAL
from cc2h.kit.days import today
from cc2h.kit.forms import DayField


class PersonForm(forms.Form):
    name = forms.CharField(max_length=150, error_messages={"required": "Give their name."})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with it.",
        error_messages={"required": "Give their e-mail address."},
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class EditPersonForm(PersonForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ForgottenPasswordForm(ResetPasswordForm):
    """Whose address it is, if anybody's, is found out when the mail is sent: here it would take longer for somebody's."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        mail.ask(request, email)
        return email


class TokenForm(forms.Form):
    """What a token of the API is for, until when, and which of the things the person may do it may do."""

    name = forms.CharField(
        label="What is it for?",
        max_length=80,
        help_text="The program that will use it, for example: Weekly coverage report.",
        error_messages={"required": "Say what it is for."},
    )
    expires_on = DayField(label="Last day")
    actions = forms.MultipleChoiceField(
        label="What may it do?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing beyond what you may do yourself. Tick no more than the program needs.",
        error_messages={"required": "Tick at least one thing that it may do."},
    )

    def __init__(self, *args: Any, may: Sequence[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = today()
        actions, last = self.fields["actions"], self.fields["expires_on"]
        actions.choices = [(action.value, action.label) for action in may]  # type: ignore[attr-defined]
        last.initial = now + USUAL
        last.accept(now, now + LONGEST)  # type: ignore[attr-defined]


class MailForm(forms.Form):
    """What the portal sends by mail."""

    morning_mail = forms.TypedChoiceField(
        label="Every morning, a mail of what waits for you",
        choices=[("yes", "Yes, where something waits"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text="At 7 o’clock. That something was returned to you, or was paid, you are told at once all the same.",
    )


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""
