"""Forms about interests and what a body decides."""

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.http import QueryDict

from cc2h.governance.decisions.deciding import Cast, Condition, Handled, Resolution
from cc2h.governance.decisions.models import Choice, How, InterestKind
from cc2h.governance.decisions.outcomes import DEFERRED
from cc2h.governance.decisions.queries import Conflicted
from cc2h.governance.models import Attendance, Meeting
from cc2h.governance.subjects import Possible
from cc2h.kit.days import day_after
from cc2h.kit.forms import DayField, ReasonField

Choices = Sequence[tuple[str, str]]
MOST_SEATS, MOST_CONFLICTS = 60, 20  # of a meeting, that the form has fields for
ALL, EACH = "all", "each"
ALL_MY, NOTHING = "all", "nothing"


# The register --------------------------------------------------------------------------------------------


class InterestForm(forms.Form):
    """An interest, from a day, and until a day where that is known."""

    kind = forms.ChoiceField(
        label="Kind of interest",
        choices=InterestKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind of interest."},
        help_text="Financial: you may gain or lose by it. Professional or personal: your standing, or a wish of your "
        "own. Indirect: it is somebody’s near to you.",
    )
    organisation = forms.CharField(label="Organisation", max_length=150, required=False)
    what = forms.CharField(
        label="What it is",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what the interest is."},
        help_text="Everybody can read it. Of somebody near to you say what they are to you, and not their name.",
    )
    practice = forms.CharField(
        label="Code of the practice it is in",
        max_length=6,
        required=False,
        help_text="Like E83003, where it is a practice.",
    )
    chin = forms.ChoiceField(label="CHIN it is in", required=False)
    first = DayField(label="From")
    last = DayField(label="Until", required=False, help_text="Leave it out while it goes on.")

    def __init__(self, *args: Any, chins: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chin"].choices = [("", "None"), *chins]  # type: ignore[attr-defined]

    def clean_practice(self) -> str:
        return str(self.cleaned_data["practice"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first day.")
        return typed


class CorrectForm(InterestForm):
    """What the register should have said of it, and why it did not."""

    reason = ReasonField(label="Why it is corrected")


class EndForm(forms.Form):
    """The last day on which it was true."""

    last = DayField(label="Last day")

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].accept(first, None)  # type: ignore[attr-defined]


class VoidForm(forms.Form):
    reason = ReasonField(label="Why it was never true")


class ConfirmForm(forms.Form):
    """That the register has everything, or that there is nothing to declare."""

    says = forms.ChoiceField(
        label="What is confirmed",
        choices=[(ALL_MY, "The interests above are all that there are"), (NOTHING, "There is nothing to declare")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you confirm."},
    )


# An item -------------------------------------------------------------------------------------------------


class DeclareForm(forms.Form):
    """Who is conflicted on the item, and how."""

    person = forms.ChoiceField(label="Who", error_messages={"required": "Choose who it is."})
    said = forms.CharField(
        label="What the conflict is",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what the conflict is."},
    )
    interest = forms.ChoiceField(label="Of the register", required=False)

    def __init__(self, *args: Any, people: Choices, interests: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["person"]
        who.choices = people
        if len(people) == 1:
            who.widget, who.initial = forms.HiddenInput(), people[0][0]
        else:
            who.choices = [("", "Choose"), *people]
        self.fields["interest"].choices = [("", "None of them"), *interests]  # type: ignore[attr-defined]
        if not interests:
            del self.fields["interest"]


class HandleForm(forms.Form):
    """How the chair lets somebody’s conflict be handled."""

    person = forms.ChoiceField(label="Whose conflict", error_messages={"required": "Choose whose conflict it is."})
    how = forms.ChoiceField(
        label="How it is handled",
        choices=How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is handled."},
    )
    moved_to = forms.ChoiceField(label="Meeting that the item is moved to", required=False)
    chair = forms.ChoiceField(
        label="Who was in the chair",
        help_text="Whoever said so: never the conflicted person.",
        error_messages={"required": "Choose who was in the chair."},
    )
    reason = ReasonField()

    def __init__(self, *args: Any, people: Choices, chairs: Choices, meetings: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].choices = people if len(people) == 1 else [("", "Choose"), *people]
        fields["chair"].choices = chairs
        fields["reason"].max_length = 1000
        _offer_meetings(self, meetings)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("how") == How.MOVED and not typed.get("moved_to"):
            self.add_error("moved_to" if "moved_to" in self.fields else None, _NO_MEETING)
        return typed


_NO_MEETING = "Choose the meeting that the item is moved to. Where none is planned, plan one first."


def _offer_meetings(form: forms.Form, meetings: Choices) -> None:
    form.fields["moved_to"].choices = [("", "None"), *meetings]  # type: ignore[attr-defined]
    if not meetings:
        del form.fields["moved_to"]


HOW_CONDITIONS = (
    "One to a line. End a line with the day it is to be met by, where it has one: A nurse is in post, by 31 March 2019"
)
# A day at the end of a line, after a bar or the word “by”; what is no day there is part of the condition.
_BY_A_DAY = re.compile(
    r"^(?P<text>.*\S)\s*,?\s+by\s+(?P<day>\d{4}-\d\d?-\d\d?|\d\d?/\d\d?/\d{4}|\d\d?\s+[A-Za-z]{3,9}\s+\d{4})\s*\.?$"
)


def read_conditions(text: str) -> list[Condition]:
    """A condition a line, with its day after “by” or a bar. Raises ValidationError that names the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        said, bar, until = line.rpartition("|")
        if not bar and (by := _BY_A_DAY.match(line.strip())) is not None:
            said, bar, until = by["text"].rstrip(" ,"), " by ", by["day"]
        said = " ".join((said if bar else until).split())
        if not said:
            if bar:
                raise forms.ValidationError(f"Line {number} has a day and no condition.", code="conditions")
            continue
        if len(said) > 1000:
            raise forms.ValidationError(
                f"Line {number} has {len(said)} characters; a condition has at most 1,000.", code="conditions"
            )
        try:
            due = DayField().clean(until.strip()) if bar and until.strip() else None
        except forms.ValidationError as wrong:
            said = f"Line {number}: found “{until.strip()[:40]}” as its day. {' '.join(wrong.messages)}"
            raise forms.ValidationError(said, code="conditions") from None
        found.append(Condition(said, due))
    return found


class RecordForm(forms.Form):
    """An item of a meeting that was held: conflicts and how they are handled, votes by seat, what was decided and why.

    handling_1 is about the first of those with a conflict, vote_1 about the first voting seat, as they are listed.
    """

    chair = forms.ChoiceField(
        label="Who was in the chair for this item", error_messages={"required": "Choose who was in the chair."}
    )
    moved_to = forms.ChoiceField(label="Meeting that the item is moved to", required=False)
    outcome = forms.ChoiceField(label="What was decided", required=False, widget=forms.RadioSelect)
    how_voted = forms.ChoiceField(
        label="How the body voted on that",
        required=False,
        choices=[(ALL, "Everybody who could vote was for it"), (EACH, "As entered for each seat below")],
        widget=forms.RadioSelect,
    )
    casting = forms.BooleanField(
        label="As many were for it as against it, and the chair’s casting vote carried it", required=False
    )
    reasons = forms.CharField(
        label="Reasons", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    conditions = forms.CharField(
        label="Conditions",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=HOW_CONDITIONS,
    )
    until = DayField(label="Deferred until", required=False, help_text="Where it is deferred.")
    sections = forms.MultipleChoiceField(
        label="Parts that more is asked of", required=False, widget=forms.CheckboxSelectMultiple
    )
    minute = forms.CharField(
        label="Minute",
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What was said, as the minutes will have it.",
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self,
        *args: Any,
        chairs: Choices,
        conflicts: Sequence[Conflicted],
        voters: Sequence[Attendance],
        possible: Sequence[Possible],
        parts: Choices,
        meetings: Sequence[Meeting],
        after: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.conflicts, self.voters = list(conflicts)[:MOST_CONFLICTS], list(voters)[:MOST_SEATS]
        self.possible = {one.key: one for one in possible}
        self.meetings = {str(one.pk): one for one in meetings}
        fields["chair"].choices = chairs
        _offer_meetings(self, [(key, f"{one.day:%-d %B %Y}") for key, one in self.meetings.items()])
        if not self.conflicts and "moved_to" in fields:
            del fields["moved_to"]
        fields["outcome"].choices = [(one.key, one.label) for one in possible]
        fields["sections"].choices = parts
        asks = {
            "until": DEFERRED in self.possible,
            "sections": any(one.needs_sections for one in possible),
            "conditions": any(one.needs_conditions for one in possible),
            "how_voted": any(one.voted for one in possible) and bool(self.voters),
            "casting": any(one.voted for one in possible) and bool(self.voters),
        }
        fields["until"].accept(day_after(after), None)
        for name in (name for name, asked in asks.items() if not asked):
            del fields[name]
        for number in range(1, MOST_CONFLICTS + 1):
            if number > len(self.conflicts):
                del fields[f"handling_{number}"], fields[f"why_{number}"]
                continue
            one = self.conflicts[number - 1]
            fields[f"handling_{number}"].label = f"How the conflict of {one.person} is handled"
            fields[f"why_{number}"].label = f"Why it is so, for {one.person}"
        for number in range(1, MOST_SEATS + 1):
            if number > len(self.voters) or not asks["how_voted"]:
                del fields[f"vote_{number}"]
                continue
            seat = self.voters[number - 1]
            fields[f"vote_{number}"].label = f"{seat.seat.title}: {seat.person}" if seat.seat else str(seat.person)
        self.fingerprint = self._fingerprint()
        fields["seen"].initial = self.fingerprint

    def _fingerprint(self) -> str:
        """The same while the same people were there, with the same conflicts: the fields’ numbers mean the same then."""
        there = [(one.seat_id, one.person_id) for one in self.voters]
        conflicted = [(one.person.pk, one.words, one.handling and one.handling.pk) for one in self.conflicts]
        return sha256(repr((there, conflicted)).encode()).hexdigest()

    @property
    def conflict_fields(self) -> list[tuple[Conflicted, Any, Any]]:
        """Those with a conflict, and the fields about it."""
        return [
            (one, self[f"handling_{number}"], self[f"why_{number}"])
            for number, one in enumerate(self.conflicts, start=1)
        ]

    @property
    def vote_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("vote_")]

    def clean_conditions(self) -> list[Condition]:
        return read_conditions(self.cleaned_data["conditions"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("seen") not in ("", None, self.fingerprint):
            data = cast(QueryDict, self.data).copy()
            data["seen"] = self.fingerprint
            self.data = data
            raise forms.ValidationError(
                "Who was there, or a conflict, was changed since this page was opened. Look at it again, then record it.",
                code="changed",
            )
        for number, one in enumerate(self.conflicts, start=1):
            how = typed.get(f"handling_{number}")
            if how and not str(typed.get(f"why_{number}") or "").strip():
                self.add_error(f"why_{number}", f"Say why the conflict of {one.person} is handled so.")
        moved = any(typed.get(f"handling_{number}") == How.MOVED for number in range(1, len(self.conflicts) + 1))
        if moved and not typed.get("moved_to"):
            self.add_error("moved_to" if "moved_to" in self.fields else None, _NO_MEETING)
        if moved and typed.get("outcome"):
            self.add_error("outcome", "The item is moved, and decided on at the other meeting: choose nothing here.")
        if not self.errors and not typed.get("outcome") and not self.handled:
            raise forms.ValidationError("Say what was decided, or how a conflict is handled.", code="nothing")
        self._clean_votes(typed)
        return typed

    def _clean_votes(self, typed: dict[str, Any]) -> None:
        possible = self.possible.get(str(typed.get("outcome")))
        if possible is None:
            return
        if not str(typed.get("reasons") or "").strip():
            self.add_error("reasons", "Say why it was decided so.")
        if typed.get("until") and possible.key != DEFERRED:
            self.add_error("until", f"“{possible.label}” has no such day: leave it out.")
        if not possible.voted:
            if typed.get("how_voted"):
                self.add_error("how_voted", f"“{possible.label}” takes no vote: choose nothing here.")
            return
        if "how_voted" not in self.fields:
            raise forms.ValidationError("Nobody was there who could vote.", code="voters")
        if not typed.get("how_voted"):
            self.add_error("how_voted", "Say how the body voted.")

    # What was typed, for the service -----------------------------------------------------------------
    @property
    def handled(self) -> list[Handled]:
        typed = self.cleaned_data
        return [
            Handled(
                one.person.pk,
                how,
                typed.get(f"why_{number}", ""),
                self.meetings.get(typed.get("moved_to", "")) if how == How.MOVED else None,
            )
            for number, one in enumerate(self.conflicts, start=1)
            if (how := typed.get(f"handling_{number}"))
        ]

    @property
    def cast(self) -> list[Cast]:
        typed = self.cleaned_data
        if self.resolution is None or not self.possible[self.resolution.outcome].voted:
            return []
        votes = {number: typed.get(f"vote_{number}") for number in range(1, len(self.voters) + 1)}
        if typed.get("how_voted") == ALL:
            out = self._not_voting
            votes = {
                number: "" if one.person_id in out else Choice.FOR for number, one in enumerate(self.voters, start=1)
            }
        return [
            Cast(one.seat_id or 0, one.person_id or 0, choice)
            for number, one in enumerate(self.voters, start=1)
            if (choice := votes[number])
        ]

    @property
    def _not_voting(self) -> set[int]:
        """Those with a conflict whom the chair does not let decide."""
        said = {one.person: one.how for one in self.handled}
        return {
            one.person.pk
            for one in self.conflicts
            if said.get(one.person.pk, one.handling.how if one.handling else "") != How.DECIDES
        }

    @property
    def resolution(self) -> Resolution | None:
        typed = self.cleaned_data
        if not typed.get("outcome"):
            return None
        return Resolution(
            typed["outcome"],
            typed["reasons"],
            typed.get("conditions") or (),
            typed.get("sections") or (),
            typed["minute"],
            bool(typed.get("casting")),
            typed.get("until"),
        )


for _number in range(1, MOST_CONFLICTS + 1):  # declared one by one, so that the API's description has them
    RecordForm.base_fields[f"handling_{_number}"] = forms.ChoiceField(
        label=f"How conflict {_number} is handled",
        choices=[*How.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    RecordForm.base_fields[f"why_{_number}"] = forms.CharField(
        label=f"Why conflict {_number} is handled so",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
for _number in range(1, MOST_SEATS + 1):
    RecordForm.base_fields[f"vote_{_number}"] = forms.ChoiceField(
        label=f"Vote of seat {_number}", choices=[("", "No vote"), *Choice.choices], required=False
    )
