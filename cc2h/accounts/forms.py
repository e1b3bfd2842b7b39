"""Forms about people."""

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.http import HttpRequest

from cc2h.accounts import mail


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


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""
