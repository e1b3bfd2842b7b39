"""Settings, all from the environment; the defaults suit one machine and one developer.

Production (`CC2H_ENV=production`) refuses to start with an unsafe setting rather than warn about it.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pgtrigger
import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cc2h.config.environment import address, flag, listed, one_of, seconds, text, whole_number

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(text("CC2H_DATA_DIR") or BASE_DIR / ".data")
ENVIRONMENT = one_of("CC2H_ENV", ("development", "test", "production"), "development")
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
DEBUG = flag("CC2H_DEBUG")

INSECURE_SECRET_KEY = "for-development-and-tests-only-never-for-real-data"  # noqa: S105 - refused below
SECRET_KEY = text("SECRET_KEY", INSECURE_SECRET_KEY)
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")  # earlier ones: what they signed or encrypted stays good
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
PLAIN_HTTP = flag("CC2H_PLAIN_HTTP", default=not PRODUCTION)

if PRODUCTION:
    if SECRET_KEY == INSECURE_SECRET_KEY or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("Set SECRET_KEY to a random value of 50 characters or more.")
    if DEBUG:
        raise ImproperlyConfigured("CC2H_DEBUG must not be set in production.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the portal's host names; “*” is none.")
    if not text("EMAIL_HOST"):
        raise ImproperlyConfigured("Set EMAIL_HOST to a mail server: links for new passwords must not go into a log.")


# A lost server is asked for anew by whoever comes next, instead of after waits that grow as long as it was away.
POOL = {"min_size": 1, "max_size": 8, "timeout": 10, "reconnect_timeout": 2}


def database_from_url(url: str) -> dict[str, Any]:
    """Django's database settings from `postgresql://user:password@host:port/name?host=/socket/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    port = options.pop("port", None) or str(parts.port or "")
    user = options.pop("user", None) or unquote(parts.username or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cc2h",
        "USER": user,
        "PASSWORD": text("DATABASE_PASSWORD") or unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        # CONN_MAX_AGE stays 0: the pool keeps the connections. Tests count and kill connections themselves.
        # No just-in-time compiling: the planner overrates statements over dated ranges, and it costs a second.
        "OPTIONS": {
            "options": "-c jit=off",
            "prepare_threshold": 5,  # only of cursors that ask for it: cc2h.kit.together
            **options,
            **({} if TESTING else {"pool": POOL}),
        },
        "TEST": {"NAME": text("CC2H_TEST_DATABASE") or None},
    }


def with_password(url: str, password: str) -> str:
    """The address with this password instead of its own, if one is given."""
    if not password:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(parts.username or '')}:{quote(password, safe='')}@{host}").geturl()


DATABASES = {"default": database_from_url(text("DATABASE_URL", "postgresql://localhost/cc2h"))}
REDIS_URL = with_password(text("REDIS_URL", "redis://localhost:6379/0"), text("REDIS_PASSWORD"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "cc2h.config.apps.ConfigApp",
    "cc2h.board",
    "cc2h.delivery",
    "cc2h.comments",
    "cc2h.cases.cycles",
    "cc2h.cases.funding",
    "cc2h.cases.route",
    "cc2h.cases",
    "budget.lcs",
    "budget.payments",
    "budget.agreements",
    "budget.baseline",
    "budget.months",
    "budget",
    "cc2h.governance.decisions",
    "cc2h.governance",
    "kpis.benefits",
    "kpis.qists",
    "kpis.variation",
    "kpis.tracking",
    "kpis",
    "chins",
    "practices",
    "cc2h.accounts",
    "cc2h.kit",
    "django_tables2",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_structlog",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "cc2h.config.health.HealthMiddleware",
    "cc2h.config.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads what it compresses, and tokens in pages are masked: no BREACH
    "cc2h.kit.methods.MethodsMiddleware",
    "cc2h.kit.preload.PreloadMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cc2h.accounts.sessions.SessionMiddleware",
    "cc2h.accounts.tokens.ApiMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cc2h.accounts.second_factor.SecondFactorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "cc2h.kit.history.HistoryMiddleware",
    "cc2h.kit.asat.AsAtMiddleware",
]

ROOT_URLCONF = "cc2h.config.urls"
WSGI_APPLICATION = "cc2h.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "cc2h.config.jinja2.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "cc2h.kit.context.page",
            ],
        },
    },
    {  # allauth's e-mails, and django-filter's and django-tables2's own fall-backs
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "emails"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(text("CC2H_STATIC_ROOT") or DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG  # looked for when asked for: tests start often

# Sign-in ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cc2h.accounts.passwords.NotPublic"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cc2h.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "cc2h.accounts.forms.ForgottenPasswordForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # whoever was locked out by too many tries lets themselves in again by mail
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whose password or second factor was changed is told so
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
MFA_ADAPTER = "cc2h.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Care Closer to Home"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are added by their administrator, and come in by a mailed link
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PLAIN_HTTP
# Required of posts that can change money, people or published pages (cc2h.accounts.authority), or only offered.
SECOND_FACTOR_REQUIRED = (
    one_of("CC2H_SECOND_FACTOR", ("required", "offered"), "required" if PRODUCTION else "offered") == "required"
)
# Single sign-on by OpenID Connect (NHSmail, Entra ID): without CC2H_OIDC_URL there is none.
SINGLE_SIGN_ON_URL = text("CC2H_OIDC_URL")
SINGLE_SIGN_ON_NAME = text("CC2H_OIDC_NAME", "single sign-on") if SINGLE_SIGN_ON_URL else ""
SOCIALACCOUNT_ADAPTER = "cc2h.accounts.single_sign_on.Adapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # the provider says whether the address is verified; others are not matched
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if SINGLE_SIGN_ON_URL:
    if not (text("CC2H_OIDC_CLIENT_ID") and text("CC2H_OIDC_SECRET")):
        raise ImproperlyConfigured("With CC2H_OIDC_URL, CC2H_OIDC_CLIENT_ID and CC2H_OIDC_SECRET are needed too.")
    if PRODUCTION and not SINGLE_SIGN_ON_URL.startswith("https://"):
        raise ImproperlyConfigured("CC2H_OIDC_URL must start with https:// in production.")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "sso",
                "name": SINGLE_SIGN_ON_NAME,
                "client_id": text("CC2H_OIDC_CLIENT_ID"),
                "secret": text("CC2H_OIDC_SECRET"),
                "settings": {
                    "server_url": SINGLE_SIGN_ON_URL,
                    "oauth_pkce_enabled": True,
                    # Entra ID never says that an address is verified: of these domains every address it gives is.
                    "verified_email": [domain.lower().lstrip("@") for domain in listed("CC2H_OIDC_DOMAINS")],
                },
            }
        ]
    }
