"""The access review: who may sign in, which posts they hold, when they were last here, and by what they prove it."""

from django.db.models import QuerySet

from cc2h.accounts.authority import Action, require
from cc2h.accounts.models import User
from cc2h.kit.lists import ListPage
from chins import queries
from chins.filters import AccessFilters
from chins.shapes import ReviewItem
from chins.tables import AccessTable


class AccessReview(ListPage):
    """Who holds what, and when they were last here; to be looked through now and then."""

    title = "Access review"
    noun = ("person", "people")
    filterset_class = AccessFilters
    table_class = AccessTable
    default_sort = "name"
    shape = ReviewItem
    csv_columns = {
        "name": "name",
        "email": "email",
        "posts": "posts",
        "deputises_for": "deputises",
        "needs_second_factor": "guarded",
        "has_second_factor": "factor",
        "last_seen": "seen",
        "may_sign_in": "is_active",
    }

    def permit(self) -> None:
        require(self.request.user, Action.MANAGE_PEOPLE)

    def queryset(self) -> QuerySet[User]:
        return queries.reviewed(self.asat)
