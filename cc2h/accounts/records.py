"""Records that something can be about: an action, and later a comment or a risk.

A record is named by its kind and key: practice E83003, chin barnet-1. Each room registers its kinds (`provide`): who
may see such a record, what it belongs to, what it is called, where its page is. A kind that nobody registered has no
records. What a higher room shows on the pages of lower rooms' records is a section (cc2h.kit.sections).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from cc2h.accounts.authority import Action, Target, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.imports import undoing
from cc2h.kit.links import link


class Kind(Protocol):
    """A kind of record. Keys are texts as they stand in addresses: the codes or slugs in the field `column`."""

    @property
    def key(self) -> str:
        """The kind, in addresses."""

    @property
    def noun(self) -> str:
        """What such a record is, in a word."""

    @property
    def column(self) -> str:
        """The field with the keys."""

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        """Those this person may see."""

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        """Those that belong, on the day, to any of these commissioners, CHINs, practices or federations."""

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        """What each is called on the day."""

    def target(self, key: str, day: date) -> Target:
        """What it belongs to on the day, which is what authority asks."""

    def page(self, asat: AsAt, key: str) -> str:
        """The address of its page."""


@dataclass(frozen=True)
class Rows:
    """A kind whose records are the rows of one model, which says what each belongs to (`authority_target`).

    rows: all of them on a day, read with what authority asks. address: of its page. belongs: the condition that a row is
    of any of these. slug: the field that is the key, None where it is the row's number. seen: those a person may see, if not `visible_to`.
    """

    key: str
    noun: str
    rows: Callable[[date], Any]
    address: str
    belongs: Callable[[Target], Q]
    slug: str | None = None
    seen: Callable[[Any, AsAt], Any] | None = None

    @property
    def column(self) -> str:
        return self.slug or "record_key"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return self.keyed(self.seen(user, asat) if self.seen else self.rows(asat.today).visible_to(user))

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return self.keyed(self.rows(day).filter(self.belongs(reach)))

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        found = self.keyed(self.rows(day)).filter(**{f"{self.column}__in": list(keys)})
        return {str(getattr(one, self.column)): str(one) for one in found}

    def target(self, key: str, day: date) -> Target:
        target: Target = self.keyed(self.rows(day)).get(**{self.column: key}).authority_target()
        return target

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, self.address, key if self.slug else int(key))

    def keyed(self, rows: Any) -> QuerySet[Any]:
        """Keys are texts: a row's number is made one."""
        keyed: QuerySet[Any] = rows if self.slug else rows.annotate(record_key=Cast("pk", CharField()))
        return keyed


def of_commissioner(reach: Target) -> Q:
    """Of rows that are a commissioner's and nobody's else."""
    return Q(commissioner__in=reach.commissioner_ids)


@dataclass(frozen=True, slots=True)
class Named:
    """A record somebody may see: its name and its page."""

    kind: str
    key: str
    name: str
    page: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Record:
    """A record somebody may see, with what it belongs to: for `can` and `require`."""

    kind: str
    key: str
    name: str
    target: Target

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return self.target

    def page(self, asat: AsAt) -> str:
        """The address of its page."""
        return kinds[self.kind].page(asat, self.key)


kinds: dict[str, Kind] = {}


def provide(kind: Kind) -> None:
    """Register a kind of record; called from a room's AppConfig.ready()."""
    kinds[kind.key] = kind


def noun_of(kind: str) -> str:
    """What a record of the kind is, in a word."""
    return kinds[kind].noun if kind in kinds else "Record"


def _seen_by(user: Any, asat: AsAt, kind: Kind) -> QuerySet[Any]:
    """The keys of those this person may see today, whatever day the page is read as at."""
    return kind.visible(user, AsAt(asat.today, None, asat.today)).values_list(kind.column, flat=True)


def find(user: Any, asat: AsAt, kind: str, key: str) -> Record | None:
    """The record, or None where there is none that this person may see."""
    found = named(user, asat, [(kind, key)]).get((kind, key))
    if found is None:
        return None
    return Record(kind, key, found.name, kinds[kind].target(key, asat.today))


