"""Forms about people."""

from django import forms


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


class NothingForm(forms.Form):
    """An act that needs nothing but a yes."""
