"""The pages of the route: where a case is, what may be said of it and by whom, and the route itself."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.cases.drafting import may_change
from cc2h.cases.models import Case, Paper
from cc2h.cases.papers import make
from cc2h.cases.route import keeping
from cc2h.cases.route.models import Condition, Outcome, Route
from cc2h.cases.route.outcomes import Said
from cc2h.cases.sections import BY_KEY
from chins.models import Chin
from tests.factories import CaseFactory, ChinFactory, person
from tests.factories.cases import SHORT_FORM
from tests.factories.route import SENT, approved, has_a_route, payer_for, routed, said, turn_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = date(2018, 12, 6)
LONG_SECTIONS = {key for key in BY_KEY if key not in SHORT_FORM}  # asked for, should the sum become a large one


@pytest.fixture
def chin() -> Chin:
    made: Chin = ChinFactory(name="Finchley")
    has_a_route(made.commissioner)
    return made


def signed_in(role: Role, of: Any, **about: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of, **about))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"route:{name}", args=args)


def words_of(answer: Any) -> str:
    html = answer.getvalue().decode() if hasattr(answer, "getvalue") else answer.content.decode()
    html = re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return words_of(answer)


class TestTheShortRoute:
    def test_a_case_is_sponsored_checked_and_decided_by_the_posts_that_may(self, chin: Chin) -> None:
        lead = signed_in(Role.CHIN_LEAD, chin, name="Lee")
        finance = signed_in(Role.FINANCE_OFFICER, chin.commissioner, name="Fin")
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner, name="Max")
        secretary = signed_in(Role.SECRETARY, chin.commissioner, name="Sec")
        case = CaseFactory(chin=chin, state="in_route", by=person(Role.QI_LEAD, of=chin))
        page = read(lead, url("way", case.number))
        assert "It waits for “Sponsorship by the CHIN”, asked on 1 October 2018 and 59 days late." in page
        assert "CHIN lead (Lee)" in page
        turn = turn_of(case, "sponsor")
        assert lead.post(url("sponsor", turn.pk), {"said": "sponsored", "reasons": "Ours."}).status_code == 302
        assert "Fin" in read(finance, url("way", case.number))
        turn = turn_of(case, "check")
        assert (
            finance.post(
                url("check", turn.pk), {"said": "agreed", "reasons": "It adds up.", "pays": payer_for(case)}
            ).status_code
            == 302
        )
        turn = turn_of(case, "officer")
        answer = manager.post(url("decide", turn.pk), {"said": "approved", "reasons": "Worth a test."})
        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.state == "approved"
        assert "Decision of the named officer: approved. Worth a test." in read(
            lead, reverse("cases:case_detail", args=[case.number])
        )
        turn = turn_of(case, "board-told")
        assert secretary.post(url("told", turn.pk), {"reasons": "At its meeting."}).status_code == 302

    def test_whoever_wrote_it_can_t_decide_and_is_told_so(self, chin: Chin) -> None:
        manager = person(Role.TRANSFORMATION_MANAGER, of=chin.commissioner)
        case = routed(chin, by=manager)
        said(case, "sponsor")
        said(case, "check")
        client = Client()
        client.force_login(manager)
        page = read(client, url("decide", turn_of(case, "officer").pk))
        assert "You can’t say it, for a conflict of interest: Put the case forward. Submitted the case." in page


def test_more_is_asked_of_named_sections_and_only_those_open_again(chin: Chin) -> None:
    author = person(Role.CHIN_LEAD, of=chin)
    lead, manager = Client(), signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
    lead.force_login(author)
    case = CaseFactory(chin=chin, state="in_route", by=author)
    said(case, "sponsor")
    said(case, "check")
    turn = turn_of(case, "officer")
    answer = manager.post(url("decide", turn.pk), {"said": "asked", "reasons": "How many?", "sections": ["predict"]})
    assert answer.status_code == 302
    page = read(lead, reverse("cases:case_detail", args=[case.number]))
    assert "More is asked for." in page
    assert may_change(Case.objects.get(pk=case.pk)) == {"predict"} | LONG_SECTIONS
    assert "More asked of: What we predict." in page
    lead.post(reverse("cases:submit", args=[case.number]), {"confirm": "yes"})
    page = read(lead, url("way", case.number))
    assert "Not asked again" in page
    assert "Decision of the named officer Waiting" in page
    assert "Submission 1" in page


def test_conditions_are_met_with_evidence_and_waived_by_others(chin: Chin) -> None:
    lead, manager = signed_in(Role.CHIN_LEAD, chin), signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
    case = routed(chin)
    said(case, "sponsor")
    said(case, "check")
    turn, paying = turn_of(case, "officer"), {"said": "conditions", "reasons": "With care."}
    typed = "A nurse is in post, by 2019-01-31\nConsent is asked for."
    manager.post(url("decide", turn.pk), {**paying, "conditions": typed})
    first, second = Condition.objects.order_by("pk")
    assert (first.text, first.due_on, second.due_on) == ("A nurse is in post", date(2019, 1, 31), None)
    assert lead.post(url("condition_waive", second.pk), {"reasons": "No."}).status_code == 403
    lead.post(url("condition_meet", first.pk), {"evidence": "The contract."})
    manager.post(url("condition_waive", second.pk), {"reasons": "It is in the protocol."})
    page = read(lead, url("way", case.number))
    assert "“The contract.”" in page
    assert "Waived on 6 December 2018" in page
    manager.post(url("condition_reopen", first.pk), {"reasons": "It is not signed."})
    assert "Opened again: “It is not signed.”" in read(lead, url("way", case.number))


def test_what_was_decided_is_read_as_it_was_taken_and_has_its_paper(chin: Chin) -> None:
    member = signed_in(Role.BOARD_MEMBER, chin.commissioner)
    case = CaseFactory(chin=chin, state="in_route")
    approved(case)
    outcome = Outcome.objects.get(turn__stage__key="officer")
    make(f"outcome:{outcome.pk}", None)
    paper = Paper.objects.get(about=f"outcome:{outcome.pk}")
    assert bytes(paper.pdf).startswith(b"%PDF")
    page = read(member, url("outcome_detail", outcome.pk))
    assert "Decision of the named officer: approved" in page
    assert "The decision as a PDF" in page


class TestWhereCasesAre:
    def test_the_list_says_what_waits_where_and_for_whom(self, chin: Chin) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner, name="Max")
        case = routed(chin)
        page = read(manager, url("turn_list"))
        assert f"Wound care at home {case.number}" in page
        assert "1 stage of a case" in page
        assert "Late" in page
        assert "0 stages of cases" in read(manager, url("turn_list") + "?state=answered")

    def test_no_query_more_for_more_cases(self, chin: Chin) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        for _ in range(2):
            routed(chin)

        def asked() -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                read(manager, url("turn_list"))
            return len(queries)

        asked()
        few = asked()
        for _ in range(6):
            routed(chin)
        assert asked() == few

    def test_the_median_is_of_the_days_to_an_answer(self, chin: Chin) -> None:
        for days in (2, 4, 10):
            said(routed(chin), "sponsor", day=SENT + timedelta(days))
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        page = read(manager, url("standing"))
        assert "Sponsorship by the CHIN Up to £25,000.00 0 0 – 3 4.0" in page
        assert "Finance check Up to £25,000.00 3 3 3 Oct 2018 0 not known" in page

    def test_as_at_a_day_before_it_still_waits(self, chin: Chin) -> None:
        case = routed(chin)
        said(case, "sponsor", day=SENT + timedelta(10))
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        page = read(manager, url("way", case.number) + "?as_at=2018-10-03")
        assert "It waits for “Sponsorship by the CHIN”, asked on 1 October 2018, by 8 October 2018." in page


class TestTheRouteItself:
    def test_it_says_who_decides_what(self, chin: Chin) -> None:
        member = signed_in(Role.BOARD_MEMBER, chin.commissioner)
        page = read(member, url("route_detail", chin.commissioner.ods_code))
        assert (
            "To test, up to £25,000.00: sponsorship by the CHIN → finance check → decision of the named officer → "
            "telling the Programme Board." in page
        )
        assert "Version 1, in force from 2 January 2018." in page

    def test_a_change_is_shown_with_what_it_leads_to_and_makes_the_next_version(self, chin: Chin) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        case = routed(chin, asked=20_000)
        officer = keeping.latest(chin.commissioner).stages.get(key="officer")
        typed = {
            "name": "Decision of the named officer",
            "position": "4",
            "part": "decide",
            "purposes": "test",
            "up_to": "10000.00",
            "target_days": "10",
            "working": "working",
            "conflicts": "on",
            "from_day": "2018-12-06",
            "why": "The officer decides on less.",
        }
        page = words_of(manager.post(url("stage_edit", officer.pk), typed))
        assert (
            "A case to test something that asks for more than £10,000.00, up to £25,000.00 is decided by nobody."
            in page
        )
        assert Route.objects.count() == 1
        typed |= {"up_to": "25000.00", "target_days": "5"}
        page = words_of(manager.post(url("stage_edit", officer.pk), typed))
        assert "Cases that were submitted before that day keep the route they have." in page
        assert manager.post(url("stage_edit", officer.pk), {**typed, "confirm": "yes"}).status_code == 302
        assert Route.objects.count() == 2
        page = read(manager, url("way", case.number))
        assert "version 1 of the route" in page
        assert "The route has changed since (version 2): what was submitted before keeps its own." in page

    def test_an_earlier_version_is_not_changed(self, chin: Chin) -> None:
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        old = keeping.latest(chin.commissioner).stages.get(key="officer")
        newest = keeping.latest(chin.commissioner)
        keeping.make_version(
            by=None,
            commissioner=chin.commissioner,
            stages=keeping.plans_of(newest),
            from_day=TODAY,
            why="Again.",
            today=TODAY,
            follows=newest,
        )
        assert "of an earlier version of the route" in read(manager, url("stage_edit", old.pk))

    def test_without_a_route_one_begins_with_the_portal_s(self) -> None:
        chin = ChinFactory()
        manager = signed_in(Role.TRANSFORMATION_MANAGER, chin.commissioner)
        assert "No route is in force" in read(manager, url("route_detail", chin.commissioner.ods_code))
        typed = {"from_day": "2018-12-06", "why": "We begin.", "confirm": "yes"}
        answer = manager.post(url("route_begin", chin.commissioner.ods_code), typed)
        assert answer.status_code == 200  # without a board nobody decides on the large ones
        assert "is decided by nobody" in words_of(answer)


def test_a_case_page_says_where_it_is(chin: Chin) -> None:
    member = signed_in(Role.BOARD_MEMBER, chin.commissioner)
    case = CaseFactory(chin=chin, state="in_route")
    page = read(member, reverse("cases:case_detail", args=[case.number]))
    assert "Where it is" in page
    assert "Finance check To come" in page


def test_the_decision_of_a_body_names_the_submission_it_was_taken_on(chin: Chin) -> None:
    member = signed_in(Role.BOARD_MEMBER, chin.commissioner)
    case = routed(chin, asked=60_000)
    for key in ("sponsor", "check", "advice", "board"):
        said(case, key)
    outcome = Outcome.objects.get(turn__stage__key="board")
    page = read(member, reverse("decisions:decision_detail", args=[outcome.decision_id]))
    assert f"Submission 1 of {case} , as it was frozen on 1 October 2018. It asks for £60,000.00." in page
    assert "The decision’s PDF is being made." in page


def test_one_s_own_cases_name_the_sections_of_their_form_that_more_is_asked_of(chin: Chin) -> None:
    author = person(Role.CHIN_LEAD, of=chin)
    client = Client()
    client.force_login(author)
    case = CaseFactory(chin=chin, state="in_route", by=author)
    said(case, "sponsor", Said.ASKED, sections=["costs"])
    page = read(client, reverse("cases:mine"))
    assert "More is asked of: What it costs." in page  # of the short form; the long one would ask more
