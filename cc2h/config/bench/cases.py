"""Business cases: the pipeline, a case with its money and cycles, what waits on somebody, and a paper of twenty pages."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts import authority
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.board import digest
from cc2h.cases import documents, kinds, papers
from cc2h.cases.models import Case, Paper, Submission
from cc2h.cases.route import keeping, shipped
from cc2h.cases.sections import SECTIONS, Section
from cc2h.config.bench.database import run_file
from cc2h.config.bench.measures import LONG_AGO, ROUNDS, Row, Setting, beside_hello, execute, person, portal, seconds
from cc2h.config.bench.visitor import Visitor
from cc2h.governance.models import Body
from cc2h.kit import dated, work
from chins import coverage
from chins.models import Chin, Post, PostHolding
from practices.models import Commissioner

BOARDS = (shipped.PROGRAMME_BOARD, shipped.STEERING_GROUP, shipped.GOVERNING_BODY, shipped.WELLBEING_BOARD)
PAGES = 20
# guarded tables that are loaded by arithmetic
_TABLES = (
    *(
        "cases_case",
        "cases_casestep",
        "cases_saved",
        "cases_submission",
        "route_passage",
        "route_turn",
        "route_outcome",
    ),
    *("route_condition", "funding_payer", "funding_share", "funding_commitment", "funding_tranche", "payments_payee"),
    *("cycles_cycle", "cycles_dates", "cycles_prediction", "cycles_reading", "cycles_study", "cycles_finding"),
    *("cycles_conclusion", "comments_comment", "governance_seat", "governance_meeting", "governance_item"),
    *("governance_attendance", "decisions_decision", "decisions_vote"),
)


def business_cases(given: Setting) -> Iterator[Row]:
    """5,000 cases with 20,000 cycles and 200,000 comments and votes: three pages, the morning mail, a paper."""
    load(given.today)
    coverage.recompute(today=given.today)
    execute("TRUNCATE kit_work")  # the load's, which is done by that
    first = Commissioner.objects.get(pk=1)
    office, manager = person(Role.NCL_OFFICE, *Commissioner.objects.all()), person(Role.TRANSFORMATION_MANAGER, first)
    lead = chin_lead(Chin.objects.get(pk=1))
    case = Case.objects.filter(chin=1, state="testing").order_by("number")[0]
    with portal() as handler:
        for name, user, address in (
            ("pipeline", office, reverse("cases:pipeline")),
            ("case-page", manager, reverse("cases:case_detail", args=[case.number])),
            ("waiting", lead, reverse("board:home")),
        ):
            ratio, queries = beside_hello(Visitor(handler, user), [address])
            yield Row(name, ratio, 3, "× hello page")
            yield Row(f"{name}-queries", queries, 12, "queries")
    yield Row("morning-mail-queries", max(_told(one, given.today) for one in (manager, lead)), 12, "queries")
    yield from _paper(case)


def load(today: date) -> None:
    """The cases of the bench, on the route that the portal comes with."""
    for one in Commissioner.objects.order_by("pk"):
        Body.objects.bulk_create(
            Body(commissioner=one, name=name, slug=f"bench-{'board' if place == 0 else place}-{one.pk}")
            for place, name in enumerate(BOARDS)
        )
        stages = shipped.stages(shipped.bodies_of(one))
        keeping.make_version(
            by=None, commissioner=one, stages=stages, from_day=LONG_AGO, why=shipped.WHY, today=LONG_AGO, follows=None
        )
    with unguarded():
        run_file("cases.sql", today=today)


@contextmanager
def unguarded() -> Iterator[None]:
    """Without these tables' own triggers."""
    for table in _TABLES:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in _TABLES:
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def chin_lead(chin: Chin) -> User:
    """Somebody who leads the CHIN."""
    user = User.objects.create_user(f"lead-of-{chin.slug}@example.org", "A CHIN lead")
    post = Post.objects.create(role=Role.CHIN_LEAD, title="CHIN lead", chin=chin)
    dated.record(PostHolding, by=None, first=LONG_AGO, post=post, holder=user)
    return user


def _told(user: User, today: date) -> int:
    """How many statements it takes to see what the morning mail tells somebody."""
    with CaptureQueriesContext(connection) as captured:
        user.authority = authority.of(user, today)
        digest.waiting(user, today)
    return len(captured)


def _paper(case: Case) -> Iterator[Row]:
    """The PDF of a long case, made as a worker makes it: what was left is claimed and done."""
    taken = [seconds(_made(case, number)) for number in range(2, ROUNDS + 2)]
    pages = min(_pages(one) for one in Paper.objects.filter(case=case))
    yield Row(
        "case-paper", median(taken) if pages >= PAGES else None, 3, "s", f"{pages} pages, by the worker’s function"
    )


def _made(case: Case, number: int) -> Callable[[], None]:
    """A submission of twenty pages, and what a worker does about it."""
    sections = [{"key": one.key, "title": one.title, "parts": documents.said(one, _long(one))} for one in SECTIONS]
    document = {
        "number": case.number, "submission": number, "title": case.title, "topic": "Wound care", "chin": {"name": "A CHIN"},
        "commissioner": "A commissioner", "asked": "60000.00", "length": "long", "limit": "25000.00", "by": "", "authors": [],
        "excluded": "", "sections": sections,
    }  # fmt: skip
    submission = Submission.objects.create(
        case=case, number=number, asked=60_000, length="long", document=document, purpose="scale",
        sha256=sha256(str(number).encode()).hexdigest(), day=case.since,
    )  # fmt: skip
    papers.leave(about := f"submission:{submission.pk}")

    def by_a_worker() -> None:
        claimed = work.claim(papers.KIND, about)
        if claimed is None or not work.perform(claimed):
            raise RuntimeError("The submission left no work, or it could not be done.")

    return by_a_worker


def _long(section: Section) -> dict[str, str]:
    """Much text in each of its fields that takes any."""
    text = "Housebound patients wait for wound care, and what is known of them is in three systems. "
    return {field.key: "\n".join([text * 9] * 9) for field in section.fields if field.kind is kinds.TEXT}


def _pages(paper: Paper) -> int:
    """As its footer counts them."""
    return max(int(found) for found in re.findall(rb"/Count (\d+)", bytes(paper.pdf)))
