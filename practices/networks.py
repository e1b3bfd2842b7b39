"""What practices need to know of the networks they are in.

Rooms import downwards: this room must not import CHINs, yet its pages show them. So it says here what it needs,
and the CHINs room provides it from its AppConfig.ready() (`provide`). There is exactly one provider.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet

from cc2h.kit.acts import Effect

if TYPE_CHECKING:
    from practices.models import Commissioner, Practice, PracticeStanding
    from practices.querysets import PracticeQuerySet


@dataclass(frozen=True, slots=True)
class Place:
    """The network a practice is in on a day, and since when."""

    pk: int
    slug: str
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class Stay:
    """A time a practice is in a network. `last` (inclusive) is None while it has no end.

    `joined_because` and `left_because` are the reasons given when each of the two days was recorded.
    """

    slug: str
    name: str
    first: date
    last: date | None
    joined_because: str = ""
    left_because: str = ""


class Networks(Protocol):
    """The questions this room asks of networks, and the one thing it asks them to do."""

    def join(self, practices: "PracticeQuerySet", day: date, known: datetime | None) -> "PracticeQuerySet":
        """Annotates chin_id, chin_slug, chin_name, chin_status and chin_period on the day.

        All are None for a practice in no network that counts. Joins, so that thousands of rows stay one query.
        """

    def tables(self, known: bool) -> Mapping[str, str]:
        """Alias → the join of a table that says so, for `practices.matching`; `known` as in `dated.true_in_sql`."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What these tables say: chin_id, chin_slug, chin, chin_status and since (a day)."""

    def place_in_sql(self, practice: str, known: bool) -> str:
        """An expression for the Place of a practice on %(day)s, as an array of texts; null in no network that counts."""

    def places(self, practice_ids: Sequence[int], day: date, known: datetime | None) -> Mapping[int, Place]:
        """Where each of these practices is on the day; those in no network that counts are left out."""

    def changed(self, after: date, until: date, known: datetime | None) -> Q:
        """A condition on practices: joined or left a network after one day and until another (inclusive)."""

    def choices_in_sql(self, commissioners: str, known: bool) -> str:
        """A statement for the slug and name of the networks of these that count on %(day)s.

        `commissioners` is a statement for their ids, `known` as in `dated.true_in_sql`.
        """

    def stays(self, practice: "Practice", known: datetime | None) -> list[Stay]:
        """Every network the practice was, is or is planned to be in, oldest first."""

    def leave(self, practice: "Practice", *, last: date, by: Any, reason: str) -> None:
        """The practice leaves its network on `last`, and joins planned for later are voided."""

    def follow(
        self, practice: "Practice", others: Sequence["Practice"], *, on: date, first: date, by: Any, reason: str
    ) -> None:
        """The others are from `first` in the network that the practice is in on `on`, for as long as that was to last."""

    def restore_stays(self, practice: "Practice", closing: "PracticeStanding", *, by: Any, reason: str) -> None:
        """The closing is taken back: the practice is again in the networks it left by it."""

    def posts_ending(self, practice: "Practice", last: date) -> list[str]:
        """What becomes of those who hold or deputise for its posts beyond `last` when it closes, in sentences."""

    def end_posts(self, practice: "Practice", *, last: date, by: Any, reason: str) -> None:
        """The practice closes: its posts are held until `last`; what was planned for later is voided."""

    def restore_posts(self, practice: "Practice", closing: "PracticeStanding", *, by: Any, reason: str) -> None:
        """The closing is taken back or moved: posts that ended with it are held as they were."""

    def effect(
        self,
        *,
        commissioner: "Commissioner",
        day: date,
        do: Callable[[], Any],
        sentences: Callable[[Any], list[str]],
        warnings: Sequence[str] = (),
        also: Sequence["Commissioner"] = (),
    ) -> Effect:
        """Coverage of the commissioner (and of others) on the day before and after `do`, which is undone again.

        `sentences` say in words what the result of `do` changes. A refusal of `do` comes through.
        """

    def history(self, practice: "Practice") -> Sequence[QuerySet[Any]]:
        """All versions of the networks' records that are about this practice, for its history."""


_provided: list[Networks] = []


def provide(networks: Networks) -> Networks:
    """Register the provider; the latest one counts."""
    _provided[:] = [networks]
    return networks


def networks() -> Networks:
    """The provider. Raises LookupError when none has been registered."""
    if not _provided:
        raise LookupError("No room has said which networks practices are in.")
    return _provided[0]
