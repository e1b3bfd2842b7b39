"""Who is paid, what is owed, and the runs that pay it: prepared by one person, authorised by another, paid once."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from budget.models import POUNDS, Entry, Line, years_known
from budget.payments.guards import (
    EXPORT_FITS,
    LINE_CHANGES,
    LINE_FITS,
    LINE_TELLS,
    PAYABLE_BEGINS,
    PAYABLE_CHANGES,
    PAYEE_KEPT,
    RECOVERY_BEGINS,
    RECOVERY_CHANGES,
    RUN_BEGINS,
    RUN_CHANGES,
    VOUCHED_BEFORE,
)
from budget.payments.querysets import (
    PayableQuerySet,
    PayeeQuerySet,
    RecoveryQuerySet,
    RunLineQuerySet,
    RunQuerySet,
)
from budget.payments.states import (
    LIVE,
    LayoutKind,
    LineState,
    PayableState,
    PayeeKind,
    RecoveryState,
    RunState,
    Step,
)
from cc2h.accounts.authority import Target
from cc2h.kit.history import NEVER_EMPTIED, governed
from chins.models import Chin
from practices.models import Commissioner, Federation, Practice

USER = settings.AUTH_USER_MODEL
NEVER_CHANGED = (
    pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
    NEVER_EMPTIED,
)
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


@governed
class Payee(models.Model):
    """An organisation that can be paid, by the reference finance knows it by. Bank details are never held here."""

    Kind = PayeeKind

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="payees")
    kind = models.CharField(max_length=10, choices=PayeeKind)
    practice = models.ForeignKey(Practice, models.PROTECT, null=True, blank=True, related_name="payees")
    federation = models.ForeignKey(Federation, models.PROTECT, null=True, blank=True, related_name="payees")
    name = models.CharField("name", max_length=200)
    reference = models.CharField("payee reference", max_length=20)
    email = models.EmailField("address for remittances", max_length=254, blank=True)  # beside whoever holds its posts

    objects: ClassVar[Any] = PayeeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "reference"],
                name="payments_payee_reference_once",
                violation_error_message="Another payee has that reference.",
            ),
            models.UniqueConstraint(
                fields=["commissioner", "practice"],
                name="payments_payee_practice_once",
                violation_error_message="That practice is a payee already.",
            ),
            models.UniqueConstraint(
                fields=["commissioner", "federation"],
                name="payments_payee_federation_once",
                violation_error_message="That federation is a payee already.",
            ),
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                condition=Q(practice=None, federation=None),
                name="payments_payee_name_once",
                violation_error_message="There is a payee of that name already.",
            ),
            models.CheckConstraint(
                name="payments_payee_is_one_thing",
                condition=Q(kind="practice", practice__isnull=False, federation=None)
                | Q(kind="federation", practice=None, federation__isnull=False)
                | Q(kind__in=["trust", "council", "other"], practice=None, federation=None),
                violation_error_message="A payee is a practice, a federation, a trust, a council or another organisation.",
            ),
            models.CheckConstraint(
                name="payments_payee_reference_shape",
                condition=Q(reference__regex=r"^[A-Z0-9][A-Z0-9/-]*$"),
                violation_error_message="A payee reference is capital letters, digits, hyphens and strokes, like E83003.",
            ),
            # eight digits or six: an account number or a sort code, which have no place here
            models.CheckConstraint(
                name="payments_payee_no_bank_details",
                condition=~Q(reference__regex=r"^([0-9]{8}|[0-9]{2}-?[0-9]{2}-?[0-9]{2})$"),
                violation_error_message="That looks like an account number or a sort code. Bank details are not held here: "
                "give the reference by which the paying system knows the payee.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="kept", operation=pgtrigger.Update, when=pgtrigger.Before, func=PAYEE_KEPT),
        ]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(
            commissioner_ids=frozenset({self.commissioner_id}),
            practice_ids=frozenset({self.practice_id} if self.practice_id else ()),
            federation_ids=frozenset({self.federation_id} if self.federation_id else ()),
        )


@governed
class Payable(models.Model):
    """A sum that is owed to a payee, of a line and year, because of one thing; for that thing once.

    about: the record that it is owed for, like claim:12 (budget.payments.owing). day: since when it is owed.
    """

    State = PayableState

    payee = models.ForeignKey(Payee, models.PROTECT, related_name="payables")
    line = models.ForeignKey(Line, models.PROTECT, related_name="payables", verbose_name="budget line")
    year = models.PositiveSmallIntegerField("financial year")
    chin = models.ForeignKey(Chin, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="CHIN")
    amount = models.DecimalField(**POUNDS)
    reason = models.CharField("what for", max_length=500)
    about = models.CharField(max_length=60)
    day = models.DateField("owed since")
    recorded_at = models.DateTimeField("recorded", db_default=Now())
    state = models.CharField(max_length=10, choices=PayableState, default=PayableState.OWED)
    paid_on = models.DateField("paid on", null=True, blank=True)
    called_off_on = models.DateField("called off on", null=True, blank=True)
    why = models.CharField("why", max_length=500, blank=True)

    objects: ClassVar[Any] = PayableQuerySet.as_manager()

    class Meta:
        verbose_name = "sum owed"
        verbose_name_plural = "sums owed"
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["about"],
                condition=~Q(state=PayableState.CALLED_OFF),
                name="payments_payable_once",
                violation_error_message="That is owed, or paid, already.",
            ),
            models.CheckConstraint(
                name="payments_payable_known_state",
                condition=Q(state__in=PayableState.values),
                violation_error_message="A sum is owed, called off, paid, or came back.",
            ),
            models.CheckConstraint(
                name="payments_payable_amount",
                condition=Q(amount__gt=0),
                violation_error_message="What is owed is more than £0.00.",
            ),
            models.CheckConstraint(
                name="payments_payable_says_what_for",
                condition=~Q(reason="") & ~Q(about=""),
                violation_error_message="Say what it is owed for.",
            ),
            models.CheckConstraint(
                name="payments_payable_paid_has_a_day",
                condition=Q(state=PayableState.PAID, paid_on__isnull=False)
                | (~Q(state=PayableState.PAID) & Q(paid_on=None)),
                violation_error_message="What is paid says on which day.",
            ),
            models.CheckConstraint(
                name="payments_payable_called_off_with_a_reason",
                condition=(Q(state=PayableState.CALLED_OFF, called_off_on__isnull=False) & ~Q(why=""))
                | (~Q(state=PayableState.CALLED_OFF) & Q(called_off_on=None)),
                violation_error_message="Say on which day it is called off, and why.",
            ),
            years_known("payments_payable_year", "year"),
        ]
        indexes = [models.Index(fields=["about"], name="payments_payable_about")]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=PAYABLE_BEGINS),
            pgtrigger.Trigger(name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=PAYABLE_CHANGES),
        ]

    def __str__(self) -> str:
        return self.reason

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.payee.commissioner_id}))


class Vouching(models.Model):
    """Somebody entered or verified what is owed: they authorise no payment of it."""

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="vouchings")
    person = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["payable", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["payable", "person"],
                name="payments_vouching_once",
                violation_error_message="They have vouched for it already.",
            )
        ]
        triggers = [
            *NEVER_CHANGED,
            pgtrigger.Trigger(
                name="before_a_run",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="entered"),
                func=VOUCHED_BEFORE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.payable}"


@governed
class Run(models.Model):
    """Payments that leave together: prepared by one person, authorised by another, exported, confirmed by the bank.

    control: the hash of its lines and totals, which the database works out anew before it is authorised and exported.
    """

    State = RunState

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="payment_runs")
    number = models.CharField(max_length=9)  # like 2018-001: the financial year it is prepared in, and its place there
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PREPARED)
    prepared_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="prepared by")
    prepared_on = models.DateField("prepared on")
    authorised_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="authorised by"
    )
    authorised_on = models.DateField("authorised on", null=True, blank=True)
    exported_on = models.DateField("exported on", null=True, blank=True)
    confirmed_on = models.DateField("confirmed on", null=True, blank=True)
    withdrawn_on = models.DateField("withdrawn on", null=True, blank=True)
    why = models.CharField("why", max_length=500, blank=True)
    count = models.PositiveIntegerField("lines", default=0)
    total = models.DecimalField(**POUNDS, default=0)
    control = models.CharField("control hash", max_length=64, blank=True)

    objects: ClassVar[Any] = RunQuerySet.as_manager()

    class Meta:
        verbose_name = "payment run"
        ordering = ["-number", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "number"],
                name="payments_run_number_once",
                violation_error_message="There is a run of that number.",
            ),
            models.CheckConstraint(
                name="payments_run_known_state",
                condition=Q(state__in=RunState.values),
                violation_error_message="That is no state of a run.",
            ),
            models.CheckConstraint(
                name="payments_run_authorised_by_another",
                condition=Q(authorised_by=None) | ~Q(authorised_by=F("prepared_by")),
                violation_error_message="Who prepared a run does not authorise it.",
            ),
            models.CheckConstraint(
                name="payments_run_authorised",
                condition=Q(state=RunState.PREPARED, authorised_by=None, authorised_on=None)
                | Q(state=RunState.WITHDRAWN)
                | Q(
                    state__in=["authorised", "exported", "confirmed"],
                    authorised_by__isnull=False,
                    authorised_on__isnull=False,
                ),
                violation_error_message="A run that is authorised says by whom and when.",
            ),
            models.CheckConstraint(
                name="payments_run_days",
                condition=(Q(exported_on=None) | Q(state__in=["exported", "confirmed"]))
                & (~Q(state__in=["exported", "confirmed"]) | Q(exported_on__isnull=False))
                & (Q(confirmed_on=None) | Q(state="confirmed"))
                & (~Q(state="confirmed") | Q(confirmed_on__isnull=False)),
                violation_error_message="A run says when it was exported and confirmed.",
            ),
            models.CheckConstraint(
                name="payments_run_withdrawn_with_a_reason",
                condition=(Q(state="withdrawn", withdrawn_on__isnull=False) & ~Q(why=""))
                | (~Q(state="withdrawn") & Q(withdrawn_on=None)),
                violation_error_message="Say why the run is withdrawn.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=RUN_BEGINS),
            pgtrigger.Trigger(name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=RUN_CHANGES),
        ]

    def __str__(self) -> str:
        return f"Payment run {self.number}"

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


@governed
class RunLine(models.Model):
    """One payment of a run. Its reference stands on the payee's bank statement, and comes back in the confirmation.

    payee_reference: the payee's when the run was prepared, set by the database. A payable is in one live run at most.
    added_by: who put it in later than the run was prepared; nobody: whoever prepared it.
    """

    State = LineState

    run = models.ForeignKey(Run, models.PROTECT, related_name="lines")
    payable = models.ForeignKey(Payable, models.PROTECT, related_name="run_lines")
    amount = models.DecimalField(**POUNDS)
    reference = models.CharField(max_length=18, unique=True)  # as many characters as a bank line takes
    payee_reference = models.CharField(max_length=20, editable=False)
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="added by")
    state = models.CharField(max_length=8, choices=LineState, default=LineState.WAITING)
    outcome_on = models.DateField("paid or failed on", null=True, blank=True)
    reversed_on = models.DateField("came back on", null=True, blank=True)
    reason = models.CharField("why", max_length=500, blank=True)
    payment = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="paid_by")
    contrary = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = RunLineQuerySet.as_manager()

    class Meta:
        verbose_name = "payment"
        ordering = ["run", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(state__in=LIVE),
                name="payments_runline_in_one_live_run",
                violation_error_message="One of these is in another payment run already.",
            ),
            models.CheckConstraint(
                name="payments_runline_known_state",
                condition=Q(state__in=LineState.values),
                violation_error_message="That is no state of a payment.",
            ),
            models.CheckConstraint(
                name="payments_runline_outcome",
                condition=Q(
                    state__in=["waiting", "out"], outcome_on=None, reversed_on=None, payment=None, contrary=None
                )
                | Q(state="paid", outcome_on__isnull=False, reversed_on=None, payment__isnull=False, contrary=None)
                | (Q(state="failed", outcome_on__isnull=False, reversed_on=None, payment=None) & ~Q(reason=""))
                | (
                    Q(state="reversed", outcome_on__isnull=False, reversed_on__gte=F("outcome_on"))
                    & Q(payment__isnull=False, contrary__isnull=False)
                    & ~Q(reason="")
                ),
                violation_error_message="A payment says when it was made; one that failed or came back says when and why.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=LINE_FITS),
            pgtrigger.Trigger(name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=LINE_CHANGES),
            pgtrigger.Trigger(
                name="tells", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.After, func=LINE_TELLS
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@governed
class Recovery(models.Model):
    """A payment that somebody has decided to ask back, whole: received, by an entry that reverses it, or let go.

    settled_by: nobody where the bank said by itself that the payment came back.
    """

    State = RecoveryState

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="recoveries")
    amount = models.DecimalField(**POUNDS)
    reason = models.CharField("why it is asked back", max_length=500)
    asked_on = models.DateField("asked back on")
    asked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="asked back by")
    state = models.CharField(max_length=8, choices=RecoveryState, default=RecoveryState.ASKED)
    settled_on = models.DateField("received or let go on", null=True, blank=True)
    settled_by = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="received or let go by"
    )
    why = models.CharField("how it came, or why it was let go", max_length=500, blank=True)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = "sum asked back"
        verbose_name_plural = "sums asked back"
        ordering = ["asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payable"],
                condition=~Q(state=RecoveryState.LET_GO),
                name="payments_recovery_once",
                violation_error_message="That is asked back already.",
            ),
            models.CheckConstraint(
                name="payments_recovery_known_state",
                condition=Q(state__in=RecoveryState.values),
                violation_error_message="What is asked back is received or let go.",
            ),
            models.CheckConstraint(
                name="payments_recovery_says_why",
                condition=~Q(reason=""),
                violation_error_message="Say why it is asked back.",
            ),
            models.CheckConstraint(
                name="payments_recovery_settled",
                condition=Q(state="asked", settled_on=None, settled_by=None, why="", entry=None)
                | Q(state="received", settled_on__gte=F("asked_on"), entry__isnull=False)
                | (Q(state="let_go", settled_on__gte=F("asked_on"), entry=None) & ~Q(why="")),
                violation_error_message="It is received or let go on or after the day it was asked back; let go with a reason.",
            ),
        ]
        triggers = [
            NEVER_DELETED,
            pgtrigger.Trigger(name="begins", operation=pgtrigger.Insert, when=pgtrigger.Before, func=RECOVERY_BEGINS),
            pgtrigger.Trigger(name="changes", operation=pgtrigger.Update, when=pgtrigger.Before, func=RECOVERY_CHANGES),
        ]

    def __str__(self) -> str:
        return f"Asked back: {self.payable}"

    def authority_target(self) -> Target:
        return self.payable.authority_target()


class RunStep(models.Model):
    """What was done with a run, by whom, with its totals and control hash then. Never changed."""

    Step = Step

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    day = models.DateField("day")
    at = models.DateTimeField(db_default=Now())
    count = models.PositiveIntegerField("lines")
    total = models.DecimalField(**POUNDS)
    control = models.CharField("control hash", max_length=64)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [*NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.run}: {self.get_step_display()}"


@governed
class Layout(models.Model):
    """A commissioner's own layout of a file: which columns, in which order, with what between them."""

    Kind = LayoutKind

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="payment_layouts")
    name = models.CharField("name", max_length=80)
    kind = models.CharField("kind of file", max_length=8, choices=LayoutKind)
    columns = ArrayField(models.CharField(max_length=30), verbose_name="columns")
    delimiter = models.CharField("between columns", max_length=1, default=",")
    heading = models.BooleanField("a first row of headings", default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commissioner", "name"],
                name="payments_layout_name_once",
                violation_error_message="There is a layout of that name already.",
            ),
            models.CheckConstraint(
                name="payments_layout_known",
                condition=Q(kind__in=LayoutKind.values, delimiter__in=[",", ";", "\t", "|"], columns__len__gt=0),
                violation_error_message="A layout is of a known kind, with a comma, semicolon, tab or bar between its columns.",
            ),
        ]
        triggers = [NEVER_DELETED]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


