"""Addresses of bodies, their meetings, and one's calendar."""

from django.urls import path

from cc2h.governance.views import bodies, calendar, meetings

app_name = "governance"
urlpatterns = [
    path("", bodies.BodyList.as_view(), name="body_list"),
    path("add/", bodies.body_add, name="body_add"),
    path("calendar/", calendar.own, name="calendar"),
    path("calendar/make/", calendar.make, name="calendar_make"),
    path("calendar/withdraw/", calendar.withdraw, name="calendar_withdraw"),
    path("calendar/<str:secret>.ics", calendar.feed, name="calendar_feed"),
    path("terms/<int:pk>/correct/", bodies.terms_correct, name="terms_correct"),
    path("terms/<int:pk>/void/", bodies.terms_void, name="terms_void"),
    path("seats/<int:pk>/fill/", bodies.seat_fill, name="seat_fill"),
    path("seats/<int:pk>/correct/", bodies.seat_correct, name="seat_correct"),
    path("seats/<int:pk>/end/", bodies.seat_end, name="seat_end"),
    path("seats/<int:pk>/void/", bodies.seat_void, name="seat_void"),
    path("meetings/", meetings.MeetingList.as_view(), name="meeting_list"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/agenda/", meetings.agenda, name="agenda"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/papers/", meetings.papers_out, name="papers_out"),
    path("meetings/<int:pk>/held/", meetings.hold, name="hold"),
    path("meetings/<int:pk>/apologies/", meetings.apologise, name="apologise"),
    path("meetings/<int:pk>/coming/", meetings.come, name="come"),
    path("meetings/<int:pk>/minutes/", meetings.minutes, name="minutes"),
    path("meetings/<int:pk>/cancel/", meetings.cancel, name="cancel"),
    path("meetings/<int:pk>/items/add/", meetings.item_add, name="item_add"),
    path("meetings/<int:pk>/waiting/", meetings.from_waiting, name="from_waiting"),
    path("items/<int:pk>/", meetings.item_detail, name="item_detail"),
    path("items/<int:pk>/edit/", meetings.item_edit, name="item_edit"),
    path("items/<int:pk>/move/", meetings.item_move, name="item_move"),
    path("items/<int:pk>/take-off/", meetings.item_take_off, name="item_take_off"),
    # The last, as a slug is anything: services.WORDS_OF_ADDRESSES are none.
    path("<slug:slug>/", bodies.body_detail, name="body_detail"),
    path("<slug:slug>/edit/", bodies.body_edit, name="body_edit"),
    path("<slug:slug>/end/", bodies.body_end, name="body_end"),
    path("<slug:slug>/terms/", bodies.terms_set, name="terms_set"),
    path("<slug:slug>/seats/", bodies.SeatList.as_view(), name="seat_list"),
    path("<slug:slug>/seats/add/", bodies.seat_add, name="seat_add"),
    path("<slug:slug>/meetings/plan/", meetings.plan, name="plan"),
]
