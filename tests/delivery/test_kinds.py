"""Every kind of record takes actions, comments and files, of those who may see it and of nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from cc2h.accounts import records
from cc2h.accounts.authority import Role
from cc2h.accounts.records import Record
from cc2h.comments import queries as said
from cc2h.comments.models import Attachment, Comment
from cc2h.delivery import queries
from cc2h.delivery.models import Action
from cc2h.kit.models import Programme
from tests.architecture.world import Side
from tests.comments.conftest import upload
from tests.delivery.conftest import NOW, TODAY, signed_in
from tests.factories import CommentFactory, CommissionerFactory, ExpressionFactory, UserFactory, person

# A record of each kind on a side: its key.
KINDS: dict[str, Callable[[Side], Any]] = {
    "agenda-item": lambda side: side.agenda_item.pk,
    "agreement": lambda side: side.agreement.slug,
    "benefit": lambda side: side.benefit.slug,
    "body": lambda side: side.body.slug,
    "budget-line": lambda side: side.line.slug,
    "case": lambda side: side.sent.case.number,
    "case-section": lambda side: f"{side.sent.case.number}.{side.sent.case.saved.first().section}",
    "chin": lambda side: side.chin.slug,
    "claim": lambda side: side.claim.pk,
    "commissioner": lambda side: side.commissioner.ods_code,
    "cycle": lambda side: side.cycle.pk,
    "expression": lambda side: side.expression.pk,
    "federation": lambda side: side.federation.slug,
    "import": lambda side: side.file.pk,
    "measure": lambda side: side.kpi.code,
    "meeting": lambda side: side.meeting.pk,
    "payment-run": lambda side: side.run.pk,
    "post": lambda side: side.holding.post_id,
    "practice": lambda side: side.practice.ods_code,
    "qist": lambda side: side.qist.slug,
    "statement": lambda side: side.statement.reference,
}
OF_A_CLAIM = {
    "claim_output"
}  # what answers an output of a claim, shown on the claim's page: tests/budget/test_refusals.py
EVERYBODYS = {"import", "measure"}  # of every commissioner


@pytest.fixture
def side(clock: Any, db: None) -> Side:
    Programme.objects.update(kind=Programme.Kind.REAL)
    return Side(CommissionerFactory(barnet=True))


def found(user: Any, kind: str, key: str) -> Record:
    one = records.find(user, NOW, kind, key)
    assert one is not None, f"The manager does not find the {kind}."
    return one


def test_every_kind_takes_actions_comments_and_files(side: Side) -> None:
    assert set(records.kinds) - OF_A_CLAIM == set(KINDS)
    elsewhere = person(Role.TRANSFORMATION_MANAGER, of=CommissionerFactory(ods_code="07R", in_programme=True))
    user = person(Role.TRANSFORMATION_MANAGER, of=side.commissioner)
    manager, owner = signed_in(user), side.holding.post
    as_post = {"post": user.post_holdings.get().post_id}
    for kind, key in {kind: str(of(side)) for kind, of in KINDS.items()}.items():
        one = found(user, kind, key)
        of_kind = records.kinds[kind]
        assert of_kind.within(one.target, TODAY).filter(**{of_kind.column: key}).exists(), kind
        task = {"what": f"Look at the {kind}", "owner": owner.pk, "due_day": "20/12/2018"}
        assert manager.post(reverse("delivery:action_add", args=[kind, key]), task).status_code == 302, kind
        assert (
            manager.post(reverse("comments:comment_write", args=[kind, key]), as_post | {"said": "Seen"}).status_code
            == 302
        )
        assert manager.post(reverse("comments:file_attach", args=[kind, key]), upload(**as_post)).status_code == 302, (
            kind
        )
        page = manager.get(one.page(NOW)).content.decode()
        assert f"Look at the {kind}" in page, kind
        assert reverse("comments:of_record", args=[kind, key]) in page, kind
        assert (records.find(elsewhere, NOW, kind, key) is not None) == (kind in EVERYBODYS), kind
        assert records.find(UserFactory(), NOW, kind, key) is None, kind
    assert set(queries.visible(user, NOW).values_list("kind", flat=True)) == set(KINDS)
    for things in (said.comments, said.files):
        assert set(things(user, NOW).values_list("kind", flat=True)) == set(KINDS)
        assert set(things(elsewhere, NOW).values_list("kind", flat=True)) == EVERYBODYS
    assert Action.objects.count() == Comment.objects.count() == Attachment.objects.count() == len(KINDS)


def test_what_evaluators_say_of_an_expression_stays_theirs_when_it_is_approved(side: Side) -> None:
    """Approving shows an expression to everybody who sees the register, and not what was said while it was scored."""
    expression = ExpressionFactory(commissioner=side.commissioner, state="approved")
    comment = CommentFactory(about=expression, words="They promise too much")
    page, of_comment = f"/chins/expressions/{expression.pk}/", f"/comments/{comment.pk}/"
    for role, sees in ((Role.TRANSFORMATION_MANAGER, True), (Role.BOARD_MEMBER, False)):
        reader = signed_in(person(role, of=side.commissioner))
        shown = reader.get(page)
        assert shown.status_code == 200
        assert ("They promise too much" in shown.content.decode()) == sees
        assert reader.get(of_comment).status_code == (200 if sees else 404)
