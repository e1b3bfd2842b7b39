"""Sheets of the go-live workbook about practices: their shared mailboxes, and the contacts made with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from cc2h.accounts.authority import Action, Target
from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.imports.sheets import DAY_TOLD, Book, Change, Field, Row, Sheet, once, sheet
from practices import services
from practices.forms import ContactForm, FactsForm
from practices.importers.shared import CODE_EXPECTED
from practices.models import ODS_PRACTICE, Contact, Practice, PracticeDetail, PracticeStanding

CODE = Field("practice", "Practice code", CODE_EXPECTED, "E83035", required=True, pattern=ODS_PRACTICE)
PERSON_EXPECTED = "the e-mail address under which somebody signs in here"


def practices_named(codes: Iterable[str], day: date) -> dict[str, tuple[Practice, Target]]:
    """The practices of the register by code, each with what it belongs to on the day (or did, or will), in two queries."""
    practices = {one.pk: one for one in Practice.objects.filter(ods_code__in={*codes})}
    whose: dict[int, int] = {}
    standings = PracticeStanding.objects.held().filter(practice__in=practices).order_by("period")
    for practice_id, commissioner_id, period in standings.values_list("practice_id", "commissioner_id", "period"):
        if practice_id not in whose or period.lower <= day:
            whose[practice_id] = commissioner_id
    return {
        one.ods_code: (
            one,
            Target(frozenset({whose[pk]} if pk in whose else ()), practice_ids=frozenset({pk})),
        )
        for pk, one in practices.items()
    }


def people_named(addresses: Iterable[str | None]) -> dict[str, User]:
    """Everybody with these addresses, by the address in small letters."""
    wanted = {address.lower() for address in addresses if address}
    people = User.objects.annotate(small=Lower("email")).filter(small__in=wanted)
    return {person.email.lower(): person for person in people}


def known(
    book: Book, rows: Iterable[Row], actions: Sequence[tuple[Action, str]]
) -> Iterator[tuple[Row, Practice, Target]]:
    """The rows whose practice is in the register and theirs to change; the others are refused.

    actions: what must be allowed, each with what it is that is refused.
    """
    rows = list(rows)
    found = practices_named((row["practice"] for row in rows), book.today)
    for row in rows:
        if row["practice"] not in found:
            book.refuse(
                row, "practice", "No practice with this code is in the register. Import or open the practice first."
            )
            continue
        practice, target = found[row["practice"]]
        refused = next((what for action, what in actions if not book.may(action, target)), None)
        if refused:
            book.refuse(row, "practice", f"This practice is not yours to change: {refused} is for whoever keeps it.")
        else:
            yield row, practice, target


@sheet
class Mailboxes(Sheet):
    """A mailbox is held already if the practice has it on the day, or today where no day is said."""

    number, name = 10, "Mailboxes"
    what = "The shared mailboxes of practices that are in the register: one row a practice."
    fields = (
        CODE,
        Field(
            *("mailbox", "Shared mailbox", "the practice’s own e-mail address, not a person’s"),
            "reception@example.nhs.uk",
            required=True,
            longest=254,
        ),
        Field("day", "From", f"{DAY_TOLD}; empty if it was always so", "01/04/2018", day=True),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        yours = list(known(book, once(book, rows, "practice"), [(Action.CHANGE_PRACTICE, "its mailbox")]))
        details: dict[int, list[PracticeDetail]] = {}
        held = PracticeDetail.objects.held().filter(practice__in=[practice.pk for _, practice, _ in yours])
        for detail in held.select_related("practice").order_by("period"):
            details.setdefault(detail.practice_id, []).append(detail)
        for row, practice, _ in yours:
            change = self._change(book, row, practice, details.get(practice.pk, []))
            if change is not None:
                yield change

    def _change(self, book: Book, row: Row, practice: Practice, held: Sequence[PracticeDetail]) -> Change | None:
        try:
            mailbox = FactsForm.base_fields["mailbox"].clean(row["mailbox"])
        except ValidationError as refusal:
            book.refuse(row, "mailbox", " ".join(refusal.messages))
            return None
        day = row["day"]
        detail = next((one for one in held if (day or book.today) in one.period), None)
        if detail is None:
            when = words.day(day or book.today)
            book.refuse(
                row, "day", f"Nothing is recorded of this practice on {when}. Expected: a day when it was open."
            )
            return None
        key = f"{detail.name} ({practice.ods_code})"
        if detail.mailbox.casefold() == mailbox.casefold():
            return Change(row, key, "unchanged")
        return Change(
            row,
            key,
            "changed" if detail.mailbox else "new",
            detail.mailbox,
            f"{mailbox}, from {words.day(day)}" if day else mailbox,
            lambda: services.change_details(
                by=book.by, detail=detail, day=day, reason=book.source(row), mailbox=mailbox
            ),
        )


@sheet
class Contacts(Sheet):
    """A contact is held already if the practice has one of that day with those words, be it withdrawn since."""

    number, name = 50, "Contacts"
    what = (
        "Contacts made with practices, for their contact log: one row a contact. One that is in the log stays as it is."
    )
    fields = (
        CODE,
        Field("day", "Day", f"{DAY_TOLD}; not after today", "12/03/2018", required=True, day=True),
        Field(
            *("made_by", "Made by", f"{PERSON_EXPECTED}; empty if it was you"),
            "network.manager@example.nhs.uk",
            longest=254,
        ),
        Field("spoke_to", "Spoke to", "who was spoken to", "Practice manager", longest=100),
        Field("outcome", "Outcome", "what came of it", "Will answer by the end of the month", required=True),
        Field("next_step", "Next step", "what is to be done next", "Ring again"),
        Field("next_day", "Next step by", f"{DAY_TOLD}; only with a next step", "01/04/2018", day=True),
    )
    COLUMNS = ("day", "spoke_to", "outcome", "next_step", "next_day")

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        actions = [(Action.ADD_CONTACT, "its contact log"), (Action.VIEW_CONTACTS, "its contact log")]
        yours = list(known(book, once(book, rows, "practice", "day", "outcome"), actions))
        people = people_named(row["made_by"] for row, _, _ in yours)
        log = Contact.objects.filter(practice__in=[practice.pk for _, practice, _ in yours])
        held = {(pk, day, said.casefold()) for pk, day, said in log.values_list("practice", "day", "outcome")}
        details = PracticeDetail.objects.as_at(book.today).filter(
            practice__in=[practice.pk for _, practice, _ in yours]
        )
        names = dict(details.values_list("practice", "name"))
        for row, practice, _ in yours:
            typed = self._typed(book, row)
            maker = self._maker(book, row, people)
            if book.refused(row):
                continue
            name = f"{names[practice.pk]} ({practice.ods_code})" if practice.pk in names else practice.ods_code
            key = f"{name}, {words.day(row['day'])}"
            if (practice.pk, row["day"], typed["outcome"].casefold()) in held:
                yield Change(row, key, "unchanged")
            else:
                yield Change(row, key, "new", "", typed["outcome"], self._write(book, practice, maker, typed))

    def _typed(self, book: Book, row: Row) -> Mapping[str, Any]:
        """What the form of the contact log makes of the row; its errors are the row's."""
        form = ContactForm({name: row[name] or "" for name in self.COLUMNS}, today=book.today)
        for field, errors in form.errors.items():
            book.refuse(row, field, " ".join(map(str, errors)))
        return form.cleaned_data

    def _maker(self, book: Book, row: Row, people: Mapping[str, User]) -> User | None:
        if not row["made_by"]:
            if book.by is None:
                book.refuse(
                    row, "made_by", f"A command is nobody: say who made the contact. Expected: {PERSON_EXPECTED}."
                )
            return None
        found = people.get(row["made_by"].lower())
        if found is None:
            book.refuse(row, "made_by", f"Nobody signs in with this address. Expected: {PERSON_EXPECTED}, or nothing.")
        return found

    def _write(self, book: Book, practice: Practice, maker: User | None, typed: Mapping[str, Any]) -> Any:
        return lambda: services.add_contact(by=book.by, practice=practice, made_by=maker, **typed)
