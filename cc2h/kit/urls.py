"""Addresses of imports."""

from django.urls import path

from cc2h.kit.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.ImportList.as_view(), name="import_list"),
    path("upload/", views.import_upload, name="import_upload"),
    path("workbook/", views.import_template, name="import_template"),
    path("<int:pk>/", views.import_detail, name="import_detail"),
    path("<int:pk>/problems/", views.ProblemList.as_view(), name="import_problems"),
    path("<int:pk>/file/", views.import_file, name="import_file"),
    path("<int:pk>/decide/", views.import_decide, name="import_decide"),
    path("<int:pk>/undo/", views.import_undo, name="import_undo"),
    path("<int:pk>/day/", views.import_answer, name="import_answer"),
    path("<int:pk>/kind/", views.import_kind, name="import_kind"),
    path("<int:pk>/remove-illustrative/", views.illustrative_remove, name="illustrative_remove"),
]
