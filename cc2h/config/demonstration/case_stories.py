"""What became of Barnet's business cases: made up, as all of the story is.

Those that are over are of 2018; those that go on are told around the day of loading, so that some wait, whenever that is.
"""

from datetime import date, timedelta
from decimal import Decimal

from cc2h.accounts.authority import Role
from cc2h.cases.cycles.services import Expected, monday_of
from cc2h.cases.cycles.states import Act, Verdict, Way
from cc2h.cases.models import Excluded
from cc2h.cases.route.outcomes import Part, Said
from cc2h.config.demonstration import case_words as words
from cc2h.config.demonstration.cases import DAY, OF_THE_PAPERS, WEEK, Days, Told, last_meeting, next_meeting, tell
from cc2h.config.demonstration.places import BARNET
from cc2h.governance import shipped
from cc2h.governance.models import Body
from cc2h.kit.days import year_of
from chins.models import Membership
from kpis.models import Definition

OF_THE_STORY = date(2018, 12, 6)
QI_LEAD = Role.QI_LEAD


def write(today: date) -> None:
    """What had come of them by `today`. Comes after bodies, their meetings and the route, and before meetings are held."""
    if today >= OF_THE_STORY:
        tell(today, STORIES)


def _within(days: int) -> timedelta:
    return timedelta(days=days)


# Of 2018 ------------------------------------------------------------------------------------------------


