"""Addresses of months. A month is `2018-09`, a financial year `2018-19`, so that they differ by what follows them."""

from django.urls import path

from budget.addresses import register_converters
from budget.months.views import acts, pages

register_converters()

app_name = "months"
urlpatterns = [
    path("", pages.home, name="home"),
    path("closings/<int:pk>/", pages.closing, name="closing"),
    path("choices/<int:pk>/", pages.choice, name="choice"),
    path("choices/<int:pk>/agree/", acts.choice_agree, name="choice_agree"),
    path("choices/<int:pk>/decline/", acts.choice_decline, name="choice_decline"),
    path("choices/<int:pk>/withdraw/", acts.choice_withdraw, name="choice_withdraw"),
    path("lines/<slug:slug>/forecast/<month:month>/", acts.forecast, name="forecast"),
    path("lines/<slug:slug>/accrual/<month:month>/", acts.accrue, name="accrue"),
    path("lines/<slug:slug>/phasing/<financial_year:year>/", acts.phase, name="phase"),
    path("lines/<slug:slug>/end/<financial_year:year>/", acts.choose, name="choose"),
    path("<str:ods_code>/year/<financial_year:year>/", pages.month_list, name="month_list"),
    path("<str:ods_code>/year/<financial_year:year>/end/", pages.year_end, name="year_end"),
    path("<str:ods_code>/<month:month>/", pages.report, name="report"),
    path("<str:ods_code>/<month:month>/accruals/", pages.accruals, name="accruals"),
    path("<str:ods_code>/<month:month>/beside/<month:other>/", pages.beside, name="beside"),
    path("<str:ods_code>/<month:month>/close/", acts.close, name="close"),
    path("<str:ods_code>/<month:month>/reopen/", acts.reopen, name="reopen"),
]
