"""What pages about practices read: the filters' choices, the list's rows and sums, a practice's page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Sum, Value

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_before
from practices.models import Commissioner, Federation, ListSize, PracticeDetail, Status
from practices.networks import networks
from practices.querysets import PracticeQuerySet

FEW = 5  # commissioners whose CHINs, federations and boroughs still fit into one choice


def filter_choices(user: Any, asat: AsAt, commissioner: str) -> Mapping[str, list[tuple[str, str]]]:
    """What the list can be filtered by: commissioner, chin, federation and borough, each (value, label) by label.

    Somebody who sees more than a few commissioners chooses one (`commissioner`, an ODS code) first.
    """
    held = authority_of(user)
    visible = Commissioner.objects.visible_to(user)
    many = held.everywhere(Action.VIEW_REGISTER) or len(held.commissioner_ids(Action.VIEW_REGISTER)) > FEW
    within = visible.filter(ods_code=commissioner) if commissioner else visible.none() if many else visible
    boroughs = PracticeDetail.objects.as_at(asat.day, asat.known_at).filter(
        ~Q(borough=""), practice__standings__commissioner__in=within
    )
    parts = {
        "commissioner": visible.values_list("ods_code", "short_name"),
        "chin": networks().choices(within, asat.day, asat.known_at).values_list("slug", "name"),
        "federation": Federation.objects.filter(commissioner__in=within).values_list("slug", "name"),
        "borough": boroughs.distinct().values_list("borough", "borough"),
    }
    one_query, *others = (part.annotate(of=Value(name)).order_by() for name, part in parts.items())
    choices: dict[str, list[tuple[str, str]]] = {name: [] for name in parts}
    for value, label, name in one_query.union(*others, all=True):
        choices[name].append((value, label))
    return {name: sorted(pairs, key=lambda pair: pair[1]) for name, pairs in choices.items()}


def with_columns(practices: PracticeQuerySet, asat: AsAt, names: Iterable[str]) -> PracticeQuerySet:
    """Joins what the named columns of the list rest on, and no more."""
    day, known = asat.day, asat.known_at
    for name in names:
        if name in ("name", "postcode", "borough"):
            practices = practices.with_details(day, known)
        elif name in ("chin", "since", "chin_status"):
            practices = practices.with_network(day, known)
        elif name in ("patients", "list_day"):
            practices = practices.with_list_size(day, known)
        elif name == "change" and "change" not in practices.query.annotations:
            practices = practices.with_list_size(day, known).with_list_size(year_before(day), known, "before_")
            practices = practices.annotate(change=F("patients") - F("before_patients"))
        elif name == "federation":
            practices = practices.with_federation(day, known)
    return practices


def count_by_status(practices: PracticeQuerySet, asat: AsAt) -> Mapping[str, tuple[int, int]]:
    """Status → (practices, registered patients), for all of `practices`."""
    sized = with_columns(practices, asat, ["patients"]).order_by()
    rows = sized.values_list("status").annotate(n=Count("pk"), sum=Sum("patients", default=0))
    found = {status: (n, total) for status, n, total in rows}
    return {status: found.get(status, (0, 0)) for status in Status.values}


def page_rows(keys: Sequence[int], practices: PracticeQuerySet, asat: AsAt) -> list[dict[str, Any]]:
    """The list's rows for these primary keys, in their order, with the list sizes of the twelve months before."""
    after = year_before(asat.day) - timedelta(days=1)
    sizes = ListSize.objects.held(asat.known_at).filter(practice=OuterRef("pk"), day__gt=after, day__lte=asat.day)
    of_year = sizes.order_by("day")
    rows = (
        with_columns(practices.filter(pk__in=keys).order_by(), asat, ["name", "chin", "patients", "change"])
        .annotate(
            commissioner=F("standing_on__commissioner__short_name"),
            days=ArraySubquery(of_year.values("day")),
            sizes=ArraySubquery(of_year.values("patients")),
        )
        .values(
            "pk",
            "ods_code",
            "name",
            "status",
            "commissioner",
            "chin_slug",
            "chin_name",
            "chin_period",
            "patients",
            "list_day",
            "change",
            "days",
            "sizes",
        )
    )
    found = {row["pk"]: row for row in rows}
    return [found[key] for key in keys]
