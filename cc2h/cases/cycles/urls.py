"""Addresses of cycles."""

from django.urls import path

from cc2h.cases.addresses import register_converters
from cc2h.cases.cycles import views

register_converters()
app_name = "cycles"
urlpatterns = [
    path("library/", views.Library.as_view(), name="library"),
    path("<int:pk>/", views.cycle_detail, name="cycle_detail"),
    path("<int:pk>/predictions/add/", views.predict, name="predict"),
    path("<int:pk>/days/", views.replan, name="replan"),
    path("<int:pk>/begin/", views.begin, name="begin"),
    path("<int:pk>/week/", views.week, name="week"),
    path("<int:pk>/study/", views.study, name="study"),
    path("<int:pk>/conclude/", views.conclude, name="conclude"),
    path("<case:number>/plan/", views.cycle_plan, name="cycle_plan"),
    path("<case:number>/extend/", views.extend, name="extend"),
    path("<case:number>/stop/", views.stop, name="stop"),
    path("<case:number>/propose/", views.propose, name="propose"),
]
