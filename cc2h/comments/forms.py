"""Forms about comments and files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from cc2h.kit import contents
from cc2h.kit.contents import OF_EXTENSION, TAKEN
from cc2h.kit.forms import ReasonField
from cc2h.kit.imports.files import megabytes


class InAPost(forms.Form):
    """In which of one's posts it is said; asked where there are several."""

    def __init__(self, *args: Any, posts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = dict(posts)
        field = self.fields["post"]
        field.choices = posts  # type: ignore[attr-defined]
        field.initial = next(iter(self.posts), None)
        if len(posts) < 2:
            field.widget = forms.HiddenInput()

    def clean_post(self) -> str:
        """The title of the post."""
        return self.posts[self.cleaned_data["post"]]


def post_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="As",
        coerce=int,
        help_text="The post in which you say it: it stands beside your name.",
        error_messages={"required": "Choose one of your posts.", "invalid_choice": "Choose one of your posts."},
    )


class CommentForm(InAPost):
    """What somebody has to say."""

    said = forms.CharField(
        label="Comment",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Plain text; line breaks stay. Never anything about a patient.",
        error_messages={"required": "Write something."},
    )
    post = post_field()


class CorrectForm(forms.Form):
    """Other words. `seen` is the version the author had before them."""

    said = forms.CharField(
        label="Comment",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="The former words stay in its history.",
        error_messages={"required": "Write something, or withdraw it."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why it is withdrawn."""

    reason = ReasonField("Why it is withdrawn")
    seen = forms.IntegerField(widget=forms.HiddenInput)


class FileForm(InAPost):
    """A file and what it is called on the page."""

    title = forms.CharField(
        label="Title",
        max_length=150,
        help_text="What it is, as others look for it: “Memorandum of understanding, signed”.",
        error_messages={"required": "Give it a title."},
    )
    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the check says in its own words that it is empty
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in OF_EXTENSION)}),
        help_text=f"{TAKEN}.",
        error_messages={"required": "Choose a file."},
    )
    post = post_field()

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = megabytes(settings.ATTACHMENT_LIMIT_BYTES)
        field = self.fields["file"]
        field.help_text = f"{TAKEN}, up to {most}, without macros and passwords. Never anything about a patient."
        if too_large:
            field.error_messages["required"] = contents.too_large()
