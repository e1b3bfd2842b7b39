"""Forms of the pages about imports."""

from typing import Any

from django import forms
from django.conf import settings

from cc2h.kit.forms import DayField
from cc2h.kit.imports.files import megabytes
from cc2h.kit.imports.filters import kind_choices


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # the check says in its own words that it is empty
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.xlsx,.txt,.geojson,.json"}),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = megabytes(settings.UPLOAD_LIMIT_BYTES)
        self.fields[
            "file"
        ].help_text = f"CSV, XLSX or GeoJSON, also gzip’d, up to {limit}. What it is shows in its content."
        self.fields["file"].error_messages["required"] = (
            f"The file is larger than {limit}, the most the portal takes. A CSV can be compressed with gzip first."
            if too_large
            else "Choose a file."
        )


class DecisionForm(forms.Form):
    """What becomes of a file that was previewed."""

    decision = forms.ChoiceField(
        choices=[("import", "Import it"), ("again", "Check it again"), ("discard", "Discard it")]
    )


class DayForm(forms.Form):
    """The day of a file that does not say it."""

    day = DayField(label="Day of the file")


class KindForm(forms.Form):
    """The kind of a file, where its content does not show it rightly."""

    kind = forms.ChoiceField(label="Kind of file", choices=kind_choices)


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="It stays beside the file."
    )


class RemoveForm(forms.Form):
    """Nothing to type: what it removes is shown, and asks for a yes."""
