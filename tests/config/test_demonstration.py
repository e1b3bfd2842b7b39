"""The demonstration: the same everywhere, calibrated to the papers, complete, and never mixed with real records."""

import csv
import io
import re
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from cc2h.accounts import authority
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.board.models import Statement
from cc2h.board.statements import PAPERS, record_statements
from cc2h.cases.cycles.models import Cycle, Finding, Reading
from cc2h.cases.cycles.states import CycleState
from cc2h.cases.funding.models import Commitment, Payer
from cc2h.cases.models import Case, CaseStep, Submission
from cc2h.cases.states import CaseState
from cc2h.config import demonstration
from cc2h.config.demonstration import ages, lists, names
from cc2h.config.demonstration.barnet import CHIN_1_OPENS, FIRST_PLAN_FOR_CHIN_1
from cc2h.config.demonstration.money import INNOVATIONS
from cc2h.config.demonstration.places import BARNET, PLACES, Place
from cc2h.governance.decisions.models import Decision, Handling, How, Vote
from cc2h.governance.shipped import DECIDES
from cc2h.kit.asat import AsAt
from cc2h.kit.days import LONDON, end_of_day
from cc2h.kit.models import Import, ImportChunk, Programme
from chins.coverage import coverage_on, practice_rows
from chins.models import Chin, ChinState, Membership
from practices.maps import Stands, boroughs, rows_of
from practices.matching import Matching
from practices.models import Commissioner, ListSize, Practice, PracticeDetail, PracticeStanding
from tests.config.conftest import LOADED

SAME_EVERYWHERE = "ecef4237f84e3c6fd318bd3a5e17bfd1e1d21af33380749d8dd874f4d934027e"
SAME_CASES = "4ab87100d699f9e38760cfd686044c731486f2a961fbf126b1a5cc255c777e16"


@pytest.fixture
def loaded(loaded_in_november: None, db: None) -> None:
    """For every test of this module that only reads or rolls back."""


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def commissioner(place: Place) -> Commissioner:
    return Commissioner.objects.get(ods_code=place.code)