# Whose tries are counted: the address that the outermost of our own proxies saw. What a client claims stands to its left.
ALLAUTH_TRUSTED_PROXY_COUNT = whole_number("CC2H_TRUSTED_PROXIES", int(not PLAIN_HTTP))
SESSION_COOKIE_AGE = whole_number("CC2H_SESSION_HOURS", 12) * 3600
SESSION_IDLE_SECONDS = whole_number("CC2H_SESSION_IDLE_MINUTES", 60) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cc2h.board.views.csrf_failure"

API_REQUESTS_PER_MINUTE = whole_number("CC2H_API_REQUESTS_PER_MINUTE", 600)  # of one person, by whatever token

# Rate limits live in the database, so that they hold across processes and when Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond the default of 300, limits in force would be dropped
    }
}

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if text("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = whole_number("EMAIL_PORT", 25)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 10  # seconds; a worker holds its work for longer
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Care Closer to Home <no-reply@localhost>")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Headers ---------------------------------------------------------------------------------------------
if not PLAIN_HTTP:
    SECURE_SSL_REDIRECT = flag("CC2H_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"  # no neighbouring host sets these
MESSAGE_STORAGE = "cc2h.kit.messages.Storage"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # a sign-in elsewhere starts with a form of ours, which leads to that address
        "form-action": [SELF, *([_origin_of(SINGLE_SIGN_ON_URL)] if SINGLE_SIGN_ON_URL else [])],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")
}

# Where the portal is, for links in mail that nobody's request asks for.
PORTAL_ADDRESS = (text("CC2H_ADDRESS") or f"https://{(ALLOWED_HOSTS or ['localhost'])[0].lstrip('.')}").rstrip("/")

# For the people who run it: which version this is, who may read /metrics, from when on a statement is told of in the log.
VERSION = text("CC2H_VERSION", "of the checkout")
METRICS_TOKEN = text("CC2H_METRICS_TOKEN")
SLOW_QUERY_SECONDS = seconds("CC2H_SLOW_QUERY_SECONDS", 1)

# Uploads: the largest file the portal will read, and where a part-received one waits.
UPLOAD_LIMIT_BYTES = whole_number("CC2H_UPLOAD_LIMIT_MB", 64) * 1024 * 1024
# Files on records: the largest, how many one record holds, how many one person brings in an hour.
ATTACHMENT_LIMIT_BYTES = min(UPLOAD_LIMIT_BYTES, whole_number("CC2H_ATTACHMENT_LIMIT_MB", 20) * 1024 * 1024)
ATTACHMENTS_OF_A_RECORD = whole_number("CC2H_ATTACHMENTS_OF_A_RECORD", 100)
ATTACHMENTS_AN_HOUR = whole_number("CC2H_ATTACHMENTS_AN_HOUR", 60)
# Where clamd looks into files for viruses; none: nobody does.
CLAMAV = address("CC2H_CLAMAV")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = [
    "cc2h.kit.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Background work: the work-to-do table is the truth, the broker only wakes a worker early (see docs/decisions).
CELERY_BROKER_URL = REDIS_URL
CELERY_WORKER_REDIRECT_STDOUTS = False  # a mail that is written to the log stays as it is
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 30}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
WORK_LEASE_SECONDS = seconds("CC2H_WORK_LEASE_SECONDS", 30)
WORK_ATTEMPTS = max(1, whole_number("CC2H_WORK_ATTEMPTS", 5))  # then kinds of work that may give up, do
WORK_STATEMENT_SECONDS = seconds("CC2H_WORK_STATEMENT_SECONDS", 900)
WORK_SWEEP_SECONDS = seconds("CC2H_WORK_SWEEP_SECONDS", 5)
CHART_WAIT_SECONDS = 0.0 if TESTING else 3.0  # for the worker that draws, before a request does it another way

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # unique without regard to case, by a constraint of its own
PGHISTORY_LEVEL = pgtrigger.Statement  # one event insert per statement: bulk SQL stays fast
PGHISTORY_APPEND_ONLY = True

DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # a proxy's X-Request-ID, if it sends one, is ours too
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": one_of("CC2H_LOG_LEVEL", LOG_LEVELS, "WARNING" if TESTING else "INFO")},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
