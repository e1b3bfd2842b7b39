"""How practices are found: by a name they have or had, their ODS code or their postcode."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import F

from cc2h.kit.asat import AsAt
from cc2h.kit.links import Addresses
from cc2h.kit.search import MORE_AND_LESS, Hit, most_alike, provide
from practices.queries import practices_seen

CANDIDATES = 60  # by code, of which those that the person may see are shown
SHOWN_OF_IT = ("ods_code", "name", "postcode")
CODE = re.compile(r"[A-Za-z]\d{1,5}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?(\d[A-Za-z]{0,2})?", re.ASCII)

_BY_CODE = """
    SELECT p.id, CASE WHEN p.ods_code = %(code)s THEN 2 ELSE 1 END AS score
    FROM practices_practice p WHERE starts_with(p.ods_code, %(code)s)
    UNION
    SELECT d.practice_id, 1 FROM practices_practicedetail d
    WHERE starts_with(replace(d.postcode, ' ', ''), %(code)s) AND upper_inf(d.held)
    ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


@provide("Practices", order=20)
def practices(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """Those the person may see on the day, with the former name or postcode that was looked for."""
    if CODE.fullmatch(words):
        yield from _by_code(user, asat, words.replace(" ", "").upper())
    else:
        yield from _by_name(user, asat, words)


def _by_code(user: Any, asat: AsAt, code: str) -> Iterator[Hit]:
    seen: Any = practices_seen(user, asat).with_details(asat.day, asat.known_at)
    pages = Addresses(asat)
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, {"code": code, "most": CANDIDATES})
        scores = dict(cursor.fetchall())
    found = seen.filter(pk__in=scores).values_list("pk", *SHOWN_OF_IT) if scores else ()
    for pk, ods_code, name, postcode in found:
        yield _hit(pages, ods_code, name, postcode, scores[pk], exact=ods_code == code)


def _by_name(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """By each name that a practice has or had, the alikest of them first."""
    met, pages = set(), Addresses(asat)
    rows = most_alike(_named, user, asat, words, likes=MORE_AND_LESS)
    for ods_code, name, postcode, matched, like in sorted(rows, key=lambda row: (-row[-1], row[0])):
        if ods_code not in met:
            met.add(ods_code)
            yield _hit(pages, ods_code, name, postcode, like, former="" if matched == name else matched)


def _named(user: Any, asat: Any, words: Any) -> Any:
    seen: Any = practices_seen(user, asat).with_details(asat.day, asat.known_at)
    named = seen.order_by().filter(details__held__upper_inf=True, details__name__trigram_word_similar=words)
    named = named.annotate(matched=F("details__name"), likeness=TrigramWordSimilarity(words, "details__name"))
    return named.values_list(*SHOWN_OF_IT, "matched", "likeness")


def _hit(
    pages: Addresses, ods_code: str, name: str, postcode: str, score: float, *, former: str = "", exact: bool = False
) -> Hit:
    note = ", ".join(filter(None, [ods_code, postcode, f"once {former}" if former and name else ""]))
    return Hit(name or ods_code, pages.of("practices:practice_detail", ods_code), note, score, exact)