def counts() -> dict[str, int]:
    """How many rows each table has, the history included."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


class TestTheStory:
    def test_is_the_same_on_every_machine(self) -> None:
        story, digest = demonstration.tell(LOADED), sha256()
        for version in story.ledger:
            facts = sorted((name, str(value)) for name, value in version.facts.items())
            times = (version.first, version.last, version.known, version.known_until)
            digest.update(f"{version.model.__name__} {version.thread} {facts} {times} {version.closed_act}\n".encode())
        for one in story.expressions:
            digest.update(f"{one}\n".encode())
        monthly = [*lists.files(story)]
        for file in (*monthly, *ages.quarterly(monthly, LOADED)):
            digest.update(file.data + f"{file.published:%Y-%m-%dT%H:%M%z}".encode())
        assert digest.hexdigest() == SAME_EVERYWHERE, "Changed on purpose? Then write the new digest here."

    def test_another_day_of_loading_changes_only_the_end(self) -> None:
        later = LOADED + timedelta(days=400)
        before, after = ([*lists.files(demonstration.tell(day))] for day in (LOADED, later))
        assert [f.data for f in after[: len(before) - 1]] == [f.data for f in before[:-1]]
        assert len(after) == len(before) + 13
        known_by = datetime(2025, 1, 1, tzinfo=LONDON)
        old, new = ([v for v in demonstration.tell(day).ledger if v.known < known_by] for day in (LOADED, later))
        assert [(v.model, v.facts, v.first, v.last) for v in old] == [(v.model, v.facts, v.first, v.last) for v in new]

    def test_nothing_is_recorded_after_the_day_of_loading(self) -> None:
        for day in (LOADED, date(2026, 1, 1), date(2026, 2, 28)):
            story = demonstration.tell(day)
            assert max(v.known for v in story.ledger) < end_of_day(day)
            assert max(f.published for f in lists.files(story)) <= datetime.combine(day, datetime.min.time(), LONDON)

    def test_no_name_or_code_is_a_real_one(self) -> None:
        story = demonstration.tell(LOADED)
        details = [v.facts for v in story.ledger.of(PracticeDetail)]
        assert all(re.fullmatch(r"Z99\d{3}", code) for code in story.practices)
        assert all(re.search(r" \d[CIKMOV]{2}$", facts["postcode"]) for facts in details)
        assert all(facts["telephone"].startswith("020 7946 0") for facts in details)
        assert all(email.endswith(".example") for email in story.people)
        assert len({names.practice_name(i) for i in range(240)}) == 240
        assert len({facts["telephone"] for facts in details}) == len(story.practices)


class TestCalibration:
    @pytest.mark.parametrize(
        ("day", "practices", "covered"),
        [
            ("2017-04-01", 55, 22),
            ("2017-10-01", 54, 17),
            ("2017-11-06", 55, 19),
            ("2018-01-15", 55, 19),
            ("2018-03-30", 55, 21),
            ("2018-03-31", 55, 21),
            ("2018-06-30", 55, 21),
            ("2018-07-01", 54, 21),
            ("2018-12-06", 54, 48),
        ],
    )
    def test_practices_of_barnet(self, loaded: None, day: str, practices: int, covered: int) -> None:
        found = coverage_on(commissioner(BARNET), date.fromisoformat(day))
        assert (found.practices, found.covered_practices) == (practices, covered)

    def test_the_borough_has_about_400_000_patients(self, loaded: None) -> None:
        for day in (date(2017, 4, 1), CHIN_1_OPENS, date(2018, 12, 6)):
            assert abs(coverage_on(commissioner(BARNET), day).patients - 400_000) < 6_000

    def test_chin_1_has_five_practices_and_50_000_patients(self, loaded: None) -> None:
        found = coverage_on(commissioner(BARNET), CHIN_1_OPENS)
        (chin,) = [chin for chin in found.chins if chin.slug == "barnet-1"]
        assert (chin.status, chin.practices, chin.patients) == ("operational", 5, 50_000)
        assert round(Decimal(100 * chin.patients) / found.patients, 1) == Decimal("12.5")

    def test_38_percent_in_three_chins_in_march_2018(self, loaded: None) -> None:
        for day in (date(2018, 3, 30), date(2018, 3, 31)):
            found = coverage_on(commissioner(BARNET), day)
            assert found.population_percent == Decimal("38.0")
            assert len(found.chins) == 3

    def test_six_chins_and_48_of_54_in_december_2018(self, loaded: None) -> None:
        found = coverage_on(commissioner(BARNET), date(2018, 12, 6))
        assert found.practices_percent == Decimal("88.9")
        assert found.population_percent is not None
        assert abs(found.population_percent - Decimal("88.9")) <= Decimal("1.5")
        assert [chin.status for chin in sorted(found.chins, key=lambda chin: chin.slug)] == [
            *("operational", "operational"),
            *("approved", "approved"),
            *("proposed", "proposed"),
        ]

    def test_one_of_the_six_still_out_never_gets_a_date(self, loaded: None) -> None:
        day = date(2018, 12, 6)
        out = {row.practice_id for row in practice_rows(commissioner(BARNET), day) if not row.covered}
        assert len(out) == 6
        planned = Membership.objects.held().starting_after(day).filter(practice__in=out)
        assert len(set(planned.values_list("practice", flat=True))) == 5
        then = Membership.objects.held(end_of_day(day)).starting_after(day).filter(practice__in=out)
        assert then.count() == 3

    def test_a_couple_are_still_out_today_and_one_joins_next_month(self, loaded: None) -> None:
        found = coverage_on(commissioner(BARNET), LOADED)
        assert found.practices - found.covered_practices == 2
        planned = Membership.objects.held().starting_after(LOADED)
        assert [m.first_day for m in planned] == [date(2025, 12, 1)]

    def test_the_neighbours_have_the_networks_that_stp_2017_plans(self, loaded: None) -> None:
        day = date(2018, 12, 6)
        networks = {
            place.borough: len(coverage_on(commissioner(place), day).chins) for place in PLACES if place != BARNET
        }
        assert networks == {"Camden": 4, "Enfield": 4, "Haringey": 6, "Islington": 3}
        assert 190 <= PracticeStanding.objects.as_at(day).filter(status="active").count() <= 210


class TestWhatWasKnown:
    def test_chin_1_slipped(self, loaded: None) -> None:
        states = ChinState.objects.filter(chin__slug="barnet-1", status="operational")
        first_plan = states.held(end_of_day(date(2017, 8, 1))).get()
        assert first_plan.first_day == FIRST_PLAN_FOR_CHIN_1
        assert states.held().get().first_day == CHIN_1_OPENS

    def test_a_join_by_mistake_counts_on_no_day_but_was_known(self, loaded: None) -> None:
        voided = Membership.objects.get(closed_act="voided")
        day = date(2018, 10, 20)
        assert not Membership.objects.as_at(day).filter(practice=voided.practice).exists()
        assert Membership.objects.as_at(day, end_of_day(day)).get(practice=voided.practice) == voided

    def test_a_practice_changed_chin(self, loaded: None) -> None:
        chins = {
            slug: set(
                Membership.objects.as_at(date(2018, day_month, 30))
                .filter(chin__slug=slug)
                .values_list("practice__ods_code", flat=True)
            )
            for slug, day_month in (("barnet-2", 8), ("barnet-3", 9))
        }
        assert len(chins["barnet-2"] & chins["barnet-3"]) == 1

    def test_a_revised_file_leaves_both_values(self, loaded: None) -> None:
        revised = ListSize.objects.filter(day=lists.REVISED_EXTRACT, superseded_at__isnull=False)
        assert {size.practice.ods_code for size in revised} == set(lists.COUNTED_TWICE)
        for first in revised:
            second = ListSize.objects.get(practice=first.practice, day=first.day, superseded_at__isnull=True)
            assert second.patients < first.patients
            assert second.source_id != first.source_id


class TestWhatIsThere:
    def test_every_list_size_leads_to_its_line(self, loaded: None) -> None:
        texts = {chunk.of_id: bytes(chunk.data) for chunk in ImportChunk.objects.all()}
        for one in Import.objects.all():
            assert sha256(texts[one.pk]).hexdigest() == one.sha256
            assert len(texts[one.pk]) == one.size_bytes
        rows = {pk: [*csv.reader(io.StringIO(text.decode()))] for pk, text in texts.items()}
        for size in ListSize.objects.select_related("practice"):
            line = rows[size.source_id][size.row_number - 1]
            if size.ages is None:
                assert (line[5], line[9]) == (size.practice.ods_code, str(size.patients))
            else:
                assert (line[7], line[8:]) == (size.practice.ods_code, [str(patients) for patients in size.ages])

    def test_quarterly_files_tell_ages_and_change_no_number(self, loaded: None) -> None:
        aged = ListSize.objects.filter(ages__isnull=False).select_related("practice")
        assert {size.day for size in aged} >= {date(2018, 3, 31), date(2018, 9, 30), date(2025, 9, 30)}
        month = dict(ListSize.objects.held().filter(day=date(2018, 9, 1)).values_list("practice__ods_code", "patients"))
        quarter = {size.practice.ods_code: size.patients for size in aged.filter(day=date(2018, 9, 30))}
        assert quarter == month

    def test_every_role_has_somebody_who_can_sign_in(self, loaded: None) -> None:
        printed = run("sign_ins")
        manager = User.objects.get(email="manager@barnet.example")
        assert manager.check_password(demonstration.PASSWORD)  # the same hash for all: one slow check will do
        assert demonstration.PASSWORD in printed
        for role in Role:
            (line,) = [line for line in printed.splitlines() if line.strip().startswith(role.label)]
            user = User.objects.get(email=line.split()[-2])
            assert role in {holding.role for holding in authority.of(user, LOADED).holdings}
            assert user.password == manager.password

    def test_the_office_holds_five_posts_and_a_deputy_acts_for_the_manager(self, loaded: None) -> None:
        office = authority.of(User.objects.get(email="office@ncl.example"), LOADED)
        assert len({holding.commissioner_id for holding in office.holdings}) == 5
        deputy = authority.of(User.objects.get(email="deputy.manager@barnet.example"), LOADED)
        assert [holding.deputy_for for holding in deputy.holdings] == ["Transformation manager, Barnet"]

    def test_the_papers_figures_are_there_once(self, loaded: None) -> None:
        assert record_statements() == 0
        stated = set(Statement.objects.filter(value__isnull=False).values_list("value", flat=True))
        assert {Decimal(n) for n in ("38", "89", "54", "55", "60", "48", "6", "3", "4", "50000", "12.5")} <= stated
        assert set(Statement.objects.values_list("paper", flat=True)) == set(PAPERS)
        chins = set(Chin.objects.values_list("slug", flat=True)) | {""}
        assert set(Statement.objects.values_list("chin_slug", flat=True)) <= chins

    def test_every_practice_stands_inside_the_made_up_outline_of_its_borough_but_one(self, loaded: None) -> None:
        day = AsAt(LOADED, None, LOADED)
        found = rows_of(Matching(day).where("standing.status = 'active'"), boroughs())
        stands = Counter(row.stands for row in found)
        assert stands == {Stands.INSIDE: len(found) - 1, Stands.OUTSIDE: 1}


class TestBusinessCases:
    def test_there_is_one_at_every_stage(self, loaded: None) -> None:
        met = Counter(Case.objects.values_list("state", flat=True))
        assert met == Counter(CaseState) + Counter({CaseState.IN_ROUTE: 2})
        assert Case.objects.values("chin").distinct().count() == 6

    def test_they_are_the_same_on_every_machine(self, loaded: None) -> None:
        digest = sha256()
        for told in Submission.objects.order_by("case__number", "number").values_list("case__number", "day", "sha256"):
            digest.update(f"{told}\n".encode())
        for found in Finding.objects.order_by("pk").values_list("verdict", "sha256"):
            digest.update(f"{found}\n".encode())
        assert digest.hexdigest() == SAME_CASES, "Changed on purpose? Then write the new digest here."

    def test_the_conflicted_gp_left_and_has_no_vote(self, loaded: None) -> None:
        handled = Handling.objects.select_related("item__meeting__body", "person")
        first = handled.filter(item__key="2018-001", how=How.LEAVES).order_by("item__meeting__day").first()
        assert first is not None
        assert (first.item.meeting.day, first.item.meeting.body.slug) == (date(2018, 4, 12), DECIDES)
        assert first.person.email == "chin1.clinical.lead@barnet.example"
        assert not Vote.objects.filter(item=first.item, person=first.person).exists()

    def test_every_decision_had_a_quorum_of_who_took_part(self, loaded: None) -> None:
        decisions = Decision.objects.filter(voted=True)
        assert decisions.count() >= 8
        assert not [one for one in decisions if one.could_vote < one.quorum]

    def test_what_is_committed_for_them_is_on_the_ledger(self, loaded: None) -> None:
        assert Commitment.objects.count() == 6
        for one in Commitment.objects.select_related("entry", "share"):
            assert (one.entry.kind, one.entry.amount) == ("commitment", one.share.amount)
        assert {one.line.slug for one in Payer.objects.filter(submission__day__year=2018)} == {INNOVATIONS}
        assert "every balance agrees" in run("check_ledger")

    def test_nothing_is_recorded_of_them_after_the_day_of_loading(self, loaded: None) -> None:
        last = end_of_day(LOADED)
        assert not CaseStep.objects.filter(at__gte=last).exists()
        assert not Decision.objects.filter(at__gte=last).exists()
        assert not Reading.objects.filter(at__gte=last).exists()

    def test_last_weeks_numbers_are_still_to_come(self, loaded: None) -> None:
        (cycle,) = Cycle.objects.filter(state=CycleState.DO)
        newest = Reading.objects.filter(prediction__cycle=cycle).latest("day")
        assert newest.day == date(2025, 10, 27)  # the week before the last that is over


class TestLoading:
    def test_twice_changes_nothing(self, loaded: None) -> None:
        before = counts()
        assert "already loaded" in run("load_programme")
        assert counts() == before

    def test_a_real_practice_cannot_stand_beside_it(self, loaded: None) -> None:
        with pytest.raises(IntegrityError, match="practices_practice_never_mixed"), transaction.atomic():
            Practice.objects.create(ods_code="E83035")

    def test_real_files_are_refused_while_it_is_loaded(self, loaded: None, tmp_path: Any) -> None:
        with pytest.raises(CommandError, match="--reset"):
            run("load_programme", "--data", str(tmp_path))

    def test_removing_asks_first(
        self, loaded: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("builtins.input", lambda *_: "no")
        with pytest.raises(CommandError, match="Nothing was removed"):
            run("load_programme", "--reset", "--empty")
        assert f"{Practice.objects.count()} practices" in capsys.readouterr().err
        assert Practice.objects.exists()

    def test_removing_leaves_nothing(self, loaded: None) -> None:
        said = run("load_programme", "--reset", "--yes", "--empty", "--administrator", "first@trust.example")
        left = {name: n for name, n in counts().items() if n and not name.startswith(("django_", "auth_"))}
        assert left["practices_commissioner"] == 5
        assert left["accounts_user"] == left["chins_post"] == left["chins_postholding"] == 1
        assert not {name for name in left if name.startswith(("practices_practice", "kit_import"))}
        assert Programme.objects.get().kind == Programme.Kind.EMPTY
        password = re.search(r"password (\S+)", said)
        assert password
        assert User.objects.get(email="first@trust.example").check_password(password[1])

    def test_a_sample_is_next_months_file(self, loaded: None) -> None:
        rows = [*csv.DictReader(StringIO(run("make_sample", "list-sizes", "--month", "2025-12")))]
        assert {row["EXTRACT_DATE"] for row in rows} == {"01DEC2025"}
        on_the_day = PracticeStanding.objects.as_at(date(2025, 12, 1)).filter(status="active")
        assert {row["CODE"] for row in rows} == set(on_the_day.values_list("practice__ods_code", flat=True))
        before = {
            size.practice.ods_code: size.patients
            for size in ListSize.objects.held().filter(day=date(2025, 11, 1)).select_related("practice")
        }
        for row in rows:
            if row["CODE"] in before:
                assert abs(int(row["NUMBER_OF_PATIENTS"]) / before[row["CODE"]] - 1) <= 0.0101
