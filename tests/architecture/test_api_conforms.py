"""Schemathesis asks the API whatever its description allows, and what it does not; every answer is as described."""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch
from zlib import crc32

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import dates

from budget.agreements.models import Agreement, Party, Signature
from budget.agreements.services import record
from budget.baseline.models import Assessment, Delegation, Workbook
from budget.lcs import shipped
from budget.lcs.models import Claim, Eligible, Output, Stage
from budget.models import Entry, Line, Period, Request, Source
from budget.months.models import YearChoice
from budget.months.services import choose
from budget.payments.models import Export, Layout, Payable, Payee, Recovery, Run
from cc2h.accounts import tokens
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.board.models import BoardDay, Statement
from cc2h.cases.cycles.models import Cycle
from cc2h.cases.funding.models import Tranche
from cc2h.cases.models import Case, Paper
from cc2h.cases.route.models import Condition, Outcome, Turn
from cc2h.comments.models import Attachment, Comment
from cc2h.config.wsgi import application
from cc2h.delivery.models import Action
from cc2h.governance.decisions.models import Decision, Interest
from cc2h.governance.models import Item, Meeting, Seat, Terms
from cc2h.kit.api import openapi
from cc2h.kit.days import EARLIEST, LATEST
from cc2h.kit.models import Import
from chins.interest.models import Criterion, Expression
from chins.models import Chin, ChinState, Deputy, Membership, Partner, Post, PostHolding
from kpis.benefits.models import Benefit, Validation
from kpis.models import Definition, Objective, RollUp
from kpis.qists.models import Qist, Serves, Support, TargetMeasure
from kpis.tracking.models import Note, Rebase
from practices.models import (
    Commissioner,
    Contact,
    Federation,
    FederationMembership,
    NamesRelease,
    Practice,
    PracticeDetail,
    PracticeStanding,
    Succession,
)
from tests.factories import CaseFactory, PartyFactory, PostHoldingFactory
from tests.factories.cycles import begun, measured
from tests.factories.funding import TrancheFactory
from tests.factories.payments import LayoutFactory
from tests.factories.route import approved
from tests.programs import Program

