"""Papers of a case: a PDF of each submission, and of what rooms above register, made by a worker and never changed.

papers.provide("submission", builder)      # builder(pk) -> Paper data, or None where there is no such thing any more
papers.leave("submission:12")              # in the transaction of what it is about
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import typst
from django.conf import settings

from cc2h.cases.models import Case, Paper, Submission
from cc2h.cases.sections import LENGTHS
from cc2h.kit import words, work

KIND = "case-paper"


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a paper says. facts: (name, value) at its top. sections: title and parts, as in documents. note: small, at its end."""

    case: Case
    title: str
    subtitle: str
    author: str
    day: date
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    note: str = ""
    file_name: str


Builder = Callable[[int], Contents | None]
_builders: dict[str, Builder] = {}


def provide(kind: str, builder: Builder) -> None:
    """Register how papers about a kind of record are made."""
    _builders[kind] = builder


def leave(about: str) -> None:
    """Leave the paper about something, “submission:12”, to a worker, in the caller's transaction."""
    work.leave(kind=KIND, key=about, from_day=None, reason="A case went on")


@work.handles(KIND)
def make(key: str, from_day: date | None) -> None:
    """Make the paper, once."""
    kind, _, pk = key.partition(":")
    if kind not in _builders or Paper.objects.filter(about=key).exists():
        return
    contents = _builders[kind](int(pk))
    if contents is None:
        return
    pdf = as_pdf(contents)
    Paper.objects.create(
        case=contents.case,
        about=key,
        title=contents.title[:200],
        file_name=contents.file_name,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pdf=pdf,
    )


def as_pdf(contents: Contents) -> bytes:
    """Tagged and accessible (PDF/UA). The same contents give the same bytes."""
    data = {
        "title": contents.title,
        "subtitle": contents.subtitle,
        "author": contents.author,
        "day": contents.day.isoformat(),
        "facts": [list(one) for one in contents.facts],
        "sections": list(contents.sections),
        "note": contents.note,
    }
    made: Any = typst.compile(
        _template(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    return bytes(made)


@cache
def _template() -> bytes:
    return (settings.BASE_DIR / "templates" / "cases" / "paper.typ").read_bytes()


def of_submission(pk: int) -> Contents | None:
    """A submission, word for word as it was frozen."""
    submission = Submission.objects.select_related("case").filter(pk=pk).first()
    return None if submission is None else contents_of(submission)


def contents_of(submission: Submission) -> Contents:
    document = submission.document
    by = f" by {document['by']}" if document["by"] else ""
    facts = [
        ("Number", f"{document['number']}, submission {document['submission']}"),
        ("CHIN", document["chin"]["name"]),
        ("Topic", document["topic"]),
        ("Asks for", words.pounds(document["asked"], 2)),
        ("Form", f"{LENGTHS[document['length']]}: up to {words.pounds(document['limit'], 2)} the short one is enough"),
        ("Submitted", words.day(submission.day) + by),
        ("Written by", words.listed(document["authors"]) if document["authors"] else "not known"),
    ]
    if document["excluded"]:
        facts.insert(3, ("Outside the programme", document["excluded"]))
    return Contents(
        case=submission.case,
        title=document["title"],
        subtitle="Business case",
        author=document["commissioner"],
        day=submission.day,
        facts=facts,
        sections=document["sections"],
        note=f"Fingerprint of what was submitted (SHA-256): {submission.sha256}",
        file_name=f"business-case-{document['number']}-{document['submission']}.pdf",
    )


provide("submission", of_submission)
