"""Forms about posts."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit.forms import DayField, ReasonField


class RoleForm(forms.Form):
    """Which kind of post, and of whom: the first of two steps."""

    role = forms.ChoiceField(error_messages={"required": "Choose a role."})
    commissioner = forms.ChoiceField()

    def __init__(self, *args: Any, roles: Iterable[Role], commissioners: Sequence[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["commissioner"].choices = commissioners  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """What the post is a post of, and what it is called."""

    of = forms.TypedChoiceField(label="Of", coerce=int)
    title = forms.CharField(
        max_length=150,
        required=False,
        help_text="Empty: the role and what it is a post of, like “CHIN lead, Finchley”.",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices is None:
            del self.fields["of"]
        else:
            self.fields["of"].choices = choices  # type: ignore[attr-defined]


class _PersonField(forms.TypedChoiceField):
    """Somebody who may sign in, by name and address."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, coerce=int, error_messages={"required": "Choose somebody."})

    def offer(self, people: Iterable[User]) -> None:
        self.choices = [("", "Choose somebody"), *((one.pk, f"{one.name}, {one.email}") for one in people)]


class FillForm(forms.Form):
    holder = _PersonField("Who")
    first = DayField(label="First day")
    last = DayField(label="Last day", required=False, help_text="Empty while it has no end.")
    reason = ReasonField("Note", required=False)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].offer(people)  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    deputy = _PersonField("Deputy")
    first = DayField(label="First day")
    last = DayField(label="Last day", required=False, help_text="A deputy for a holiday has one. Empty: until ended.")
    reason = ReasonField("Note", required=False)

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].offer(people)  # type: ignore[attr-defined]


class EndPostForm(forms.Form):
    last = DayField(label="Last day", help_text="They may act until the end of this day. Yesterday ends it at once.")
    reason = ReasonField(required=False)
