"""A local service whose list is every practice of the load: opening it, and reading how far each has come."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median

from django.db import transaction

from budget import ledger
from budget.lcs import claims, opening, queries
from budget.lcs.models import Claim, Output, Service, Stage, Tariff
from budget.lcs.service_states import ServiceState
from budget.models import Line, LineKind, Source
from cc2h.accounts.models import User
from cc2h.config.bench.database import statements
from cc2h.config.bench.measures import ROUNDS, Row, Setting, execute, seconds
from cc2h.kit.asat import AsAt
from cc2h.kit.days import year_of
from practices.models import Commissioner

_TABLES = ("lcs_eligible", "lcs_claim", "lcs_claimstep")
ACCEPTED = 1000
_ANSWERED = """
    INSERT INTO lcs_answer (claim_id, output_id, text, on_behalf, how_it_came, entered_by_id, state, reason, basis)
    SELECT c.id, o.id, 'Our plan', false, '', %(enterer)s, 'entered', '', ''
    FROM lcs_claim c
    JOIN lcs_stage g ON g.id = c.stage_id
    JOIN lcs_output o ON o.stage_id = g.id
    JOIN lcs_eligible e ON e.service_id = g.service_id AND e.practice_id = c.practice_id AND e.amount > 0
    JOIN practices_practicestanding t ON t.practice_id = c.practice_id AND upper_inf(t.held)
         AND t.period @> %(today)s::date AND t.status = 'active'
    WHERE g.id = %(stage)s ORDER BY c.id LIMIT %(number)s
"""
_SENT_IN = """
    INSERT INTO lcs_claimstep (claim_id, event, before, after, day, by_id, on_behalf, why)
    SELECT a.claim_id, 'sent', 'open', 'sent', %(today)s, %(enterer)s, false, ''
    FROM lcs_answer a JOIN lcs_claim c ON c.id = a.claim_id WHERE c.stage_id = %(stage)s
"""


def opening_one(given: Setting) -> Iterator[Row]:
    """Amounts and claims of 6,500 practices by the portal's one statement and by bare SQL, then their states."""
    service, stage = _service(given)
    asat = AsAt(given.today, None, given.today)
    ((extract,),) = execute("SELECT list_day FROM lcs_service WHERE id = %s", [service.pk])
    asked = {"service": service.pk, "stage": stage.pk, "extract": extract, "today": given.today}
    (floor,), (states,) = statements("service.sql"), statements("states.sql")
    bare, opened = [], []
    for _ in range(ROUNDS):
        bare.append(_undone(lambda: execute(floor, asked), guarded=False))
        opened.append(_undone(lambda: opening.price(service, given.today), guarded=True))
    yield Row("service-opened", median(opened) / median(bare), 2, "× bare SQL", f"{median(opened):.2f} s")
    opening.price(service, given.today)
    read = [seconds(lambda: queries.standing(service, stage, asat)) for _ in range(ROUNDS)]
    least = [seconds(lambda: execute(states, asked)) for _ in range(ROUNDS)]
    yield Row("service-states", median(read) / median(least), 2, "× bare SQL", f"{median(read) * 1000:.0f} ms")
    found = queries.standing(service, stage, asat)
    differs = {(group.chin, group.state, group.practices, group.amount) for group in found.groups}
    differs ^= {(chin, state, number, amount or Decimal()) for chin, state, number, amount, _ in execute(states, asked)}
    yield Row("service-differs", len(differs), 0, "rows")
    yield from _accepting(given, service, stage)


def _accepting(given: Setting, service: Service, stage: Stage) -> Iterator[Row]:
    """A thousand claims accepted at once, with what each rests on, their history, the ledger and what is owed."""
    enough = Decimal(10_000_000)
    ledger.allocate(by=None, line=service.line, year=stage.year, amount=enough, day=given.today, reason="Bench")
    enterer, manager = (User.objects.create_user(f"{name}-bench@example.org", name) for name in ("Enterer", "Verifier"))
    for statement in (_ANSWERED, _SENT_IN):
        execute(statement, {"stage": stage.pk, "enterer": enterer.pk, "today": given.today, "number": ACCEPTED})
    execute("ANALYZE lcs_claim, lcs_answer, lcs_claimstep")
    sent = list(Claim.objects.filter(stage=stage, state="sent"))
    outcomes: list[claims.Outcome] = []

    def accept() -> None:
        outcomes.append(claims.accept_many(by=manager, claims=sent, day=given.today))

    taken = [_undone(accept, guarded=True) for _ in range(ROUNDS)]
    if any(len(one.payable) != ACCEPTED for one in outcomes):
        yield Row("claims-accepted", None, 2, "s", f"not accepted: {outcomes[0].left[:1]}")
    else:
        yield Row(
            "claims-accepted",
            median(taken),
            2,
            "s",
            f"{ACCEPTED:,} claims, each with an answer, two entries, two steps",
        )


def _service(given: Setting) -> tuple[Service, Stage]:
    """Open, of the newest list sizes, with every practice on its list and no claim yet."""
    commissioner = Commissioner.objects.get(pk=1)
    source = Source.objects.create(commissioner=commissioner, name="Bench", funder="ccg")
    year = year_of(given.today)
    line = Line.objects.create(
        slug="bench", commissioner=commissioner, name="Bench", source=source, kind=LineKind.RECURRENT, first_year=year
    )
    ((extract,),) = execute("SELECT max(day) FROM practices_listsize")
    service = Service.objects.create(
        slug="bench",
        line=line,
        name="Bench",
        opens_on=given.today,
        tariff=Tariff.PER_HEAD,
        rate=Decimal("1.05"),
        list_day=extract,
    )
    stage = Stage.objects.create(
        service=service, number=1, name="Once", share=Decimal(100), year=year, from_day=given.today
    )
    Output.objects.create(stage=stage, number=1, name="A plan", whose="practice", evidence="text")
    service.approved_on, service.approved_by = given.today, "Bench"
    service.approved_where, service.interests, service.state = "Bench", "None", ServiceState.APPROVED
    service.save()
    execute("ALTER TABLE lcs_eligible DISABLE TRIGGER USER")  # the practices are of 42 commissioners
    execute(
        "INSERT INTO lcs_eligible (service_id, practice_id, added_on, why_added, why_removed) "
        "SELECT %s, id, %s, 'Bench', '' FROM practices_practice",
        [service.pk, given.today],
    )
    execute("ALTER TABLE lcs_eligible ENABLE TRIGGER USER")
    service.frozen_on, service.state = given.today, ServiceState.OPEN
    service.save()
    execute("ANALYZE lcs_eligible")
    return service, stage


def _undone(act: Callable[[], object], *, guarded: bool) -> float:
    """How long it takes, and everything as it was before. Unguarded: without the tables' own triggers."""
    with transaction.atomic():
        if not guarded:
            for table in _TABLES:
                execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        taken = seconds(act)
        transaction.set_rollback(True)
    return taken
