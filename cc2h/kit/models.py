"""Imports, work to do, and which programme this database holds."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cc2h.kit.history import governed


class ProgrammeKind(models.TextChoices):
    EMPTY = "empty", "Empty"
    ILLUSTRATIVE = "illustrative", "Illustrative"
    REAL = "real", "Real"


class Programme(models.Model):
    """Which programme this database holds: one row, so illustrative and real can never stand side by side."""

    Kind = ProgrammeKind

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=ProgrammeKind, default=ProgrammeKind.EMPTY)
    loaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="kit_programme_one_row", condition=Q(singleton=True)),
            models.CheckConstraint(name="kit_programme_known_kind", condition=Q(kind__in=ProgrammeKind.values)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RequestId(models.Func):
    """The id of the request that is being answered, as the database is told of it with every change; else blank."""

    template = "left(coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'request_id', ''), 60)"
    output_field = models.CharField()
    arity = 0
    allowed_default = True


class Work(models.Model):
    """One piece of work to do, left in the transaction that made it needed. See cc2h.kit.work."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    from_day = models.DateField(null=True)
    reason = models.CharField(max_length=200, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=120, db_default="")
    attempts = models.IntegerField(db_default=0)
    last_error = models.TextField(db_default="")
    done_at = models.DateTimeField(null=True)
    # The request in which the change was made, for the log: it stands beside every change (cc2h.kit.history).
    request_id = models.CharField(max_length=60, db_default=RequestId())

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key"], condition=Q(done_at__isnull=True), name="kit_work_waiting"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="kit_work_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.reason}"


class ScanState(models.TextChoices):
    WAITING = "waiting", "Still to be looked into"
    CLEAN = "clean", "Nothing found"
    INFECTED = "infected", "A virus was found"


class Scan(models.Model):
    """What was found in a file, by its content; see cc2h.kit.scanning."""

    sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=ScanState, default=ScanState.WAITING)
    virus = models.CharField(max_length=200, db_default="")
    asked_at = models.DateTimeField(db_default=Now())
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="kit_scan_known_state",
                condition=Q(state=ScanState.WAITING, virus="", scanned_at=None)
                | Q(state=ScanState.CLEAN, virus="", scanned_at__isnull=False)
                | (Q(state=ScanState.INFECTED, scanned_at__isnull=False) & ~Q(virus="")),
                violation_error_message="A file waits, or is clean, or carries a virus that has a name.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="infected_for_good",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="infected"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}: {self.get_state_display()}"


SEEN_BY = "seen_by"  # among findings: the commissioners of those rows that only who may see them there is to see


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Any) -> Self:
        """Files, for those who may see files: one of them is for all commissioners."""
        return self.shared_with(user) if user.authority.may("view_imports") else self.none()

    def shared_with(self, user: Any) -> Self:
        """Without what others alone see: files of `private` kinds, and those with rows that some commissioners alone may."""
        from cc2h.kit.imports.kinds import kinds

        private = [key for key, kind in kinds.items() if kind.private]
        theirs = self.exclude(Q(kind__in=private, uploaded_by__isnull=False) & ~Q(uploaded_by=user and user.pk))
        for key, kind in kinds.items():
            if kind.seen_with and user is not None and not user.authority.everywhere(kind.seen_with):
                own = sorted(user.authority.commissioner_ids(kind.seen_with))
                told = Q(findings__has_key=SEEN_BY)
                seen = told & Q(**{f"findings__{SEEN_BY}__contained_by": own}) | Q(uploaded_by=user.pk)
                if own:  # what is not read yet, or was refused
                    seen |= ~told
                theirs = theirs.filter(~Q(kind=key) | seen)
        return theirs


class ImportState(models.TextChoices):
    RECEIVED = "received", "Received"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked, waiting for you"
    MERGING = "merging", "Being imported"
    IMPORTED = "imported", "Imported"
    REJECTED = "rejected", "Rejected"
    DISCARDED = "discarded", "Discarded"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