TODAY = date(2018, 12, 6)
EXAMPLES = max(2, int(os.environ.get("CC2H_EXAMPLES") or 0) // 50)
DAYS = {"as_at", "known"}
OF_DAYS = 20  # of so many operations that take days alone, one is asked by all that may be drawn
A_FEW = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def program(demonstration: None, settings: Any) -> Program:
    """Of somebody who does everything for a commissioner and a practice, so that every address is theirs."""
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    user = User.objects.get(email="manager@barnet.example")
    barnet, practice = Commissioner.objects.get(ods_code="07M"), Practice.objects.get(ods_code="Z99001")
    for role, of in ((Role.ADMINISTRATOR, None), (Role.FINANCE_OFFICER, barnet), (Role.PRACTICE_MANAGER, practice)):
        PostHoldingFactory(holder=user, post__role=role, post__of=of, post__title="All of it")
    _besides(user)
    return Program(User.objects.get(pk=user.pk))


def _besides(user: User) -> None:
    """What the demonstration has none of, and an address is about."""
    agreement = Agreement.objects.earliest("pk")
    party = PartyFactory(agreement=agreement)
    record(
        by=None, version=agreement.versions.earliest("pk"), party=party, name="A director", role="Director", day=TODAY,
        file_name="signed.txt", file=BytesIO(b"Signed"),
    )  # fmt: skip
    LayoutFactory(commissioner=agreement.commissioner)
    saved = Assessment.objects.earliest("pk").saved.earliest("pk")
    Workbook.objects.create(
        assessment=saved.assessment, practice=saved.practice, file_name="answers.xlsx", by=user, brought_on=TODAY
    )
    line, asker = (
        Line.objects.get(slug="primary-care-at-scale"),
        User.objects.get(email="deputy.manager@barnet.example"),
    )
    of_december = date(2018, 12, 3)
    case = approved(CaseFactory(chin=Chin.objects.get(slug="barnet-1"), state="in_route"), day=of_december)
    measured(begun(TrancheFactory(case=case).case), [62])
    choose(by=asker, line=line, year=2018, chin=None, carried=None, reason="Late", today=date(2019, 4, 2))


# What stands in the place of a parameter, by what stands before it in the path: a record that is there.
RECORDS: dict[str, Callable[[], Any]] = {
    "commissioners/{ods_code}": lambda: "07M",
    "dashboard/{ods_code}": lambda: "07M",
    "coverage/{ods_code}": lambda: "07M",
    "budget/{ods_code}": lambda: "07M",
    "sources/{pk}": lambda: Source.objects.earliest("pk").pk,
    "requests/{pk}": lambda: Request.objects.earliest("pk").pk,
    "entries/{pk}": lambda: Entry.objects.filter(kind="commitment").earliest("pk").pk,
    "practices/{ods_code}": lambda: "Z99001",
    "chins/{slug}": lambda: "barnet-1",
    "lines/{slug}": lambda: "primary-care-at-scale",
    "federations/{slug}": lambda: Federation.objects.earliest("pk").slug,
    "papers/{reference}": lambda: Statement.objects.earliest("pk").reference,
    "posts/{post_id}": lambda: Post.objects.earliest("pk").pk,
    "states/{pk}": lambda: ChinState.objects.held().filter(chin__slug="barnet-1").latest("pk").pk,
    "memberships/{pk}": lambda: Membership.objects.held().filter(chin__slug="barnet-1").latest("pk").pk,
    "partners/{pk}": lambda: Partner.objects.held().filter(chin__slug="barnet-1").latest("pk").pk,
    "holdings/{pk}": lambda: PostHolding.objects.held().latest("pk").pk,
    "deputies/{pk}": lambda: Deputy.objects.held().latest("pk").pk,
    "imports/{pk}": lambda: Import.objects.latest("pk").pk,
    "users/{pk}": lambda: User.objects.latest("pk").pk,
    "board-days/{pk}": lambda: BoardDay.objects.held().filter(commissioner__ods_code="07M").latest("pk").pk,
    "names/{pk}": lambda: NamesRelease.objects.held().filter(commissioner__ods_code="07M").latest("pk").pk,
    **dict.fromkeys(("add/{kind}", "of/{kind}", "write/{kind}", "attach/{kind}"), lambda: "practice"),
    "comments/{pk}": lambda: Comment.objects.earliest("pk").pk,
    "files/{pk}": lambda: Attachment.objects.filter(withdrawn_at=None).earliest("pk").pk,
    "actions/{pk}": lambda: Action.objects.earliest("pk").pk,
    "contacts/{pk}": lambda: Contact.objects.latest("pk").pk,
    "details/{pk}": lambda: PracticeDetail.objects.held().get(practice__ods_code="Z99001").pk,
    "federation/{pk}": lambda: FederationMembership.objects.held().earliest("pk").pk,
    "merger/{pk}": lambda: Succession.objects.held().filter(kind="merger").earliest("pk").pk,
    "splits/{pk}": lambda: Succession.objects.held().filter(kind="split").earliest("pk").pk,
    "expressions/{pk}": lambda: Expression.objects.earliest("pk").pk,
    "criteria/{pk}": lambda: Criterion.objects.held().filter(commissioner__ods_code="07M").earliest("pk").pk,
    **dict.fromkeys(
        ("close/{pk}", "merge/{pk}", "split/{pk}", "standing/{pk}", "status/{pk}", "commissioner/{pk}"),
        lambda: PracticeStanding.objects.held().get(practice__ods_code="Z99001").pk,
    ),
    **dict.fromkeys(("add/{ods_code}", "months/{ods_code}", "payments/{ods_code}"), lambda: "07M"),
    # local services and their claims
    "services/{slug}": lambda: shipped.INFRASTRUCTURE,
    "stages/{pk}": lambda: Stage.objects.filter(claims__chin__slug="barnet-1").earliest("pk").pk,
    "outputs/{pk}": lambda: Output.objects.filter(stage__claims__chin__slug="barnet-1").earliest("pk").pk,
    "eligible/{pk}": lambda: Eligible.objects.earliest("pk").pk,
    "claims/{pk}": lambda: Claim.objects.filter(chin__slug="barnet-1").earliest("pk").pk,
    # payments
    "owed/{pk}": lambda: Payable.objects.latest("pk").pk,
    "runs/{pk}": lambda: Run.objects.earliest("pk").pk,
    "remittances/{payee_pk}": lambda: Run.objects.earliest("pk").lines.earliest("pk").payable.payee_id,
    "exports/{pk}": lambda: Export.objects.earliest("pk").pk,
    "payees/{pk}": lambda: Payee.objects.earliest("pk").pk,
    "layouts/{pk}": lambda: Layout.objects.earliest("pk").pk,
    # agreements
    "agreements/{slug}": lambda: Agreement.objects.earliest("pk").slug,
    "versions/{number}": lambda: 1,
    "parties/{pk}": lambda: Party.objects.earliest("pk").pk,
    "signatures/{pk}": lambda: Signature.objects.exclude(scan=None).earliest("pk").pk,
    # baseline assessment
    "assessments/{slug}": lambda: Assessment.objects.earliest("pk").slug,
    "chins/{chin}": lambda: "barnet-1",
    "of/{ods_code}": lambda: Assessment.objects.earliest("pk").saved.earliest("pk").practice.ods_code,
    "link/{section}": lambda: "estates",
    "links/{pk}": lambda: Delegation.objects.earliest("pk").pk,
    "workbook/{pk}": lambda: Workbook.objects.earliest("pk").pk,
    # interests and decisions
    "interests/{pk}": lambda: Interest.objects.held().earliest("pk").pk,
    "of/{pk}": lambda: Interest.objects.held().earliest("pk").person_id,
    "items/{pk}": lambda: Item.objects.filter(meeting__body__commissioner__ods_code="07M").latest("pk").pk,
    "decisions/{pk}": lambda: Decision.objects.earliest("pk").pk,
    # business cases
    "business-cases/{number}": lambda: Case.objects.filter(submissions__isnull=False).earliest("pk").number,
    "form/{ods_code}": lambda: "07M",
    "add/{slug}": lambda: "barnet-1",
    "versions/{section}": lambda: "problem",
    "typed/{section}": lambda: "problem",
    "submissions/{place}": lambda: 1,
    "papers/{pk}": lambda: Paper.objects.earliest("pk").pk,
    # its route, money and cycles
    "of/{number}": lambda: Turn.objects.earliest("pk").case.number,
    "turns/{pk}": lambda: Turn.objects.filter(state="open").earliest("pk").pk,
    "outcomes/{pk}": lambda: Outcome.objects.earliest("pk").pk,
    "conditions/{pk}": lambda: Condition.objects.earliest("pk").pk,
    "rules/{ods_code}": lambda: "07M",
    "money/{number}": lambda: Tranche.objects.earliest("pk").case.number,
    "tranches/{pk}": lambda: Tranche.objects.earliest("pk").pk,
    "cycles/{number}": lambda: Cycle.objects.earliest("pk").case.number,
    "cycles/{pk}": lambda: Cycle.objects.earliest("pk").pk,
    # bodies
    "governance/{slug}": lambda: (
        Seat.objects.held().filter(body__commissioner__ods_code="07M").earliest("pk").body.slug
    ),
    "seats/{pk}": lambda: Seat.objects.held().filter(body__commissioner__ods_code="07M").earliest("pk").pk,
    "terms/{pk}": lambda: Terms.objects.held().filter(body__commissioner__ods_code="07M").earliest("pk").pk,
    "meetings/{pk}": lambda: Meeting.objects.filter(body__commissioner__ods_code="07M").latest("pk").pk,
    # measures, series, QISTs, benefits
    "measures/{code}": lambda: RollUp.objects.filter(level="chin").first().measure.code,
    "definitions/{pk}": lambda: Definition.objects.held().earliest("pk").pk,
    "objectives/{pk}": lambda: Objective.objects.held().earliest("pk").pk,
    "baselines/{pk}": lambda: Rebase.objects.earliest("pk").pk,
    "notes/{pk}": lambda: Note.objects.earliest("pk").pk,
    "qists/{slug}": lambda: Qist.objects.earliest("pk").slug,
    "add/{ods_code}": lambda: "07M",
    "serves/{pk}": lambda: Serves.objects.held().earliest("pk").pk,
    "targets/{pk}": lambda: TargetMeasure.objects.held().earliest("pk").pk,
    "support/{pk}": lambda: Support.objects.earliest("pk").pk,
    "benefits/{slug}": lambda: Benefit.objects.earliest("pk").slug,
    "validations/{pk}": lambda: Validation.objects.held().earliest("pk").pk,
    "asked-back/{pk}": lambda: Recovery.objects.earliest("pk").pk,
    # months
    "closings/{pk}": lambda: Period.objects.earliest("pk").pk,
    "choices/{pk}": lambda: YearChoice.objects.earliest("pk").pk,
}
# The same wherever they stand.
TIMES = {"year": "2018-19", "month": "2018-10", "other": "2018-09", "kind": "chin", "key": "barnet-1"}


def there(path: str) -> dict[str, Any]:
    """What makes the path one of a record that is there."""
    found: dict[str, Any] = {name: time for name, time in TIMES.items() if f"{{{name}}}" in path}
    for before, name in re.findall(r"([\w-]+)/{(\w+)}", path):
        if name in TIMES:
            continue
        with contextlib.suppress(ObjectDoesNotExist):
            found[name] = RECORDS[f"{before}/{{{name}}}"]()
    return found


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests keep the test's connection, whose changes are rolled back; as Django's own test client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextlib.contextmanager
def _known(token: str) -> Iterator[None]:
    """Whose token it is, is read once, and not for every request; that every request reads it, others ask."""
    owner = tokens._owner(token)
    assert owner
    assert owner.authority
    with patch.object(tokens, "_owner", lambda text: copy(owner)):
        yield


def _takes_days_alone(operation: Any, known: dict[str, Any]) -> bool:
    """Whether nothing is left to draw but the days of the answer, as its path is one of a record that is there."""
    in_the_path = {one.name for one in operation.path_parameters}
    return operation.method == "get" and {one.name for one in operation.query} == DAYS and in_the_path <= known.keys()


def _some_days(label: str) -> dict[str, str]:
    """A day of the demonstration's year, for every other operation as known on a second: the same in every run."""
    drawn = crc32(label.encode())
    days = {name: date(2018, 6, 1) + timedelta(drawn // part % 300) for name, part in (("as_at", 2), ("known", 600))}
    return {name: day.isoformat() for name, day in days.items() if name == "as_at" or drawn % 2}


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def test_every_operation_answers_as_described(program: Program, one_connection: None) -> None:
    """In one test, as importing schemathesis takes longer than asking.

    Each operation is asked by examples of what it allows and of what it doesn't, by more with CC2H_EXAMPLES. What is drawn
    differs from operation to operation, and is the same in every run: else all would be asked alike, and one day that none
    understands would end what each is asked. Half of them are read and asked for a day alone, which is one thing for all:
    they are asked on a day each, and a few on what is no day.
    """
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi import checks

    schemathesis.openapi.format("date", dates(EARLIEST, LATEST).map(date.isoformat))  # those that the portal knows
    schema = schemathesis.openapi.from_dict(openapi.described())
    schema.app = application
    checked = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.response_headers_conformance,
    ]
    headers = {"Authorization": f"Bearer {program.text}", "Host": "localhost", "Accept-Encoding": "identity"}
    wrong: dict[str, str] = {}
    statuses: dict[str, set[int]] = {}

    def answered(case: Any) -> None:
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        statuses.setdefault(case.operation.label, set()).add(response.status_code)
        case.validate_response(response, checks=checked, headers=headers)

    def ask(operation: Any, mode: Any, examples: int, *, but_the_first: bool = False, **fixed: Any) -> None:
        made = 0

        @seed(crc32(f"{operation.label} {mode}".encode()))
        @settings(A_FEW, max_examples=examples)
        @given(case=operation.as_strategy(generation_mode=mode, **fixed))
        def once(case: Any) -> None:
            nonlocal made
            made += 1
            if but_the_first and made == 1:
                return
            if mode.is_positive:
                case.query.pop("cursor", None)  # which only the page before gives
            answered(case)

        try:
            once()
        except (BaseExceptionGroup, Exception) as failure:
            wrong.setdefault(f"{operation.label} {mode}", str(failure)[:1500])

    # The first that is allowed is the simplest, without parameters or fields: test_every_api_address asks that.
    with _known(program.text):
        for number, operation in enumerate(operations(schema)):
            fixed = {"path_parameters": known} if (known := there(operation.path)) else {}
            if number % OF_DAYS and _takes_days_alone(operation, known):
                try:
                    answered(operation.Case(path_parameters=known, query=_some_days(operation.label)))
                except (BaseExceptionGroup, Exception) as failure:
                    wrong.setdefault(operation.label, str(failure)[:1500])
                continue
            ask(operation, GenerationMode.POSITIVE, EXAMPLES + 1, but_the_first=True, **fixed)
            ask(operation, GenerationMode.NEGATIVE, EXAMPLES, **fixed)
    assert wrong == {}, "\n\n".join(wrong.values())
    assert sum(200 in found for found in statuses.values()) > 240  # of 711: most of those read were understood
