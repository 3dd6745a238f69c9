"""Every setting of the product, read from the environment; a malformed value stops the start."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .attachment_settings import bucket, folder
from .database_settings import configure_connections
from .environment import env, flag, retention, time_zone
from .mail_settings import answers_by_mail, mail_server
from .monitoring_settings import monitoring

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of process this is -------------------------------------------------------------

DEBUG = flag("DEBUG", default=False)
PRODUCTION = flag("PRODUCTION", default=not DEBUG)
HTTPS = flag("HTTPS", default=not DEBUG)
_INSECURE_SECRET_KEY = "insecure-key-for-development-only"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", default=_INSECURE_SECRET_KEY if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
# Where people reach the product: links in mail are built from it, never from a request.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "").rstrip("/")
SITE_NAME_FA = env.str("SITE_NAME_FA", default="میز پشتیبانی")
SITE_NAME_EN = env.str("SITE_NAME_EN", default="Helpdesk")
TICKET_PREFIX = env.str("TICKET_PREFIX", default="KT")
RUN_DIR = Path(env.str("RUN_DIR", default=str(BASE_DIR / ".run")))

if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).netloc:
    raise ImproperlyConfigured("SITE_URL must be the full address of the site, https://…")
if not (TICKET_PREFIX.isascii() and TICKET_PREFIX.isalpha() and TICKET_PREFIX.isupper()):
    raise ImproperlyConfigured("TICKET_PREFIX must be capital Latin letters, such as KT")
if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in production")
    if len(SECRET_KEY) < 50 or SECRET_KEY == _INSECURE_SECRET_KEY:
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must list the names the site is served under")
    if not env.str("DATABASE_URL", default=""):
        raise ImproperlyConfigured("DATABASE_URL must name the database of a production")

# --- Applications -----------------------------------------------------------------------------

# How people are notified, in the order of the preferences page: a line for each channel's package.
NOTIFICATION_CHANNELS = ["notifications.channels.email", "notifications.channels.bell"]
INSTALLED_APPS = [
    "demo",
    "helpdesk",
    "webhooks",
    "api",
    "moving",
    "intake",
    "notifications",
    *NOTIFICATION_CHANNELS,
    "tickets",
    "organizations",
    "plans",
    "ui",
    "helpdesk.apps.HelpdeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_fsm",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "simple_history",
    "django_celery_beat",
]

MIDDLEWARE = [
    "helpdesk.request_ids.RequestIdMiddleware",
    "helpdesk.metrics.middleware.MetricsMiddleware",
    "helpdesk.middleware.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "helpdesk.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "api.middleware.ApiMiddleware",
    "helpdesk.middleware.FailureMiddleware",
    "helpdesk.middleware.HeadersMiddleware",
    "notifications.middleware.UnchangedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organizations.middleware.PersonMiddleware",
    "organizations.devices.DeviceMiddleware",
    "helpdesk.middleware.SizeMiddleware",
    "tickets.attachments.uploads.FileNameMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "organizations.middleware.SecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "helpdesk.middleware.FormAddressMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
ASGI_APPLICATION = "helpdesk.asgi.application"
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
                "django.template.context_processors.i18n",
                "organizations.context_processors.person",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database, cache, files -------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{RUN_DIR / 'helpdesk.sqlite3'}")
}
configure_connections(
    DATABASES["default"],
    max_age=env.int("DATABASE_CONN_MAX_AGE", default=60),
    keeps_plans=flag("DATABASE_KEEPS_PLANS", default=True),
    gives_time=flag("CLOCK_OF_DATABASE", default=True),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that sign-in limits hold across processes and while Redis is down.
CACHES = {"default": {"BACKEND": "helpdesk.counters.CounterCache", "LOCATION": "helpdesk_cache"}}

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(RUN_DIR / "static")))
# Scripts and fonts of ours are for our pages alone.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Attachments, unless ATTACHMENTS_URL names a bucket for them: outside any public path, under names
# that the server makes.
ATTACHMENT_ROOT = Path(env.str("ATTACHMENT_ROOT", default=str(RUN_DIR / "attachments")))
_BUCKET = bucket(env)
STORAGES = {
    "default": _BUCKET or folder(ATTACHMENT_ROOT),
    # As `manage.py move_attachments` names both.
    "folder": folder(ATTACHMENT_ROOT),
    **({"bucket": _BUCKET} if _BUCKET else {}),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "helpdesk.static_files.StaticFilesStorage"
    },
}
ATTACHMENT_EXTENSIONS = env.list(
    "ATTACHMENT_EXTENSIONS",
    default=[
        *("png", "jpg", "jpeg", "gif", "webp", "heic", "pdf", "txt", "log", "csv", "json", "yaml"),
        *("yml", "har", "conf", "zip", "gz", "xlsx", "docx", "mp4"),
    ],
)
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=10 * 1024 * 1024)
ATTACHMENTS_PER_MESSAGE = env.int("ATTACHMENTS_PER_MESSAGE", default=10)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["tickets.attachments.uploads.BoundedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # a calendar with three years of holidays has 800
# The most that a request may hold: a message with all its files.
REQUEST_MAX_BYTES = ATTACHMENTS_PER_MESSAGE * ATTACHMENT_MAX_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE
# Some more than a message takes, so that the form itself can say how many it does.
DATA_UPLOAD_MAX_NUMBER_FILES = 5 * ATTACHMENTS_PER_MESSAGE

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", _("Persian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# The zone of people who have not chosen one; the database stores UTC.
TIME_ZONE = time_zone("TIME_ZONE", default="Asia/Tehran")

# --- Accounts ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "organizations.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
STAFF_SECOND_FACTOR = env.str("STAFF_SECOND_FACTOR", default="required")
if STAFF_SECOND_FACTOR not in {"required", "optional"}:
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR must be 'required' or 'optional'")
if STAFF_SECOND_FACTOR == "optional" and not DEBUG:
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR may be 'optional' only while DEBUG is on")

ACCOUNT_ADAPTER = "notifications.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "organizations.account_forms.LoginForm",
    "signup": "organizations.account_forms.SignupForm",
    "add_email": "organizations.account_forms.AddEmailForm",
    "change_password": "organizations.account_forms.ChangePasswordForm",
    "set_password": "organizations.account_forms.SetPasswordForm",
    "reset_password": "organizations.account_forms.ResetPasswordForm",
    "reset_password_from_key": "organizations.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "organizations.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# One address a person: a new one takes the place of the old when it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The sign-in form asks; unasked, a session ends with the browser.
ACCOUNT_SESSION_REMEMBER = None
# Links that set a password, and those that confirm an address.
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ACCOUNT_RATE_LIMITS = {
    "login": env.str("RATE_LIMIT_LOGIN", default="60/m/ip"),
    "login_failed": env.str("RATE_LIMIT_LOGIN_FAILED", default="20/m/ip,5/5m/key"),
    "login_address": env.str("RATE_LIMIT_LOGIN_ADDRESS", default="30/h/key"),
    "login_device": env.str("RATE_LIMIT_LOGIN_DEVICE", default="10/5m/key"),
    "signup": env.str("RATE_LIMIT_SIGNUP", default="20/m/ip"),
    "reset_password": env.str("RATE_LIMIT_RESET_PASSWORD", default="20/m/ip,5/h/key"),
    "upload": env.str("RATE_LIMIT_UPLOAD", default="300/h/user,1500/h/ip"),
    "similar": env.str("RATE_LIMIT_SIMILAR", default="40/m/user"),
    "send_again": env.str("RATE_LIMIT_SEND_AGAIN", default="60/h/user"),
    "unsubscribe": env.str("RATE_LIMIT_UNSUBSCRIBE", default="60/m/ip"),
    # Wrong API keys.
    "api_key": env.str("RATE_LIMIT_API_KEY", default="30/m/ip"),
}
# Following every request would make each page a write.
USERSESSIONS_TRACK_ACTIVITY = False
MFA_ADAPTER = "organizations.accounts.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "organizations.account_forms.AuthenticateForm",
    "reauthenticate": "organizations.account_forms.ReauthenticateByCodeForm",
    "activate_totp": "organizations.account_forms.ActivateAuthenticatorForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = env.str("MFA_ISSUER", default=SITE_NAME_EN)
# Days after its close within which a ticket may be reopened; later a follow-up is opened.
REOPEN_WITHIN_DAYS = env.int("REOPEN_WITHIN_DAYS", default=30)
# Days after its close after which the contents of a ticket are removed; 0 keeps them.
RETENTION_DAYS = retention("RETENTION_DAYS", longer_than=REOPEN_WITHIN_DAYS)
# Tickets and messages that one person may write in an hour.
TICKETS_PER_HOUR = env.int("TICKETS_PER_HOUR", default=30)
MESSAGES_PER_HOUR = env.int("MESSAGES_PER_HOUR", default=200)
# Requests of one API key in a minute.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=300)
# Hosts that webhooks may be sent to inside the network, also without TLS; how long the log is kept.
WEBHOOK_PRIVATE_HOSTS = env.list("WEBHOOK_PRIVATE_HOSTS", default=["localhost"] if DEBUG else [])
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)
# Invitations that one person, and one organization, may send in an hour.
INVITATIONS_PER_HOUR = env.int("INVITATIONS_PER_HOUR", default=30)
PENDING_UPLOADS_PER_PERSON = env.int("PENDING_UPLOADS_PER_PERSON", default=30)
# Drafts of messages are deleted so many days after their last change.
DRAFT_DAYS = env.int("DRAFT_DAYS", default=30)

# Slow clients may take so long: for a head; a body, plus a second per so many bytes; any byte.
REQUEST_HEAD_SECONDS = env.int("REQUEST_HEAD_SECONDS", default=15)
REQUEST_BODY_SECONDS = env.int("REQUEST_BODY_SECONDS", default=20)
REQUEST_BODY_BYTES_PER_SECOND = env.int("REQUEST_BODY_BYTES_PER_SECOND", default=1000)
CONNECTION_IDLE_SECONDS = env.int("CONNECTION_IDLE_SECONDS", default=30)

# How often an open page asks whether there is news; a hidden one waits 2.5 times as long.
LIVE_SECONDS = env.int("LIVE_SECONDS", default=12)

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "helpdesk.views.expired_form"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Security headers -------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
# What machines ask for on the inner side of the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if flag("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Mail -------------------------------------------------------------------------------------

globals().update(mail_server(env))
EMAIL_TIMEOUT = 15
_DOMAIN = urlsplit(SITE_URL).hostname
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default=f"support@{_DOMAIN}")
# Answers to mails are not read: the mail server refuses them at this address (docs/operations.md).
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", default=f"no-reply@{_DOMAIN}")
# Answers by e-mail: off without an address for them (docs/operations.md).
globals().update(answers_by_mail(env, sender=DEFAULT_FROM_EMAIL))

# --- Celery -----------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
# A request never waits for the broker: what could not be published now is swept up later.
CELERY_BROKER_CONNECTION_TIMEOUT = 1
# Worker and beat wait for a broker that is away for as long as it takes.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 1,
    "socket_keepalive": not REDIS_URL.startswith("redis+socket"),
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Worker and beat log as everything else does, one line each, and print mail as it is.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "helpdesk.beat:DeclaredScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
# Written down after each task: a beat that is killed repeats none, and health sees it alive.
CELERY_BEAT_SYNC_EVERY = 1
# There are no results, so beat needs no entry that cleans them up.
CELERY_RESULT_EXPIRES = None

# --- Logging and measuring --------------------------------------------------------------------

globals().update(monitoring())
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