class Export(models.Model):
    """A file as it was made, once: whoever fetches it again gets the same bytes.

    booked: of a journal, what it books to each budget line and year, so that a later one books what has changed since.
    """

    Kind = LayoutKind

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="payment_exports")
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="exports")
    layout = models.CharField("layout", max_length=80)
    kind = models.CharField(max_length=8, choices=LayoutKind)
    day = models.DateField("as at")
    rows = models.PositiveIntegerField("rows")
    data = models.BinaryField()
    booked = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", verbose_name="made by")
    made_at = models.DateTimeField("made", db_default=Now())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "layout"],
                name="payments_export_once",
                violation_error_message="That file has been made already.",
            ),
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(kind="payment"),
                name="payments_export_one_payment_file",
                violation_error_message="The payment file of this run has been made already. Download that one.",
            ),
            models.CheckConstraint(
                name="payments_export_of_a_run",
                condition=Q(kind="accruals", run=None) | (~Q(kind="accruals") & Q(run__isnull=False)),
                violation_error_message="A payment file and a journal are of a run, accruals of a commissioner.",
            ),
        ]
        triggers = [
            *NEVER_CHANGED,
            pgtrigger.Trigger(name="fits", operation=pgtrigger.Insert, when=pgtrigger.Before, func=EXPORT_FITS),
        ]

    def __str__(self) -> str:
        return self.layout

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


class Download(models.Model):
    """Somebody fetched a file."""

    export = models.ForeignKey(Export, models.PROTECT, related_name="downloads")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        triggers = [*NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.export}, {self.by}"


class Confirmation(models.Model):
    """The bank's word on lines of a run: as a file, or as somebody read it. The same file counts once."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="confirmations")
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    data = models.BinaryField(default=bytes)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    day = models.DateField()
    paid = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    reversed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "sha256"],
                condition=~Q(sha256=""),
                name="payments_confirmation_once",
                violation_error_message="That file has confirmed this run already.",
            )
        ]
        triggers = [*NEVER_CHANGED]

    def __str__(self) -> str:
        return self.file_name or "By hand"
