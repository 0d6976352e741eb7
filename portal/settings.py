"""Settings, read from the environment once. Without any setting this is sandbox mode on var/portal.sqlite3.

Anything that cannot work stops the start with a sentence that names the variable (`ImproperlyConfigured`).
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal import logs
from portal.environment import database, folder, kept_secret, port, required, seconds, switch, whole

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = folder("VAR_DIR", BASE_DIR / "var")

PORTAL_MODE = os.environ.get("PORTAL_MODE", "sandbox")
if PORTAL_MODE not in ("sandbox", "production"):
    raise ImproperlyConfigured(f"PORTAL_MODE is {PORTAL_MODE!r}: use 'sandbox' or 'production'.")
SANDBOX = PORTAL_MODE == "sandbox"
PORT, SANDBOX_PORT = port("PORT", 8000), port("SANDBOX_PORT", 8010)
# Where the bytes for Zendesk, Salesforce and Slack go instead; empty in production. The public URLs stay as they are.
SANDBOX_URL = os.environ.get("SANDBOX_URL", f"http://127.0.0.1:{SANDBOX_PORT}") if SANDBOX else ""


def named(name: str, demo: str, what: str, example: str) -> str:
    """The sandbox has names of its own; production must be told which are its."""
    return os.environ.get(name, demo) if SANDBOX else required(name, what, example)


DEBUG = False
SECRET_KEY = (
    kept_secret(VAR_DIR / "secret_key")
    if SANDBOX
    else required("SECRET_KEY", "a long random string that signs sessions", "$(openssl rand -base64 48)")
)
# Seals the audit chain; kept apart from SECRET_KEY so that one can be rotated without the other.
AUDIT_KEY = (
    kept_secret(VAR_DIR / "audit_key")
    if SANDBOX
    else required("AUDIT_KEY", "another long random string, which seals the audit log", "$(openssl rand -base64 48)")
)
ALLOWED_HOSTS = (
    ["localhost", "127.0.0.1", "[::1]"]
    if SANDBOX
    else required("ALLOWED_HOSTS", "the names it is reached by, comma separated", "portal.acme.com")
    .replace(" ", "")
    .split(",")
)
# The address people open, as it stands in messages; never taken from a request's Host header.
PORTAL_URL = (
    os.environ.get("PORTAL_URL", f"http://127.0.0.1:{PORT}")
    if SANDBOX
    else required("PORTAL_URL", "the address people open", "https://portal.acme.com")
)

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "escalations",
]

MIDDLEWARE = [
    "portal.access.AccessMiddleware",
    "csp.middleware.CSPMiddleware",  # before all that answers: the redirect to https carries the policy as well
    "django.middleware.security.SecurityMiddleware",
    "escalations.web.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "escalations.web.guards.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "escalations.web.guards.ErrorsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
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
                "escalations.web.context.portal",
            ],
            "builtins": ["escalations.templatetags.portal"],
        },
    }
]

DATABASES = {"default": database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: with DEFERRED 11 % of four concurrent writers saw "database is locked"; FULL: a receipt survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    # A database that went away without a word is noticed within a minute, by the worker as by the server.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=10, keepalives=1, keepalives_idle=20, keepalives_interval=10, keepalives_count=3,
        tcp_user_timeout=45000,
    )  # fmt: skip
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not SANDBOX
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "escalations.web.errors.csrf_failure"
SECURE_SSL_REDIRECT = not SANDBOX
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from the machine itself, or by a load balancer
SECURE_SSL_HOST = None if SANDBOX else urlsplit(PORTAL_URL).netloc  # not what the request names
SECURE_HSTS_SECONDS = 0 if SANDBOX else 31_536_000
# HSTS is for the portal's own name only: what else the domain serves, and browsers' preload lists, are not ours to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = None if SANDBOX else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = "portal.formats"  # days are written 2026-11-23
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = SANDBOX  # production runs collectstatic; the sandbox starts without that step


# --- The three services ---------------------------------------------------------------------------------------------
# Hosts are names, never URLs; together they are the only hosts any request may leave for (see gateways/transport.py).
def zendesk(prefix: str, demo_host: str, *, restricted: bool) -> dict:
    return {
        "host": named(f"{prefix}_HOST", demo_host, "the host name of your Zendesk", "acme.zendesk.com").lower(),
        "client_id": "portal"
        if SANDBOX
        else required(f"{prefix}_CLIENT_ID", "the identifier of Zendesk's OAuth client", "escalation_portal"),
        "client_secret": "portal"
        if SANDBOX
        else required(f"{prefix}_CLIENT_SECRET", "the secret that Zendesk showed for it", "5b1c0ffee..."),
        "restricted": restricted,
    }


ZENDESK_INSTANCES = {"main": zendesk("ZENDESK", "portal-demo.zendesk.com", restricted=False)}
if SANDBOX or os.environ.get("ZENDESK_USGOV_HOST"):  # not everybody has a second instance
    ZENDESK_INSTANCES["usgov"] = zendesk("ZENDESK_USGOV", "portal-demo-usgov.zendesk.com", restricted=True)
SALESFORCE = {
    "domain": named("SALESFORCE_DOMAIN", "portal-demo.my", 'the name of Salesforce\'s "My Domain"', "acme.my"),
    "consumer_key": "portal"
    if SANDBOX
    else required("SALESFORCE_CONSUMER_KEY", "the consumer key of Salesforce's connected app", "3MVG9..."),
    "consumer_secret": "portal"
    if SANDBOX
    else required("SALESFORCE_CONSUMER_SECRET", "the consumer secret of the same app", "91A3C..."),
    "version": "62.0",
    # Field and kind of the CSM: a lookup to User ("Customer_Success_Manager__r") and a text name; either may be empty.
    "csm_field": os.environ.get("SALESFORCE_CSM_FIELD", "Customer_Success_Manager__r"),
    "csm_name_field": os.environ.get("SALESFORCE_CSM_NAME_FIELD", "Technical_Account_Manager_Name__c"),
    "channel_field": os.environ.get("SALESFORCE_CHANNEL_FIELD", "Internal_Slack_Channel__c"),
    "region_field": os.environ.get("SALESFORCE_REGION_FIELD", "Region__c"),
}
SLACK = {
    "token": "xoxb-portal" if SANDBOX else required("SLACK_BOT_TOKEN", "the Slack app's bot token", "xoxb-1234..."),
    "workspace_host": named(
        "SLACK_WORKSPACE_HOST", "portal-demo.slack.com", "the host name of your Slack workspace", "acme.slack.com"
    ),
    # Where team leads are told of deliveries that wait for a person; empty: only on the page.
    "team_leads_channel": os.environ.get("SLACK_TEAM_LEADS_CHANNEL", "C0SUPLEADS1" if SANDBOX else ""),
}
# Someone from Sales or Customer Success who wants a ticket to move faster is sent here, at the very first step.
ATTENTION_REQUEST_URL = os.environ.get(
    "ATTENTION_REQUEST_URL",
    "https://handbook.gitlab.com/handbook/support/internal-support/#i-want-to-escalate-a-ticket",
)
HANDBOOK_URL = os.environ.get("HANDBOOK_URL", "https://handbook.gitlab.com")
LOOKUP_BUDGET_SECONDS = 9.0
FACTS_FRESH_SECONDS = 60  # older ones are read again at Send
FACTS_CACHE_SECONDS = 300  # a second look at the same customer reads only the ticket and its comments
LAST_KNOWN_DAYS = 30  # what was read earlier stands in, with its age, for a service that does not answer
SEAL_SECONDS = 15 * 60

# --- E-mail: only for our own people, when Slack is the trouble ---------------------------------------------------------
EMAIL_BACKEND = "escalations.gateways.mail.Backend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
# The sandbox has a mail server of its own, beside its pages.
_beside = (SANDBOX_PORT + 1, SANDBOX_PORT + 2, SANDBOX_PORT - 1, SANDBOX_PORT - 2)
_sandbox_mail = next(number for number in _beside if number != PORT and number <= 65535)
EMAIL_PORT = port("EMAIL_PORT", _sandbox_mail if SANDBOX else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_USER", ""), os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = switch("EMAIL_USE_TLS", not SANDBOX)
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "portal@example.com")

# --- Delivery: short in tests and fault runs, where everything else is the same ----------------------------------------
SEND_HOLD_SECONDS = seconds("SEND_HOLD", 8.0)  # after Send, how long Undo is offered
WORKER_THREADS = whole("WORKER_THREADS", 4, least=1, most=100)  # at the same time, for each lane
WORKER_POLL_SECONDS = 0.25  # on SQLite; PostgreSQL wakes its workers
DELIVERY_DEADLINE_SECONDS = seconds("DELIVERY_DEADLINE_SECONDS", 10.0)  # D: of one whole call
DELIVERY_GRACE_SECONDS = seconds("DELIVERY_GRACE_SECONDS", 90.0)  # G: a request may still be applied so long after it began
DELIVERY_LONGEST_PAUSE_SECONDS = seconds("DELIVERY_LONGEST_PAUSE_SECONDS", 5.0)  # a process stopped and continued
DELIVERY_LATEST_APPLY_SECONDS = seconds("DELIVERY_LATEST_APPLY_SECONDS", 60.0)  # by a service, after we hung up
DELIVERY_LOOK_AGAIN_SECONDS = seconds("DELIVERY_LOOK_AGAIN_SECONDS", 5.0)  # between two looks
DELIVERY_INCONCLUSIVE_SECONDS = seconds("DELIVERY_INCONCLUSIVE_SECONDS", 30 * 60.0)  # then a person is asked
DELIVERY_MAX_ATTEMPTS = 12
DELIVERY_MAX_REFUSALS = 5  # of one ticket or channel, where others go on well; then a person decides
DELIVERY_GIVE_UP_SECONDS = seconds("DELIVERY_GIVE_UP_SECONDS", 24 * 3600.0)
DELIVERY_LONGEST_BACKOFF_SECONDS = seconds("DELIVERY_LONGEST_BACKOFF_SECONDS", 15 * 60.0)
DELIVERY_LONGEST_WAIT_SECONDS = seconds("DELIVERY_LONGEST_WAIT_SECONDS", 3600.0)  # the most a Retry-After may ask for
LANE_LONGEST_PAUSE_SECONDS = seconds("LANE_LONGEST_PAUSE_SECONDS", 60.0)
TEAM_LEADS_AFTER_SECONDS = seconds("TEAM_LEADS_AFTER_SECONDS", 600.0)
# The write of an attempt begins at its start, or after a look of its own, from which it counts anew.
_at_least = DELIVERY_DEADLINE_SECONDS + DELIVERY_LONGEST_PAUSE_SECONDS + DELIVERY_LATEST_APPLY_SECONDS
if _at_least > DELIVERY_GRACE_SECONDS:
    raise ImproperlyConfigured(
        f"DELIVERY_GRACE_SECONDS is {DELIVERY_GRACE_SECONDS:g}: it must be at least {_at_least:g}, the deadline plus the "
        "longest pause plus the latest apply, or a message that was only late would be sent twice."
    )

# json: one object a line, always in production; plain: for a person who looks at the sandbox in a terminal.
AT_A_TERMINAL = sys.stdout.isatty() and sys.stderr.isatty()
LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("plain" if SANDBOX and AT_A_TERMINAL else "json")
if LOG_FORMAT not in ("json", "plain"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: use 'json' or 'plain'.")
LOGGING_CONFIG = "portal.logs.configure"
LOGGING = logs.config(LOG_FORMAT, texts=SANDBOX)
