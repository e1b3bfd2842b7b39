"""What the journey of a business case begins with, made through the portal's services: pages elsewhere prove each of it.

Run beside the portal by `manage.py shell`. It is one of two halves of a long route; the other is walked in the browser.
"""

from dataclasses import replace
from datetime import date, timedelta

from cc2h.cases.route.outcomes import Said
from cc2h.config.demonstration import case_words as words
from cc2h.config.demonstration.barnet import CHIN_2
from cc2h.config.demonstration.case_stories import month_after, written_since
from cc2h.config.demonstration.cases import DAY, Days, Told, tell
from cc2h.governance import shipped
from cc2h.governance.models import Body, Meeting, MeetingState
from cc2h.kit.days import today
from cc2h.kit.working import is_working

CLINICS = replace(words.WOUND_CLINIC, chin=CHIN_2, title="Wound clinics for five practices")
WHERE_FROM = "Where do the numbers of visits come from?"


def asked_for_more(now: date | None = None) -> None:
    """CHIN 2 asked for £150,000, and the Programme Board for more of what it predicts; it meets again today, and so does
    the Governing Body, whose decision such a sum needs too.
    """
    now = now or today()
    board = Body.objects.get(slug=shipped.DECIDES)
    then = now - timedelta(days=11)
    while not is_working(then) or Meeting.objects.filter(body=board, day=then).exists():
        then -= DAY
    earlier = Meeting.objects.create(body=board, day=then)
    for body in (board, Body.objects.get(slug=shipped.GOVERNING)):
        Meeting.objects.exclude(state=MeetingState.CANCELLED).get_or_create(body=body, day=now)

    def story(told: Told) -> Days:
        yield then - timedelta(days=40)
        told.idea(CLINICS)
        yield then - timedelta(days=36)
        told.taken_up()
        told.writes(written_since(CLINICS, month_after(now)))
        yield then - timedelta(days=32)
        told.submits()
        yield then - timedelta(days=29)
        told.sponsored("Both practices give a room.")
        yield then - timedelta(days=25)
        told.checked()
        yield then - timedelta(days=20)
        told.advised(Said.ENDORSED, "The variation is the widest that the group has seen.")
        told.tabled(earlier)
        yield then + DAY
        told.decided(Said.ASKED, WHERE_FROM, sections=["predict"])
        print(told.case.number)

    tell(now, [story])