def scaled(told: Told) -> Days:
    """CHIN 1’s clinic: the long route, a conflict, a condition, two cycles, and then all of Barnet."""
    form = words.form(words.TUESDAYS, date(2018, 5, 1))
    yield date(2018, 1, 17)
    told.idea(words.TUESDAYS)
    yield date(2018, 1, 22)
    told.taken_up()
    yield date(2018, 1, 24)
    told.writes(form, "problem", "idea", "costs", "predict", "equality", "ig")
    yield date(2018, 1, 26)
    told.writes(form, "logic", "benefits", "risks", "involvement", "plan", "delivery", by=QI_LEAD)
    yield date(2018, 1, 29)
    told.submits()
    board = next_meeting(Body.objects.get(chin=told.case.chin).slug, date(2018, 2, 1))
    told.tabled(board)
    yield board.day + DAY
    told.decided(Said.SPONSORED, "The five practices stand behind it; each gives a morning of its nurse.")
    yield date(2018, 2, 20)
    told.checked()
    group = next_meeting(shipped.STEERING, told.day + DAY)
    told.tabled(group)
    yield group.day + DAY
    told.decided(Said.ENDORSED, "It answers the variation that the group has asked about. Count those who do not come.")
    decides = next_meeting(shipped.DECIDES, date(2018, 4, 1))
    yield decides.day - _within(9)
    told.tabled(decides)
    yield decides.day + DAY
    told.decided(
        Said.CONDITIONS,
        "The case is clear about what it predicts, and small enough to be stopped.",
        asked=[("Patients who work are asked which day and hour would suit them.", date(2018, 6, 1))],
        against=[BARNET.mail("body.member.10")],
        minute="The lay member would have liked an evening from the first day.",
    )
    notes = next_meeting(shipped.WELLBEING, date(2018, 6, 1))
    told.tabled(notes)
    yield date(2018, 4, 16)
    told.plans(
        "Tuesdays, by day", "Do patients get all nine processes in one visit?", "Lead nurse, assistant, pharmacist",
        "A practice in Burnt Oak", (date(2018, 4, 30), date(2018, 6, 24)),
        Expected("All nine care processes in one visit", Way.UP, Decimal(60), "%", baseline=Decimal(12), target=Decimal(70)),
        Expected("Did not attend", Way.DOWN, Decimal(12), "%", baseline=Decimal(21)),
    )  # fmt: skip
    told.counted(date(2018, 3, 19), (12, 11, 13, 12), (22, 20, 21, 21))
    (condition,) = told.its_conditions()
    first = told.tranche(
        24_000, "First cycle, when it is studied", told.federation(), condition=condition, due=date(2018, 7, 2)
    )
    second = told.tranche(20_000, "Second cycle", told.federation(), due=date(2018, 10, 8))
    yield date(2018, 4, 30)
    told.begins()
    yield from told.weekly(
        date(2018, 4, 30), (38, 44, 51, 49, 58), (20, 22, 19, 21, 20),
        notes={
            0: ("Nine patients, and time for more.", "The foot check machine came on Thursday."),
            4: ("Blood tests before the visit: results were there.", ""),
        },
    )  # fmt: skip
    yield notes.day + DAY
    told.decided(Said.NOTED, "The board is glad of a small test, and asks who does not come.")
    yield from told.weekly(date(2018, 6, 4), (61, 60, 63), (22, 19, 20))
    told.meets(condition, "Asked of 84 patients: 37 would come after six. The list is with the case.")
    yield date(2018, 6, 28)
    told.studies(
        (Verdict.HELD, "The last three weeks are at 60% and above."),
        (Verdict.NOT_HELD, "One in five stays away, as before."),
        summary="One visit does what three did. Whoever works still does not come.",
        learned="Nine processes fit into one visit if the blood is taken before.",
    )
    told.concludes(Act.ADAPT, "It works for those who come by day.", seed="Does an evening reach those who work?")
    yield date(2018, 7, 2)
    told.releases(first)
    told.plans(
        "Tuesdays, with an evening", "Does an evening reach those who work?", "Lead nurse, assistant, pharmacist",
        "A practice in Burnt Oak, until eight", (date(2018, 7, 9), date(2018, 9, 16)),
        Expected("Did not attend", Way.DOWN, Decimal(12), "%", baseline=Decimal(20)),
        Expected("All nine care processes in one visit", Way.UP, Decimal(65), "%", baseline=Decimal(60), target=Decimal(70)),
    )  # fmt: skip
    told.counted(date(2018, 5, 28), (20, 22, 19, 20, 21, 20), (58, 61, 60, 63, 61, 62))
    yield date(2018, 7, 9)
    told.begins()
    yield from told.weekly(
        date(2018, 7, 9), (18, 14, 12, 11, 10, 12, 9), (63, 66, 65, 68, 70, 69, 71),
        notes={1: ("The evening was full by Monday.", ""), 6: ("", "Two nurses are on leave: half the places for two weeks.")},
    )  # fmt: skip
    told.slips((date(2018, 7, 9), date(2018, 9, 30)), "Two weeks of August had half the places")
    yield from told.weekly(date(2018, 8, 27), (10, 9, 11, 10, 8), (70, 72, 69, 71, 73))
    yield date(2018, 10, 4)
    told.studies(
        (Verdict.HELD, "Eight weeks at 12% or below, after a year at 20%: the chart shows a change."),
        (Verdict.HELD, "Seven in ten, above what was predicted."),
        summary="With an evening one in ten stays away, and seven in ten leave with all nine processes.",
        learned="Offer an evening: it halves the places that nobody uses.",
    )
    told.concludes(Act.ADOPT, "Both predictions held for eleven weeks.")
    told.releases(second)
    yield date(2018, 10, 9)
    members = Membership.objects.as_at(told.day).filter(chin__slug__in=("barnet-2", "barnet-3"))
    practices = [one.practice for one in members.select_related("practice").order_by("practice__ods_code")[:8]]
    told.proposes(
        "Diabetes clinics across Barnet", {2019: 118_000, 2020: 126_000},
        {practice: date(2019, 4 + place // 2, 1) for place, practice in enumerate(practices)},
    )  # fmt: skip
    yield date(2018, 10, 16)
    told.said(Part.CHECK, Said.AGREED, "The costs by year follow from the two cycles.", *told.finance())
    decides = next_meeting(shipped.DECIDES, date(2018, 11, 1))
    yield decides.day - _within(9)
    told.tabled(decides)
    yield decides.day + DAY
    told.decided(Said.APPROVED, "Two cycles, and the second shows a change. The evidence is in the pack.")
    governing = next_meeting(shipped.GOVERNING, date(2018, 11, 10))
    told.tabled(governing)
    yield governing.day + DAY
    told.decided(Said.APPROVED, "The Programme Board’s evidence holds. Its line is outside the programme’s budget.")
    notes = next_meeting(shipped.WELLBEING, date(2018, 12, 1))
    told.tabled(notes)
    yield notes.day + DAY
    told.decided(Said.NOTED, "The board welcomes it and asks to hear how many practices have begun.")


def abandoned(told: Told) -> Days:
    """CHIN 2’s calls: the short route, its delegated money, one cycle, and a lesson."""
    form = words.form(words.CALL_FIRST, date(2018, 10, 1))
    yield date(2018, 9, 4)
    told.idea(words.CALL_FIRST)
    yield date(2018, 9, 6)
    told.taken_up()
    yield date(2018, 9, 10)
    told.writes(form)
    yield date(2018, 9, 12)
    told.submits()
    yield date(2018, 9, 17)
    told.sponsored("Two practices offered their desk for it.")
    yield date(2018, 9, 20)
    told.checked(delegated=True)
    yield date(2018, 10, 2)
    told.officer_decides("It is cheap to find out. Count visits as before, and do not change how they are asked for.")
    yield date(2018, 10, 3)
    told.told_the_board()
    told.plans(
        "Calls in the morning", "Are half of the urgent visits a call?", "One paramedic", "All practices of the CHIN",
        (date(2018, 10, 8), date(2018, 11, 18)),
        Expected("Urgent visits by a doctor", Way.DOWN, Decimal(30), baseline=Decimal(49)),
    )  # fmt: skip
    told.counted(date(2018, 9, 10), (48, 51, 47, 50))
    first = told.tranche(5_600, "First month, and the line", told.provider(), due=date(2018, 10, 31))
    told.tranche(9_200, "Second and third month", told.provider(), due=date(2018, 11, 30))
    yield date(2018, 10, 8)
    told.begins()
    yield from told.weekly(
        date(2018, 10, 8), (46, 49, 52, 47, 50, 48),
        notes={2: ("Patients who were called asked for a visit on the next day.", "Two mornings without a paramedic.")},
    )  # fmt: skip
    yield date(2018, 11, 20)
    told.releases(first)
    told.studies(
        (Verdict.NOT_HELD, "As many visits as before, in all six weeks."),
        summary="Nine in ten who were called were visited all the same, by a doctor, on that day or the next.",
        learned="A call by somebody whom patients do not know does not take the place of their doctor’s visit.",
    )
    told.concludes(Act.ABANDON, "Nothing moved in six weeks, and the desks have twice the work.")
    yield date(2018, 11, 27)
    told.stopped("The prediction did not hold, and nobody proposes another way to do it.")


def declined(told: Told) -> Days:
    """CHIN 3’s injections: another team does the same, so the Programme Board says no."""
    form = words.form(words.JOINT_CLINIC, date(2018, 10, 1))
    yield date(2018, 7, 10)
    told.idea(words.JOINT_CLINIC)
    yield date(2018, 7, 16)
    told.taken_up()
    yield date(2018, 8, 6)
    told.writes(form)
    yield date(2018, 8, 8)
    told.submits()
    yield date(2018, 8, 16)
    told.sponsored("Two GPs are ready to do it.")
    yield date(2018, 9, 4)
    told.checked("The costs add up. Whether the planned care team buys the same is not for finance to say.")
    yield date(2018, 9, 13)
    told.advised(Said.OBJECTED, "The planned care team opens the same clinic for all of Barnet in January.")
    decides = next_meeting(shipped.DECIDES, date(2018, 10, 1))
    yield decides.day - _within(9)
    told.tabled(decides)
    yield decides.day + DAY
    told.decided(Said.DECLINED, "The same clinic opens in January for all of Barnet, and is paid already.")


def withdrawn(told: Told) -> Days:
    """CHIN 4’s Saturdays: outside the programme, as was said when the idea came."""
    yield date(2018, 10, 8)
    told.idea(words.SATURDAYS, excluded=Excluded.EXTENDED_ACCESS)
    yield date(2018, 10, 15)
    told.taken_up()
    yield date(2018, 11, 5)
    told.withdraws("Extended access has its own money: the idea goes to its team.")


# Around the day of loading ------------------------------------------------------------------------------


def concluded(told: Told) -> Days:
    """CHIN 3’s leg club is tested; whether it goes on is to be decided."""
    on = told.on
    begins = monday_of(on(-59))
    yield on(-95)
    told.idea(words.LEG_CLUB)
    yield on(-75)
    told.writes(written_since(words.LEG_CLUB, begins, begun=True))
    yield on(-73)
    told.taken_up()
    yield on(-72)
    told.submits()
    yield on(-70)
    told.sponsored("The hall is free on Wednesdays, and the charity would keep the door.")
    yield on(-68)
    told.checked()
    yield on(-64)
    told.officer_decides("Small, clear, and stopped easily.")
    yield on(-63)
    told.told_the_board()
    told.plans(
        "Wednesdays", "Do people come, and come again?", "Two nurses and the charity", "A hall in Finchley",
        (begins, begins + 6 * WEEK + _within(6)),
        Expected("People who come", Way.UP, Decimal(25), baseline=Decimal(0)),
        Expected("Of whom came before", Way.UP, Decimal(50), "%"),
    )  # fmt: skip
    first = told.tranche(9_000, "First half", told.provider(), due=on(-30))
    told.tranche(9_000, "Second half", told.provider(), due=on(30))
    yield max(begins, told.day)
    told.begins()
    yield from told.weekly(begins, (11, 18, 22), (None, 41, 55))
    told.releases(first)
    yield from told.weekly(begins + 3 * WEEK, (26, 28, 31, 29), (61, 64, 70, 68))
    yield on(-8)
    told.studies(
        (Verdict.HELD, "Four weeks above what was predicted."),
        (Verdict.HELD, "Two in three come again."),
        summary="Thirty come each week. In seven weeks none of them had another ulcer, which is too short to conclude from.",
        learned="People come for each other as much as for their legs: leave time for tea.",
    )
    told.concludes(Act.ADOPT, "It is used, and it is cheap.")


def scaling(told: Told) -> Days:
    """CHIN 2’s reviews held; that all of Barnet has them is on the agenda of the Programme Board’s next meeting."""
    on = told.on
    begins = monday_of(on(-60))
    yield on(-95)
    told.idea(words.CARE_HOMES)
    yield on(-82)
    told.writes(written_since(words.CARE_HOMES, begins, begun=True))
    yield on(-76)
    told.taken_up()
    yield on(-75)
    told.submits()
    yield on(-72)
    told.sponsored("The three homes are ours, and their managers have asked for it.")
    yield on(-69)
    told.checked()
    yield on(-64)
    told.officer_decides("One pharmacist, three homes, and two numbers that say whether it helps.")
    yield on(-63)
    told.told_the_board()
    told.plans(
        "Three homes", "Are most residents reviewed in five weeks, and does it change anything?",
        "One pharmacist and the homes’ nurses", "Three care homes in East Barnet",
        (begins, begins + 4 * WEEK + _within(6)),
        Expected("Residents reviewed", Way.UP, Decimal(80), "%", baseline=Decimal(26)),
        Expected("Medicines stopped or changed, a review", Way.UP, Decimal(2)),
    )  # fmt: skip
    told.tranche(14_100, "All three months", told.federation(), due=on(-30))
    yield max(begins, told.day)
    told.begins()
    yield from told.weekly(
        begins, (34, 48, 63, 77, 86), (3, 2.6, 2.8, 2.4, 2.3),
        notes={0: ("The home’s nurse knew which tablets are never taken.", ""), 3: ("", "One home had no room for us.")},
    )  # fmt: skip
    yield on(-21)
    told.studies(
        (Verdict.HELD, "Nearly nine in ten after five weeks."),
        (Verdict.HELD, "More than two a review in every week."),
        summary="86% of the residents are reviewed; each review changes more than two medicines. Falls were not counted.",
        learned="Go to the home: half of what was changed stood in no letter.",
    )
    told.concludes(Act.ADOPT, "Both held, and the homes want to keep it.")
    yield on(-17)
    year = year_of(told.today) + 1
    members = Membership.objects.as_at(told.day).filter(chin__slug__in=("barnet-1", "barnet-3"))
    practices = [one.practice for one in members.select_related("practice").order_by("practice__ods_code")[:6]]
    told.proposes(
        "Medicines reviews in Barnet’s care homes", {year: 74_000},
        {practice: date(year, 4 + place // 2, 1) for place, practice in enumerate(practices)},
    )  # fmt: skip
    yield on(-13)
    told.said(Part.CHECK, Said.AGREED, "The costs a home are those of the test.", *told.finance())
    decides = next_meeting(shipped.DECIDES, told.today)
    yield max(min(decides.day - _within(12), told.today), told.day)
    told.tabled(decides)


def testing(told: Told) -> Days:
    """CHIN 1’s volunteers go round; last week’s numbers are not in."""
    on = told.on
    begins = monday_of(on(-46))
    yield on(-80)
    told.idea(words.BEFORE_A_FALL)
    yield on(-72)
    form = written_since(words.BEFORE_A_FALL, begins, begun=True)
    told.writes(form, "problem", "idea", "costs")
    told.writes(form, "predict", "equality", "ig", by=QI_LEAD)
    yield on(-66)
    told.taken_up()
    yield on(-65)
    told.submits()
    yield on(-63)
    told.sponsored("Each practice asks its own patients for their consent first.")
    yield on(-60)
    told.checked()
    yield on(-58)
    told.officer_decides("It asks little, and says what it would show.")
    yield on(-57)
    told.told_the_board()
    told.plans(
        "Ten questions at home", "Do we find people before they fall?", "Volunteers of the charity, one nurse",
        "At home, in the five practices’ area", (begins, begins + 11 * WEEK + _within(6)),
        Expected("People newly on a frailty register", Way.UP, Decimal(9), baseline=Decimal(3), target=Decimal(8)),
        Expected("Seen by the nurse within a week", Way.UP, Decimal(90), "%"),
        of_the_library("emergency-admissions", Way.DOWN, Decimal("6.5")),
    )  # fmt: skip
    first = told.tranche(4_800, "First six weeks", told.federation(), due=on(-40))
    told.tranche(4_800, "Last six weeks", told.federation(), due=on(14))
    yield max(begins, told.day)
    told.counted(begins - 8 * WEEK, (3, 2, 4, 3, 3, 2, 4, 3), (None,) * 8)
    told.begins()
    found, seen = (4, 7, 9, 8, 11, 10), (100, 86, 89, 100, 91, 90)
    yield from told.weekly(
        begins, found[:2], seen[:2],
        notes={0: ("Eleven visits, all of them let us in.", ""), 1: ("", "One volunteer is ill; fewer visits.")},
    )  # fmt: skip
    told.releases(first)
    weeks = (monday_of(told.today) - begins) // WEEK - 1  # the last is still to be entered
    yield from told.weekly(
        begins + 2 * WEEK, found[2:weeks], seen[2:weeks], notes={1: ("A daughter rang to thank us.", "")}
    )


def with_a_condition(told: Told) -> Days:
    """CHIN 2’s reviews at school: approved at the Programme Board’s last meeting, on two conditions."""
    decides = last_meeting(shipped.DECIDES, told.today)
    form = written_since(words.ASTHMA_AT_SCHOOL, month_after(decides.day))
    yield decides.day - _within(60)
    told.idea(words.ASTHMA_AT_SCHOOL)
    yield decides.day - _within(50)
    told.writes(form)
    yield decides.day - _within(38)
    told.taken_up()
    yield decides.day - _within(37)
    told.submits()
    yield decides.day - _within(35)
    told.sponsored("Three head teachers have said yes.")
    yield decides.day - _within(28)
    told.checked()
    yield decides.day - _within(23)
    told.advised(Said.ENDORSED, "It goes where the children are. Bring the consent form.")
    yield decides.day - _within(9)
    told.tabled(decides)
    yield decides.day + DAY
    told.decided(
        Said.CONDITIONS,
        "A third of the children without a review are at three schools: it is tried where they are.",
        asked=[
            ("The consent form is read by two parents before it is used.", decides.day + _within(21)),
            ("The schools’ agreement is signed.", decides.day + _within(60)),
        ],
    )
    read, signed = told.its_conditions()
    told.tranche(20_000, "Nurse and equipment, first two months", told.federation(), condition=signed,
                 due=decides.day + _within(60))  # fmt: skip
    yield decides.day + _within(12)
    told.meets(read, "Two mothers of the school council read it, and changed a sentence.")


def returned(told: Told) -> Days:
    """CHIN 4’s duty desk: the Programme Board asks for more of what it predicts and costs."""
    decides = last_meeting(shipped.DECIDES, told.today)
    yield decides.day - _within(37)
    told.idea(words.DUTY_DESK)
    yield decides.day - _within(36)
    told.taken_up()
    yield decides.day - _within(35)
    told.writes(written_since(words.DUTY_DESK, month_after(decides.day)))
    yield decides.day - _within(34)
    told.submits()
    yield decides.day - _within(32)
    told.sponsored("The five practices share the desk.")
    yield decides.day - _within(28)
    told.checked()
    yield decides.day - _within(22)
    told.advised(Said.COMMENTED, "Good for patients who ring late. One measure is few for such a sum.")
    yield decides.day - _within(9)
    told.tabled(decides)
    yield decides.day + DAY
    told.decided(
        Said.ASKED,
        "What happens to those who are told to come tomorrow? Measure that too, and say what it costs to count it.",
        sections=["costs", "predict"],
    )


def before_the_board(told: Told) -> Days:
    """CHIN 5’s clinics: £150,000, advised on and checked, on the agenda of the Programme Board’s next meeting."""
    decides = next_meeting(shipped.DECIDES, told.today)
    form = written_since(words.WOUND_CLINIC, month_after(decides.day))
    yield decides.day - _within(62)
    told.idea(words.WOUND_CLINIC)
    yield decides.day - _within(56)
    told.taken_up()
    yield decides.day - _within(52)
    told.writes(form)
    yield decides.day - _within(50)
    told.submits()
    yield decides.day - _within(47)
    told.sponsored("Both practices give a room, and their nurses want it.")
    yield decides.day - _within(42)
    told.checked(
        "The costs add up. The line has room for it this year; nurses and rooms go on, and next year’s is not stated."
    )
    yield decides.day - _within(37)
    told.advised(
        Said.ENDORSED, "The variation is the widest that the group has seen. Ask the hospital for its numbers too."
    )
    yield max(min(decides.day - _within(12), told.today), told.day)
    told.tabled(decides)
    told.comment(
        "Do the rooms in Childs Hill have a hoist? The equality assessment says so.", BARNET.mail("body.member.10")
    )


def advised_and_checked(told: Told) -> Days:
    """CHIN 3’s weekly meeting waits for the Steering Group’s advice and for finance, beside each other."""
    on = told.on
    yield on(-40)
    told.idea(words.FRAILTY_TEAM)
    yield on(-33)
    told.taken_up()
    yield on(-21)
    told.writes(written_since(words.FRAILTY_TEAM, month_after(told.today)))
    yield on(-18)
    told.submits()
    yield on(-9)
    told.sponsored("Every practice has named somebody who comes.")


def to_be_sponsored(told: Told) -> Days:
    """CHIN 6’s calls were sent in the other day."""
    on = told.on
    yield on(-30)
    told.idea(words.HEART_CALLS)
    yield on(-22)
    told.taken_up()
    yield on(-6)
    told.writes(written_since(words.HEART_CALLS, month_after(told.today)))
    yield on(-3)
    told.submits()


def draft(told: Told) -> Days:
    """CHIN 1’s blood tests are half written, by two."""
    on = told.on
    yield on(-35)
    told.idea(words.BLOOD_TESTS, by=QI_LEAD)
    yield on(-30)
    told.taken_up()
    yield on(-14)
    form = words.form(words.BLOOD_TESTS, told.today)
    told.writes(form, "problem")
    yield on(-9)
    told.writes(form, "idea", by=QI_LEAD)
    told.comment(
        "Which two afternoons? The laboratory’s van comes at four.", BARNET.mail("chin1.clinical.lead"), section="idea"
    )


def shaping(told: Told) -> Days:
    """CHIN 6’s physiotherapist is shaped with its SPoC."""
    on = told.on
    yield on(-20)
    told.idea(words.PHYSIO)
    yield on(-11)
    told.taken_up()


def idea(told: Told) -> Days:
    """CHIN 2’s catheters wait to be taken up."""
    yield told.on(-4)
    told.idea(words.CATHETERS, by=QI_LEAD)


def payments(told: Told) -> Days:
    """What was released of the cases of 2018 is paid by a run of that December; of later ones by a run of last week."""
    yield date(2018, 12, 4)
    told.prepare_run()
    yield date(2018, 12, 5)
    told.authorise_run()
    yield date(2018, 12, 6)
    told.confirm_run()
    if told.today.year > OF_THE_PAPERS:
        yield told.on(-6)
        told.prepare_run()
        yield told.on(-5)
        told.authorise_run()
        yield told.on(-1)
        told.confirm_run()


def written_since(what: words.Words, since: date, *, begun: bool = False) -> words.Form:
    """What was written, of a test from a month on: it is moved until all of it is in one financial year.

    begun: the test goes on already, so that it is moved back and not on.
    """
    first = since.replace(day=1)
    while year_of(first) != year_of(first + timedelta(days=31 * (what.months - 1))):
        first = (first - DAY).replace(day=1) if begun else month_after(first)
    return words.form(what, first)


def of_the_library(code: str, way: Way, predicted: Decimal) -> Expected:
    """A prediction of a measure of the library, by its newest name."""
    definition = Definition.objects.filter(measure__code=code).select_related("measure").latest("period")
    return Expected(definition.name, way, predicted, library=definition.measure)


def month_after(day: date) -> date:
    """The first of the month after."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


STORIES = (
    scaled, declined, abandoned, withdrawn, concluded, scaling, testing, with_a_condition, returned, before_the_board,
    advised_and_checked, draft, to_be_sponsored, shaping, idea, payments,
)  # fmt: skip
