"""The states of what is owed, of a run and of its lines."""

from django.db.models import TextChoices


class PayableState(TextChoices):
    OWED = "owed", "Owed"
    CALLED_OFF = "called_off", "Called off"
    PAID = "paid", "Paid"
    BACK = "back", "Came back, to be decided"


class RunState(TextChoices):
    PREPARED = "prepared", "Prepared"
    AUTHORISED = "authorised", "Authorised"
    EXPORTED = "exported", "Exported"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class LineState(TextChoices):
    WAITING = "waiting", "Waiting for the bank’s word"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    REVERSED = "reversed", "Came back"
    OUT = "out", "Taken out"


LIVE = (LineState.WAITING, LineState.PAID)  # what keeps a payable from any other run
NOT_SENT = "In the run, not sent yet"  # said of what waits in a run that has not left the portal
CHANGEABLE = (RunState.PREPARED, RunState.AUTHORISED)  # what has not left the portal yet
PAYABLE_STEPS = (
    (PayableState.OWED, PayableState.CALLED_OFF),
    (PayableState.OWED, PayableState.PAID),
    (PayableState.PAID, PayableState.BACK),
    (PayableState.BACK, PayableState.OWED),
    (PayableState.BACK, PayableState.CALLED_OFF),
)
RUN_STEPS = (
    (RunState.PREPARED, RunState.PREPARED),  # its lines are changed
    (RunState.PREPARED, RunState.AUTHORISED),
    (RunState.AUTHORISED, RunState.PREPARED),  # its lines are changed: the authorisation is void
    (RunState.AUTHORISED, RunState.EXPORTED),
    (RunState.EXPORTED, RunState.CONFIRMED),
    (RunState.PREPARED, RunState.WITHDRAWN),
    (RunState.AUTHORISED, RunState.WITHDRAWN),
)
# What becomes of a line, and in which states of its run.
LINE_STEPS = {
    (LineState.WAITING, LineState.OUT): (RunState.PREPARED, RunState.AUTHORISED, RunState.WITHDRAWN),
    (LineState.WAITING, LineState.PAID): (RunState.EXPORTED,),
    (LineState.WAITING, LineState.FAILED): (RunState.EXPORTED,),
    (LineState.PAID, LineState.REVERSED): (RunState.EXPORTED, RunState.CONFIRMED),
}


class RecoveryState(TextChoices):
    ASKED = "asked", "Asked back"
    RECEIVED = "received", "Received back"
    LET_GO = "let_go", "Let go"


class PayeeKind(TextChoices):
    PRACTICE = "practice", "Practice"
    FEDERATION = "federation", "Federation"
    TRUST = "trust", "NHS trust"
    COUNCIL = "council", "Council"
    OTHER = "other", "Other organisation"


class LayoutKind(TextChoices):
    PAYMENT = "payment", "Payment file"
    JOURNAL = "journal", "Ledger journal"
    ACCRUALS = "accruals", "Accruals"


class Step(TextChoices):
    PREPARED = "prepared", "Prepared"
    CHANGED = "changed", "Changed"
    AUTHORISED = "authorised", "Authorised"
    EXPORTED = "exported", "Exported"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REFUSED = "refused", "Refused"
