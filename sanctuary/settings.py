"""All settings, safe for production by default. `DEBUG=1` relaxes them for one machine.

Every value that differs between machines comes from the environment; see .env.example.
"""

from datetime import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from marshmallow.validate import OneOf, Regexp

from sanctuary import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = env.bool("DEBUG", False)
# Pages for those who build the house. A setting of its own, because tests run with DEBUG off.
DEVELOPMENT_PAGES = DEBUG


def required(name: str, in_development: str) -> str:
    """The variable, or its development value under DEBUG; otherwise a sentence that says what to do."""
    value = env.str(name, in_development if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}; see .env.example.")
    return value


# --- Keys and hosts -----------------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY", "development-only-key-that-is-long-enough-but-known-to-everyone-0123456789")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
# Links in mail must work for years and opt-outs must outlive a change of SECRET_KEY, so each has its own key.
LINK_KEYS = [required("LINK_KEY", "development-link-key"), *env.list("LINK_KEY_FALLBACKS", [])]
SUPPRESSION_KEY = required("SUPPRESSION_KEY", "development-suppression-key")
FIELD_KEY = required("FIELD_KEY", "development-field-key")

PUBLIC_URL = required("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    [urlsplit(PUBLIC_URL).hostname, *(["127.0.0.1", "localhost"] if DEBUG else [])],
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "sanctuary.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "rules",
    "sanctuary",
    "sanctuary.audit",
    "sanctuary.places",
    "sanctuary.people",
    "sanctuary.post",
    "streams",
    "groups",
    "pledges",
    "awards",
    "campaigns",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "sanctuary.middleware.PrivacyHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "sanctuary.middleware.SecondStepMiddleware",
    "sanctuary.middleware.AdminQuestionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "sanctuary.middleware.GuardMiddleware",
]

ROOT_URLCONF = "sanctuary.urls"
WSGI_APPLICATION = "sanctuary.wsgi.application"
ASGI_APPLICATION = "sanctuary.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database, cache and broker -----------------------------------------------------------------

DATABASE_URL = required("DATABASE_URL", "postgres:///sanctuary")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
# Whoever goes silent within a transaction loses its locks. For the plans see campaigns/actions/prepared.py.
_SESSION = "-c idle_in_transaction_session_timeout=60s -c plan_cache_mode=force_generic_plan"
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", _SESSION)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", "redis://127.0.0.1:6379/0")


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: sockets are `redis+socket://path?virtual_host=n`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 3,
    "socket_timeout": 30,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "sanctuary.post.tasks.*": {"queue": "mail.transactional"},
    "campaigns.tasks.*_mailing": {"queue": "mail.bulk"},
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "Europe/London"

# --- People and signing in ----------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "signed_in"
ACCOUNT_ADAPTER = "sanctuary.adapters.AccountAdapter"
MFA_ADAPTER = "sanctuary.adapters.MfaAdapter"
ACCOUNT_FORMS = {"login": "sanctuary.people.forms.SignInForm", "request_login_code": "sanctuary.people.forms.CodeForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = dict.fromkeys(["request_login_code", "reset_password"], "20/m/ip,5/10m/key")
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sanctuary"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media")

# --- Mail ---------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "City of Sanctuary UK <hello@sanctuary.example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_RETURN_ADDRESS = env.str("MAIL_RETURN_ADDRESS", "returns@" + DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">"))
RETURNS_MAILDIR = env.str("RETURNS_MAILDIR", "")
MAIL_PROVIDER = env.str("MAIL_PROVIDER", "", validate=OneOf(["", "brevo", "mailgun", "postmark"]))
ANYMAIL = {"WEBHOOK_SECRET": required("MAIL_WEBHOOK_SECRET", "name:password")} if MAIL_PROVIDER else {}
if MAIL_PROVIDER == "mailgun":
    ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"] = required("MAIL_WEBHOOK_SIGNING_KEY", "development-signing-key")
JOURNAL_DIR = env.path("JOURNAL_DIR", BASE_DIR / ".data" / "journal")
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", 4)
MAIL_SENDERS = env.int("MAIL_SENDERS", 3)
MAILING_UNDO_MINUTES = env.int("MAILING_UNDO_MINUTES", 10)
# Between these two times of the day, in Europe/London, no bulk mail leaves unless it is urgent.
_CLOCK = r"(([01][0-9]|2[0-3]):[0-5][0-9])"
_NIGHT = Regexp(rf"({_CLOCK}-(?!\2){_CLOCK})?\Z", error="Write two different times, like 21:00-08:00, or nothing.")
_night = env.str("QUIET_HOURS", "" if DEBUG else "21:00-08:00", validate=_NIGHT)
QUIET_HOURS = [time.fromisoformat(edge) for edge in _night.split("-") if edge]
FOUR_EYES_ABOVE = env.int("FOUR_EYES_ABOVE", 1000)
# Who sits in Parliament: asked once a day at this address, such as https://members-api.parliament.uk/api. Empty: never.
PARLIAMENT_API_URL = env.str("PARLIAMENT_API_URL", "")
MAILBOX_DIR = env.path("MAILBOX_DIR", BASE_DIR / ".data" / "mailbox")

# --- Security -----------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Only a proxy that the operator names may say that a request came by https.
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
# Nor may anybody else say who is asking. Without this all visitors behind the proxy would share one limit of tries.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_TLS_PROXY)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
SESSION_ENGINE = "sanctuary.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# Off, public forms ask nobody for one more step, however many answers come from one place.
FORM_LIMITS = env.bool("FORM_LIMITS", True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# --- Logging: addresses are masked before a line is written ----------------------------------------

LOGGING = logs.configuration(level=env.str("LOG_LEVEL", "INFO"))
