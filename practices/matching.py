"""Which practices match, in SQL written by hand: for every page of the list thousands of them are read.

A `Matching` is what is asked of the practices so far. Its conditions and what is selected name tables by the alias
they have here (`tables`) or in the room of networks; a table that nobody names is not joined.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from cc2h.kit.asat import AsAt
from cc2h.kit.dated import just_before, true_in_sql
from cc2h.kit.days import year_before
from practices.models import Practice
from practices.networks import networks
from practices.querysets import all_visible_of


def counted(alias: str, known: bool) -> str:
    """A condition on list sizes: they count now, or counted at %(known)s."""
    if not known:
        return f"{alias}.superseded_at IS NULL"
    return f"{alias}.recorded_at <= %(known)s AND ({alias}.superseded_at IS NULL OR {alias}.superseded_at > %(known)s)"


def _newest(column: str, day: str, known: bool) -> str:
    """Of a practice's newest list size not later than the day.

    Nearly every practice has one of the newest extract, which a join finds for all of them; only the others are
    asked one by one.
    """
    own = f"l.practice_id = standing.practice_id AND {counted('l', known)} AND l.day <= %({day})s"
    newest = f"(SELECT l.{column} FROM practices_listsize l WHERE {own} ORDER BY l.day DESC LIMIT 1)"  # noqa: S608 - ours
    return f"coalesce({day}_size.{column}, {newest})"


@cache
def tables(known: bool) -> dict[str, str]:
    """Alias → how the table is joined to `standing`, in an order in which each names only those before it."""

    def dated(alias: str, table: str) -> str:
        true = true_in_sql(alias, known)
        return f"LEFT JOIN {table} {alias} ON {alias}.practice_id = standing.practice_id AND {true}"

    def size(alias: str, day: str) -> str:
        newest = f"SELECT max(l.day) FROM practices_listsize l WHERE {counted('l', known)} AND l.day <= %({day})s"  # noqa: S608 - ours
        held = f"{counted(alias, known)} AND {alias}.day = ({newest})"
        return f"LEFT JOIN practices_listsize {alias} ON {alias}.practice_id = standing.practice_id AND {held}"

    return {
        "practice": "JOIN practices_practice practice ON practice.id = standing.practice_id",
        "commissioner": "JOIN practices_commissioner commissioner ON commissioner.id = standing.commissioner_id",
        "detail": dated("detail", "practices_practicedetail"),
        "federated": dated("federated", "practices_federationmembership"),
        "federation": "LEFT JOIN practices_federation federation ON federation.id = federated.federation_id",
        "day_size": size("day_size", "day"),
        "before_size": size("before_size", "before"),
        **networks().tables(known),
    }


@cache
def facts(known: bool) -> dict[str, str]:
    """Name → what it is of a practice on %(day)s. `change` is since %(before)s; of one and the same list not known."""
    patients, before = _newest("patients", "day", known), _newest("patients", "before", known)
    list_day = _newest("day", "day", known)
    return {
        "ods_code": "practice.ods_code",
        "name": "detail.name",
        "postcode": "detail.postcode",
        "borough": "detail.borough",
        "latitude": "detail.latitude",
        "longitude": "detail.longitude",
        "status": "standing.status",
        "commissioner_id": "standing.commissioner_id",
        "commissioner_code": "commissioner.ods_code",
        "commissioner": "commissioner.short_name",
        "federation": "federation.name",
        "patients": patients,
        "list_day": list_day,
        "change": f"CASE WHEN {list_day} > %(before)s THEN {patients} - {before} END",
        **networks().facts,
    }


@dataclass(frozen=True, slots=True)
class Matching:
    """Practices in the register on a day, of which every condition holds."""

    asat: AsAt
    conditions: tuple[str, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)
    order: str = ""

    @classmethod
    def visible_to(cls, user: Any, asat: AsAt) -> "Matching":
        """Those that Practice.objects.visible_to lets the person see."""
        matching, whole = cls(asat), all_visible_of(user)
        if whole is None:
            return matching.among(Practice.objects.visible_to(user, asat))
        return matching.where("standing.commissioner_id = ANY(%(visible)s)", visible=sorted(whole))

    def where(self, condition: str, **asked: Any) -> "Matching":
        """Those of them for which this holds too; it may name the parameters asked, each called by its own name."""
        return replace(self, conditions=(*self.conditions, condition), asked={**self.asked, **asked})

    def where_fact(self, fact: str, condition: str, **asked: Any) -> "Matching":
        """Those of them of which this is so of a fact."""
        return self.where(f"{facts(self.known)[fact]} {condition}", **asked)

    def among(self, practices: QuerySet[Practice]) -> "Matching":
        """Those of them that are in a queryset."""
        try:
            sql, parameters = practices.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # Django sees that there can be none
            return self.where("false")
        asked = {f"among_{len(self.asked) + n}": value for n, value in enumerate(parameters)}
        names = iter(asked)
        inner = re.sub("%s", lambda _: f"%({next(names)})s", sql)
        return self.where(f"standing.practice_id IN ({inner})", **asked)

    def ordered(self, fact: str, *, falling: bool) -> "Matching":
        """In the order of a fact, what is not known last, ties by primary key."""
        term = f"{facts(self.known)[fact]} {'DESC' if falling else 'ASC'}"
        return replace(self, order=f"ORDER BY {term} NULLS LAST, standing.practice_id")

    def after(self, fact: str, *, falling: bool, value: Any, pk: int) -> "Matching":
        """Those that come after this one in the order of a fact: see `ordered`."""
        term = facts(self.known)[fact]
        if value is None:
            return self.where(f"{term} IS NULL AND standing.practice_id > %(after_pk)s", after_pk=pk)
        beyond = f"{term} {'<' if falling else '>'} %(after)s OR {term} IS NULL"
        same = f"{term} = %(after)s AND standing.practice_id > %(after_pk)s"
        return self.where(f"{beyond} OR {same}", after=value, after_pk=pk)

    @property
    def known(self) -> bool:
        return self.asat.known is not None

    @property
    def parameters(self) -> dict[str, Any]:
        day = self.asat.day
        return {**self.asked, "day": day, "before": year_before(day), "known": just_before(self.asat.known_at)}

    def select(self, columns: Iterable[str], group: str = "") -> str:
        """The statement that selects these for every practice that matches."""
        conditions = (true_in_sql("standing", self.known), *self.conditions)
        select, where = ", ".join(columns), " AND ".join(f"({condition})" for condition in conditions)
        named, joins = f"{select} {where} {self.order}", ""
        for alias, join in reversed(tables(self.known).items()):
            if re.search(rf"\b{alias}\.", f"{named} {joins}"):
                joins = f"{join} {joins}"
        return f"SELECT {select} FROM practices_practicestanding standing {joins} WHERE {where} {group} {self.order}"  # noqa: S608 - of this project's code
