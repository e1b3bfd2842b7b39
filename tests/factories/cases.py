"""Business cases: ideas, what is written of them, and what was submitted."""

from datetime import date
from typing import Any

import factory

from cc2h.cases import drafting, submitting
from cc2h.cases.models import Case, Submission
from cc2h.cases.route.keeping import latest
from cc2h.cases.sections import BY_KEY
from cc2h.cases.services import put_forward
from tests.factories.chins import ChinFactory
from tests.factories.route import route_of

CASE_DAY = date(2018, 10, 1)

SHORT_FORM: dict[str, dict[str, Any]] = {
    "problem": {"problem": "Housebound patients wait for wound care.", "data": "Visits differ threefold."},
    "idea": {"idea": "A shared clinic.", "population": "Patients with leg ulcers.", "where": "At one practice, by two nurses."},
    "costs": {
        "asked": "9600.00",
        "first": "2018-11",
        "last": "2019-01",
        "rows": [
            {"id": f"c{n}", "month": month, "what": "Nurses", "type": "staff", "recurrent": "no", "amount": "3200.00"}
            for n, month in enumerate(("2018-11", "2018-12", "2019-01"))
        ],
    },
    "predict": {
        "measures": [
            {"id": "m1", "name": "Visits by district nurses", "unit": "visits a week", "direction": "down",
             "baseline": "120", "prediction": "80", "target": "75", "by": "2019-01-31"}
        ],
        "how": "Counted by the community provider.",
    },
    "equality": {"affects": "no", "full": "no"},
    "ig": {"personal": "no", "shared": "no", "new_system": "no"},
}  # fmt: skip
LONG_FORM: dict[str, dict[str, Any]] = SHORT_FORM | {
    "costs": {
        "asked": "150000.00",
        "first": "2018-11",
        "last": "2019-10",
        "rows": [
            {"id": "c1", "month": "2018-11", "what": "Nurses", "type": "staff", "recurrent": "yes", "amount": "100000.00"},
            {"id": "c2", "month": "2019-05", "what": "Beds", "type": "equipment", "recurrent": "no", "amount": "50000.00"},
        ],
    },
    "logic": {
        "inputs": [{"id": "i1", "what": "Two nurses", "leads": "a1"}],
        "activities": [{"id": "a1", "what": "A clinic", "leads": "o1"}],
        "outputs": [{"id": "o1", "what": "Patients seen", "leads": "u1"}],
        "outcomes": [{"id": "u1", "what": "Wounds heal sooner"}],
    },
    "benefits": {
        "delivery": [{"id": "ae", "activity": "40", "gross": "6000.00", "net": "5000.00"}],
        "quality": "Fewer days with an open wound.",
    },
    "risks": {"risks": [{"id": "r1", "what": "No room", "likelihood": "2", "impact": "4", "mitigation": "A second practice"}]},
    "involvement": {"who": "The patients’ groups, in June.", "said": "They asked for evenings."},
    "plan": {"where": "Operating plan 2018", "part": "Care at home"},
    "delivery": {"steps": [{"id": "s1", "month": "2018-11", "what": "Open", "who": "The lead nurse"}]},
}  # fmt: skip


class CaseFactory(factory.Factory):
    """An idea of a CHIN, gone as far as `state`: idea, shaping, draft or in_route. answers: what is written, by section.

    by, today: who does all of it, and when.
    """

    class Meta:
        model = Case

    chin = factory.SubFactory(ChinFactory)
    title = factory.Sequence(lambda n: f"Wound clinic {n}")
    problem = "Housebound patients wait for wound care."
    topic = Case.Topic.WOUND_CARE

    @classmethod
    def _create(
        cls,
        model_class: type[Case],
        *args: Any,
        state: str = "idea",
        answers: dict[str, dict[str, Any]] | None = None,
        by: Any = None,
        shaped_by: Any = None,
        today: date = CASE_DAY,
        **kwargs: Any,
    ) -> Case:
        case = put_forward(by=by, today=today, **kwargs)
        if state != "idea":
            drafting.take_up(by=shaped_by, case=case, day=today, excluded=kwargs.get("excluded", ""))
        if state in ("draft", "in_route") or answers:
            write(case, SHORT_FORM if answers is None else answers, by=by, today=today)
        if state == "in_route":
            if latest(case.commissioner) is None:
                route_of(case.commissioner)
            submitting.submit(by=by, case=case, day=today)
        return Case.objects.get(pk=case.pk)


def write(case: Case, answers: dict[str, dict[str, Any]], *, by: Any = None, today: date = CASE_DAY) -> None:
    """Save these sections, each on its newest version."""
    newest = drafting.latest(case)
    for key, said in answers.items():
        base = newest[key].number if key in newest else 0
        drafting.save_section(by=by, case=case, section=BY_KEY[key], answers=said, base=base, day=today)


def submitted(**kwargs: Any) -> Submission:
    """The submission of a case that is in governance."""
    found: Submission = CaseFactory(state="in_route", **kwargs).submissions.get()
    return found
