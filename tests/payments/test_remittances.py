"""Remittances: an accessible PDF, mailed by a worker to whoever holds a post of the payee."""

from typing import Any

import pytest
from django.core import mail

from budget.models import Line
from budget.payments import remittances
from budget.payments.models import Payee
from cc2h.accounts.authority import Role
from cc2h.kit.models import Work
from tests.factories import DeputyFactory, LineFactory, PostHoldingFactory, PracticeFactory, UserFactory
from tests.factories.payments import PayeeFactory, confirmed_run, owed
from tests.payments.ground import officer, prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(allocated=100_000)
    return made


def test_it_is_mailed_with_the_reference_to_holders_and_deputies(line: Line) -> None:
    practice = PracticeFactory(commissioner=line.commissioner, detail__name="Ashdown Practice")
    holding = PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=practice)
    deputy = DeputyFactory(post=holding.post).deputy
    PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=practice, holder=UserFactory(is_active=False))
    owed(line, 1_500, practices=[practice])
    run = confirmed_run(prepared(officer(line), line), officer(line))
    work = Work.objects.get(kind=remittances.KIND)
    remittances.send(work.key, None)
    (sent,) = mail.outbox
    assert sorted(sent.bcc) == sorted([holding.holder.email, deputy.email])
    assert sent.subject == "£1,500.00 paid to Ashdown Practice"
    assert run.lines.get().reference in sent.body
    ((name, data, kind),) = sent.attachments
    assert (name, kind) == (f"remittance-2018-001-{practice.ods_code.lower()}.pdf", "application/pdf")
    assert bytes(data).startswith(b"%PDF")


def test_a_payee_without_posts_is_sent_nothing(line: Line) -> None:
    owed(line, 10, payee=PayeeFactory(commissioner=line.commissioner))
    confirmed_run(prepared(officer(line), line), officer(line))
    remittances.send(Work.objects.get(kind=remittances.KIND).key, None)
    assert mail.outbox == []


def test_the_pdf_is_tagged_and_the_same_every_time(line: Line) -> None:
    owed(line, 1_500)
    run = confirmed_run(prepared(officer(line), line), officer(line))
    told: Any = remittances.remittance(run, Payee.objects.get())
    made = remittances.as_pdf(told)
    assert made == remittances.as_pdf(told)
    assert b"StructTreeRoot" in made
    assert b"pdfuaid" in made


def test_a_payee_that_is_no_practice_has_an_address_of_its_own(line: Line) -> None:
    trust = PayeeFactory(commissioner=line.commissioner, email="payments@trust.example")
    owed(line, 700, payee=trust)
    confirmed_run(prepared(officer(line), line), officer(line))
    remittances.send(Work.objects.get(kind=remittances.KIND).key, None)
    (sent,) = mail.outbox
    assert sent.bcc == ["payments@trust.example"]
