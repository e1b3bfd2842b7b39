"""How practices are found: by a name they have or had, their ODS code or their postcode."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection

from cc2h.kit.asat import AsAt
from cc2h.kit.links import link
from cc2h.kit.search import LIKE_ENOUGH, Hit, provide
from practices.queries import practices_seen

CANDIDATES = 60  # of which those that the person may see are shown
CODE = re.compile(r"[A-Za-z]\d{1,5}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?(\d[A-Za-z]{0,2})?", re.ASCII)

# The names' index of trigrams answers <%; how alike words must be is told in the same breath.
_BY_NAME = """
    SELECT set_config('pg_trgm.word_similarity_threshold', %(like)s, true);
    SELECT d.practice_id, max(word_similarity(%(words)s, d.name)) AS score,
           (array_agg(d.name ORDER BY word_similarity(%(words)s, d.name) DESC))[1] AS name
    FROM practices_practicedetail d WHERE %(words)s <%% d.name AND upper_inf(d.held)
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_BY_CODE = """
    SELECT p.id, CASE WHEN p.ods_code = %(code)s THEN 2 ELSE 1 END AS score, '' AS name
    FROM practices_practice p WHERE starts_with(p.ods_code, %(code)s)
    UNION
    SELECT d.practice_id, 1, '' FROM practices_practicedetail d
    WHERE starts_with(replace(d.postcode, ' ', ''), %(code)s) AND upper_inf(d.held)
    ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


@provide("Practices", order=20)
def practices(user: Any, asat: AsAt, words: str) -> Iterator[Hit]:
    """Those the person may see on the day, with the former name or postcode that was looked for."""
    with connection.cursor() as cursor:
        if CODE.fullmatch(words):
            code = words.replace(" ", "").upper()
            cursor.execute(_BY_CODE, {"code": code, "most": CANDIDATES})
        else:
            code = ""
            cursor.execute(_BY_NAME, {"words": words, "like": str(LIKE_ENOUGH), "most": CANDIDATES})
            cursor.nextset()
        scores = {pk: (float(score), name) for pk, score, name in cursor.fetchall()}
    if not scores:
        return
    seen = practices_seen(user, asat).filter(pk__in=scores).with_details(asat.day, asat.known_at)
    for practice in seen:
        score, matched = scores[practice.pk]
        former = matched and practice.name and matched != practice.name
        note = ", ".join(filter(None, [practice.ods_code, practice.postcode, f"once {matched}" if former else ""]))
        yield Hit(
            practice.name or practice.ods_code,
            link(asat, "practices:practice_detail", practice.ods_code),
            note,
            score,
            exact=practice.ods_code == code,
        )
