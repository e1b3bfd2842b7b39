"""Cases, and the sections of cases, as records that something can be about: comments, files and actions hang on them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from cc2h.accounts.authority import Target
from cc2h.accounts.records import provide
from cc2h.cases.models import Case, Saved
from cc2h.cases.sections import BY_KEY
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link


class Cases:
    key, noun, column = "case", "Business case", "number"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return Case.objects.visible_to(user)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return Case.objects.filter(Q(commissioner__in=reach.commissioner_ids) | Q(chin__in=reach.chin_ids))

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        return {one.number: str(one) for one in Case.objects.filter(number__in=keys)}

    def target(self, key: str, day: date) -> Target:
        return Case.objects.get(number=key).authority_target()

    def page(self, asat: AsAt, key: str) -> str:
        return link(asat, "cases:case_detail", key)


class Sections(Cases):
    """Keys are a case’s number and a section that was saved: 2018-014.problem."""

    key, noun, column = "case-section", "Section of a business case", "of_section"

    def visible(self, user: Any, asat: AsAt) -> QuerySet[Any]:
        return _begun().visible_to(user)

    def within(self, reach: Target, day: date) -> QuerySet[Any]:
        return _begun().filter(Q(case__commissioner__in=reach.commissioner_ids) | Q(case__chin__in=reach.chin_ids))

    def names(self, keys: Iterable[str], day: date) -> Mapping[str, str]:
        parts = [key.partition(".") for key in keys]
        cases = super().names({number for number, _, _ in parts}, day)
        return {
            f"{number}.{section}": f"{BY_KEY[section].title}, {cases[number]}"
            for number, _, section in parts
            if number in cases and section in BY_KEY
        }

    def target(self, key: str, day: date) -> Target:
        return super().target(key.partition(".")[0], day)

    def page(self, asat: AsAt, key: str) -> str:
        number, _, section = key.partition(".")
        return link(asat, "cases:versions", number, section)


def _begun() -> Any:
    """The sections that have a first version, with the key of the record."""
    key = Concat(F("case__number"), Value("."), F("section"), output_field=CharField())
    return Saved.objects.filter(number=1).annotate(of_section=key)


provide(Cases())
provide(Sections())
