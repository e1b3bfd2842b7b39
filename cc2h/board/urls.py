"""Addresses of the dashboard, the home pages, the papers, board days and the health checks."""

from django.urls import path

from cc2h.board import views

app_name = "board"
urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboards, name="dashboards"),
    path("dashboard/<str:ods_code>/", views.dashboard, name="dashboard"),
    path("dashboard/<str:ods_code>/changes/", views.changes, name="changes"),
    path("dashboard/<str:ods_code>/still-to-join/", views.still_to_join, name="still_to_join"),
    path("papers/", views.StatementList.as_view(), name="statement_list"),
    path("papers/<slug:reference>/", views.statement, name="statement"),
    path("papers/<slug:reference>/settle/", views.statement_settle, name="statement_settle"),
    path("papers/<slug:reference>/reopen/", views.statement_reopen, name="statement_reopen"),
    path("board-days/", views.BoardDayList.as_view(), name="board_days"),
    path("board-days/add/", views.board_day_add, name="board_day_add"),
    path("board-days/<int:pk>/void/", views.board_day_void, name="board_day_void"),
]
