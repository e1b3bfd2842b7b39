"""Payment runs as records that something can be about: actions, comments and files hang on them."""

from budget.payments.models import Run
from cc2h.accounts.records import Rows, of_commissioner, provide

provide(Rows("payment-run", "Payment run", lambda day: Run.objects.all(), "payments:run_detail", of_commissioner))
