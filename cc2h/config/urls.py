"""Every address of the portal. Rooms own their paths; this list says where they hang."""

from django.urls import include, path

from cc2h.accounts import single_sign_on, token_views
from cc2h.accounts import urls as people
from cc2h.accounts import views as accounts
from cc2h.config import views as running
from cc2h.kit.api import views as api
from cc2h.kit.search_views import search
from chins import post_urls as posts

urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/single-sign-on/", include("allauth.socialaccount.urls")),
    path("account/oidc/<str:provider_id>/login/", single_sign_on.start, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", single_sign_on.come_back, name="openid_connect_callback"),
    path("account/unsent/", accounts.unsent, name="unsent"),
    path("account/tokens/", token_views.token_list, name="token_list"),
    path("account/tokens/make/", token_views.token_make, name="token_make"),
    path("account/tokens/<int:pk>/withdraw/", token_views.token_withdraw, name="token_withdraw"),
    path("people/", include(([*people.urlpatterns, *posts.urlpatterns], "people"))),
    path("search/", search, name="search"),
    path("api/", api.guide, name="api_guide"),
    path("api/examples/", api.examples, name="api_examples"),
    path("api/schema/", api.schema, name="api_schema"),
    path("api/v1/<path:rest>", api.api, name="api"),
    path("accessibility/", running.accessibility, name="accessibility"),
    path("operations/", running.operations_page, name="operations"),
    path("operations/components/", running.components, name="components"),
    path("imports/", include("cc2h.kit.urls")),
    path("views/", include("cc2h.kit.saved.urls")),
    path("charts/", include("cc2h.kit.chart_urls")),
    path("actions/", include("cc2h.delivery.urls")),
    path("comments/", include("cc2h.comments.urls")),
    path("budget/services/", include("budget.lcs.urls")),
    path("budget/payments/", include("budget.payments.urls")),
    path("budget/agreements/", include("budget.agreements.urls")),
    path("budget/assessments/", include("budget.baseline.urls")),
    path("budget/months/", include("budget.months.urls")),
    path("budget/", include("budget.urls")),
    path("business-cases/route/", include("cc2h.cases.route.urls")),
    path("business-cases/cycles/", include("cc2h.cases.cycles.urls")),
    path("business-cases/money/", include("cc2h.cases.funding.urls")),
    path("business-cases/", include("cc2h.cases.urls")),
    path("governance/decisions/", include("cc2h.governance.decisions.urls")),
    path("governance/", include("cc2h.governance.urls")),
    path("qists/", include("kpis.qists.urls")),
    path("measures/", include("kpis.tracking.urls")),
    path("measures/<slug:code>/variation/", include("kpis.variation.urls")),
    path("benefits/", include("kpis.benefits.urls")),
    path("measures/", include("kpis.urls")),
    path("practices/", include("practices.urls")),
    path("chins/", include("chins.urls")),
    path("", include("cc2h.board.urls")),
]

handler400 = "cc2h.board.views.bad_request"
handler403 = "cc2h.board.views.permission_denied"
handler404 = "cc2h.board.views.page_not_found"
handler500 = "cc2h.board.views.server_error"
