"""Search finds cases by their number and title."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity

from cc2h.cases.models import Case
from cc2h.cases.states import CaseState
from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from cc2h.kit.search import Hit, most_alike, provide


@provide("Business cases", order=35)
def cases(user: Any, asat: AsAt, words: str) -> Iterable[Hit]:
    """By number, or by titles like the words."""
    seen = Case.objects.visible_to(user).as_at(asat)
    if words[:4].isdecimal():
        for case in seen.filter(number__startswith=words).select_related("chin").order_by("number")[:9]:
            yield _hit(case, asat, 1.0, exact=case.number == words)
        return
    score = {pk: float(likeness) for pk, likeness in most_alike(_titled, user, asat, words)[:9]}
    for case in seen.filter(pk__in=score).select_related("chin"):
        yield _hit(case, asat, score[case.pk])


def _titled(user: Any, asat: Any, words: Any) -> Any:
    seen = Case.objects.visible_to(user).as_at(asat)
    alike = seen.filter(title__trigram_word_similar=words).annotate(likeness=TrigramWordSimilarity(words, "title"))
    return alike.values_list("pk", "likeness")


def _hit(case: Any, asat: AsAt, score: float, *, exact: bool = False) -> Hit:
    note = f"{case.number}, {case.chin.name}, {CaseState(case.state_on).label.lower()}"
    return Hit(case.title, link(asat, "cases:case_detail", case.number), note, score, exact)