# Only this may become of a file. A command checks and imports at once; a file being imported may have to be shown again.
IMPORT_TRANSITIONS: dict[ImportState, tuple[ImportState, ...]] = {
    ImportState.RECEIVED: (
        ImportState.CHECKING,
        ImportState.CHECKED,
        ImportState.IMPORTED,
        ImportState.REJECTED,
        ImportState.DISCARDED,
    ),
    ImportState.CHECKING: (ImportState.CHECKED, ImportState.REJECTED, ImportState.DISCARDED),
    ImportState.CHECKED: (ImportState.RECEIVED, ImportState.MERGING, ImportState.DISCARDED),
    ImportState.MERGING: (ImportState.IMPORTED, ImportState.CHECKED, ImportState.REJECTED, ImportState.DISCARDED),
    ImportState.IMPORTED: (ImportState.UNDOING,),
    ImportState.UNDOING: (ImportState.UNDONE, ImportState.IMPORTED),
    ImportState.REJECTED: (),
    ImportState.DISCARDED: (),
    ImportState.UNDONE: (),
}


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["progress"])  # told twenty times a file
class Import(models.Model):
    """A file that came in: its bytes (in chunks), who brought it, what was found, and what became of it."""

    State = ImportState

    kind = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.RECEIVED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(null=True)
    extract_day = models.DateField(null=True)
    rows = models.IntegerField(default=0)
    progress = models.IntegerField(default=0)
    options = models.JSONField(
        default=dict, db_default={}
    )  # what a person said that the file does not: its day, whose rows
    findings = models.JSONField(default=dict)
    rejection = models.TextField(blank=True)
    # The acts (contexts of the history) in which its rows were written and taken back: see cc2h.kit.imports.undoing.
    act = models.UUIDField(null=True, editable=False)
    undo_act = models.UUIDField(null=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True, db_default="")

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "kind", "options"],
                condition=Q(state="imported", findings__held_back=0),  # rows held back may come again
                name="kit_import_once",
                violation_error_message="This file has already been imported.",
            ),
            models.CheckConstraint(name="kit_import_known_state", condition=Q(state__in=ImportState.values)),
        ]
        indexes = [models.Index(fields=["-uploaded_at"], name="kit_import_newest")]
        triggers = [
            pgtrigger.FSM(
                name="follows_the_route",
                field="state",
                transitions=[(before, after) for before, afters in IMPORT_TRANSITIONS.items() for after in afters],
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportChunk(models.Model):
    """A piece of a file's bytes, in the database, so that a back-up holds the evidence for every number."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="kit_importchunk_once")]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.number}"


class ImportProblem(models.Model):
    """One thing wrong in a file: where, what was found, what was expected; and whether the row was held back."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    line = models.IntegerField(null=True)
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=400)
    quarantined = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["of", "line"], name="kit_importproblem_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}"


class ChartImage(models.Model):
    """A chart by the key of its content (cc2h.kit.charts), and its pictures once somebody has asked for them.

    Derived from what a page shows: it may be emptied at any time.
    """

    key = models.CharField(max_length=40, primary_key=True)
    spec = models.JSONField()
    svg = models.TextField(null=True)
    narrow_svg = models.TextField(null=True)
    png = models.BinaryField(null=True)
    wanted_at = models.DateTimeField(db_default=Now(), db_index=True)  # when a page showed it, give or take weeks
    failed_at = models.DateTimeField(null=True)  # when it last could not be drawn

    def __str__(self) -> str:
        return str(self.spec["title"])


class ApiAct(models.Model):
    """An act done by the API under a key of its sender's: what was answered, for when it is sent again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    sent = models.CharField(max_length=64)  # SHA-256 of what was asked
    status = models.IntegerField(null=True)
    content_type = models.CharField(max_length=80, db_default="")
    answer = models.BinaryField(null=True)
    made_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kit_apiact_once")]

    def __str__(self) -> str:
        return self.key


@governed
class SavedView(models.Model):
    """A list as somebody wants it again: its filters, order and columns, under a name.

    route: the name of the list's address. query: as `cc2h.kit.saved.queries.kept` writes it.
    shared_with: the id of a commissioner (a record of a room above this one), or None for the owner alone.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    route = models.CharField("list", max_length=80)
    name = models.CharField(max_length=60)
    query = models.CharField("what it keeps", max_length=2000, blank=True)
    shared_with = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "route", "name"],
                name="kit_savedview_once",
                violation_error_message="You have a view of this name. Choose another name, or change that view.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["route", "shared_with"], condition=Q(shared_with__isnull=False), name="kit_savedview_shared"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DatabaseSize(models.Model):
    """How large the database was in the night to a day: what it grows by is on the page of whoever runs the portal."""

    day = models.DateField(unique=True)
    bytes = models.BigIntegerField()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.bytes}"
