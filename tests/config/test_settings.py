"""Settings from the environment: production refuses what is unsafe, and nothing misspelt is passed over."""

import runpy
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cc2h.config import settings

PRODUCTION = {
    "CC2H_ENV": "production",
    "SECRET_KEY": "Zq7-" * 15,
    "ALLOWED_HOSTS": "portal.example.nhs.uk",
    "EMAIL_HOST": "mail.example.nhs.uk",
}
OURS = (
    "DEFAULT_FROM_EMAIL",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "CC2H_DEBUG",
    "CC2H_OIDC_DOMAINS",
    "CC2H_PLAIN_HTTP",
    "CC2H_SSL_REDIRECT",
    "CC2H_TRUSTED_PROXIES",
    "CSRF_TRUSTED_ORIGINS",
    "EMAIL_PORT",
    "EMAIL_USE_TLS",
)


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings as they would be with these variables and none of ours besides."""

    def read(**variables: str) -> dict[str, Any]:
        for name in (*PRODUCTION, *OURS):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(settings.__file__)

    return read


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"CC2H_ENV": "prodution"}, "CC2H_ENV must be one of development, test, production; it is “prodution”."),
        ({"CC2H_ENV": "Production"}, "it is “Production”"),
        ({"SECRET_KEY": ""}, "Set SECRET_KEY to a random value of 50 characters or more."),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY to a random value of 50 characters or more."),
        ({"SECRET_KEY": "for-development-and-tests-only-never-for-real-data"}, "Set SECRET_KEY to a random value"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS to the portal's host names"),
        ({"ALLOWED_HOSTS": " , "}, "Set ALLOWED_HOSTS to the portal's host names"),
        ({"ALLOWED_HOSTS": "portal.example.nhs.uk, *"}, "“*” is none."),
        ({"EMAIL_HOST": " "}, "Set EMAIL_HOST to a mail server: links for new passwords must not go into a log."),
        ({"CC2H_DEBUG": "1"}, "CC2H_DEBUG must not be set in production."),
        ({"CC2H_DEBUG": "true"}, "CC2H_DEBUG must be one of 0, 1; it is “true”."),
        ({"CC2H_PLAIN_HTTP": "yes"}, "CC2H_PLAIN_HTTP must be one of 0, 1; it is “yes”."),
        ({"EMAIL_USE_TLS": "True"}, "EMAIL_USE_TLS must be one of 0, 1; it is “True”."),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT must be a whole number, not “smtp”."),
        ({"CC2H_LOG_LEVEL": "loud"}, "CC2H_LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR; it is “loud”."),
        ({"CC2H_WORK_SWEEP_SECONDS": "0"}, "CC2H_WORK_SWEEP_SECONDS must be a number of seconds above 0, not “0”."),
        ({"DATABASE_URL": "mysql://db/cc2h"}, "DATABASE_URL must start with postgresql://"),
    ],
)
def test_what_is_unsafe_or_misspelt_is_refused_in_words(
    variables: dict[str, str], words: str, settings_with: Any
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(**PRODUCTION | variables)
    assert words in str(refusal.value)


def test_production_asks_for_tls_unless_told_otherwise(settings_with: Any) -> None:
    safe = settings_with(**PRODUCTION)
    assert [safe[name] for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")] == [True] * 3
    assert all(safe[name].startswith("__Host-") for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"))
    assert not safe["DEBUG"]
    assert safe["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert 0 < safe["EMAIL_TIMEOUT"] <= 30
    plain = settings_with(**PRODUCTION, CC2H_PLAIN_HTTP="1")
    assert plain["PLAIN_HTTP"]
    assert "SESSION_COOKIE_SECURE" not in plain


def test_how_many_proxies_are_trusted_follows_from_who_ends_tls(settings_with: Any) -> None:
    name = "ALLAUTH_TRUSTED_PROXY_COUNT"
    assert settings_with(**PRODUCTION)[name] == 1
    assert settings_with(**PRODUCTION, CC2H_PLAIN_HTTP="1")[name] == 0
    assert settings_with(**PRODUCTION, CC2H_TRUSTED_PROXIES="2")[name] == 2
    assert settings_with()[name] == 0


def test_single_sign_on_counts_no_address_as_verified_but_of_the_domains_named(settings_with: Any) -> None:
    provider = {
        "CC2H_OIDC_URL": "https://login.example/tenant/v2.0",
        "CC2H_OIDC_CLIENT_ID": "cc2h",
        "CC2H_OIDC_SECRET": "a-secret",
    }

    def domains(**more: str) -> Any:
        (app,) = settings_with(**PRODUCTION, **provider, **more)["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
        return app["settings"]["verified_email"]

    assert domains() == []
    assert domains(CC2H_OIDC_DOMAINS="@NHS.net, nhs.example") == ["nhs.net", "nhs.example"]


def test_names_in_a_list_may_have_blanks_around_them(settings_with: Any) -> None:
    hosts = {"ALLOWED_HOSTS": " portal.example.nhs.uk , portal.local,", "CSRF_TRUSTED_ORIGINS": " https://a.example "}
    read = settings_with(**PRODUCTION | hosts)
    assert read["ALLOWED_HOSTS"] == ["portal.example.nhs.uk", "portal.local"]
    assert read["CSRF_TRUSTED_ORIGINS"] == ["https://a.example"]


def test_one_machine_and_one_developer_need_set_nothing(settings_with: Any) -> None:
    read = settings_with()
    assert (read["ENVIRONMENT"], read["PLAIN_HTTP"], read["DEBUG"]) == ("development", True, False)


def test_mail_goes_where_the_environment_says(settings_with: Any) -> None:
    found = settings_with(
        EMAIL_HOST="mail.example.nhs.uk",
        EMAIL_PORT="587",
        EMAIL_HOST_USER="portal",
        EMAIL_HOST_PASSWORD="a-secret",
        EMAIL_USE_TLS="1",
        DEFAULT_FROM_EMAIL="Portal <portal@example.nhs.uk>",
    )
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert {name: found[name] for name in found if name.startswith("EMAIL_H")} == {
        "EMAIL_HOST": "mail.example.nhs.uk",
        "EMAIL_HOST_USER": "portal",
        "EMAIL_HOST_PASSWORD": "a-secret",
    }
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == (587, True)
    assert found["DEFAULT_FROM_EMAIL"] == "Portal <portal@example.nhs.uk>"


def test_without_a_mail_server_letters_are_printed_where_the_portal_runs(settings_with: Any) -> None:
    assert settings_with(CC2H_ENV="development")["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