def named(user: Any, asat: AsAt, records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Named]:
    """Those of the records that this person may see, by kind and key; two queries a kind."""
    wanted: dict[str, set[str]] = {}
    for kind, key in records:
        wanted.setdefault(kind, set()).add(key)
    found = {}
    for name, keys in wanted.items():
        if name not in kinds:
            continue
        kind_of = kinds[name]
        visible = set(_seen_by(user, asat, kind_of).filter(**{f"{kind_of.column}__in": keys}))
        for key, called in kind_of.names(visible, asat.today).items() if visible else ():
            found[name, key] = Named(name, key, called, kind_of.page(asat, key))
    return found


def seen(user: Any, asat: AsAt) -> Q:
    """A condition on rows with `kind` and `key`: the record is one this person may see."""
    condition = Q(pk__in=[])
    for name, kind in kinds.items():
        condition |= Q(kind=name, key__in=_seen_by(user, asat, kind))
    return condition


def about(user: Any, asat: AsAt, action: Action) -> Q:
    """A condition on rows with `kind` and `key`: the record is one this person may see and take the action on."""
    held = authority_of(user)
    condition = Q(pk__in=[])
    if not held.may(action):
        return condition
    for name, kind in kinds.items():
        of_kind = Q(kind=name, key__in=_seen_by(user, asat, kind))
        if not held.everywhere(action):
            of_kind &= Q(key__in=kind.within(held.reach(action), asat.today).values(kind.column))
        condition |= of_kind
    return condition


def belonging(reach: Target, day: date) -> Q:
    """A condition on rows with `kind` and `key`: the record belongs to any of these."""
    condition = Q(pk__in=[])
    for name, kind in kinds.items():
        condition |= Q(kind=name, key__in=kind.within(reach, day).values(kind.column))
    return condition


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that hangs on a record: its title, whose act it was, and when; why it does not open (cc2h.kit.scanning).

    pk: this version's, which stays as it is for good.
    """

    title: str
    by: int
    at: datetime
    scan: str = ""
    pk: int = 0
    version: int = 1


def files_on(kind: str, keys: Iterable[str]) -> dict[str, list[Brought]]:
    """The files that hang on each of these records, withdrawn ones left out; as many queries, however many."""
    return _files[-1](kind, keys) if _files else {}


def provide_files(found: Callable[[str, Iterable[str]], dict[str, list[Brought]]]) -> None:
    """Register what knows which files hang on records; the latest one counts."""
    _files.append(found)


_files: list[Callable[[str, Iterable[str]], dict[str, list[Brought]]]] = []


_refused: dict[str, Callable[[ValidationError, Any, str], None]] = {}


def refused(refusal: ValidationError, by: Any, kind: str, key: str) -> None:
    """A file was refused on the record: whoever keeps that of its kind is told."""
    if kind in _refused:
        _refused[kind](refusal, by, key)


def keep_refusals(kind: str, keep: Callable[[ValidationError, Any, str], None]) -> None:
    """Register what keeps that a file was refused on records of the kind: the refusal, by whom, the key."""
    _refused[kind] = keep


def hanging_on(kind: str, model: Any, things: Any, address: str) -> undoing.Hanging:
    """How what hangs on records of the kind is found by their ids: an import that brought them is not undone beneath it.

    `things` has the fields kind and key; `address` names its page, which has the argument pk. They are told by the
    record that they are about and never by their words: whoever undoes an import may be one who sees neither.
    """

    def find(ids: Sequence[int]) -> tuple[int, list[undoing.Found]]:
        of, rows = kinds[kind], model.objects.filter(pk__in=ids)
        keys = (of.keyed(rows) if isinstance(of, Rows) else rows).values(of.column)
        about = things.objects.filter(kind=kind, key__in=keys).order_by("pk")
        shown = about.values_list("key", "pk")[: undoing.SHOWN]
        return about.count(), [(called, reverse(address, args=[pk])) for called, pk in shown]

    return find
