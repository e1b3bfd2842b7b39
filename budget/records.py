"""Budget lines as records that something can be about: actions, comments and files hang on them."""

from budget.models import Line
from cc2h.accounts.records import Rows, of_commissioner, provide

provide(
    Rows("budget-line", "Budget line", lambda day: Line.objects.all(), "budget:line_detail", of_commissioner, "slug")
)
