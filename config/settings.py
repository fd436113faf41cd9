"""Settings: demo by default, production when SANFU_MODE says so. Every value comes from one place below.

Environment:
    DATABASE_URL     PostgreSQL address; `./run` and `./test` set it to the embedded server
    SANFU_MODE       demo (default) or production; any other word is refused
    SANFU_SECRET     secret key; required in production
    SANFU_HOSTS      comma-separated host names; required in production, where * is refused
    SANFU_PROXIES    how many proxies of ours stand before the server (default 0); they name the visitor's address
    SANFU_COUNTERS   comma-separated addresses of service counters (政务大厅), whose quota of forms is larger
    SANFU_PUBLIC_FORMS  forms an hour from one network without signing in (default 60)
    SANFU_WAITING    requests that may wait in one web process before the next is told to come back (default 16)
    SANFU_REGION     six-digit county code (GB/T 2260); the demo county is 329900
    SANFU_CONTENT    folder of what the county has decided; content/ of the checkout when not said
    SANFU_FILES      folder of stored files; with SANFU_FILES_KEPT_DAYS (default 30, at least 7) for those that nothing refers to
    SANFU_MAIL       host:port of the SMTP server for notices; with SANFU_MAIL_FROM, _TLS (1), _LOGIN, _PASSWORD
    SANFU_HOOK       address of the gateway for SMS or 政务微信; with SANFU_HOOK_SECRET, by which requests are signed
    SANFU_PUBLIC_URL address of the platform as people open it (https://sanfu.example.gov.cn), for notices and passkeys
    SANFU_OIDC       issuer of the county's identity provider; with SANFU_OIDC_CLIENT, SANFU_OIDC_SECRET
    SANFU_OIDC_ONLY  1 closes passwords for all but emergency accounts (`manage break_glass`)
    SANFU_SECOND_FACTOR  required (default in production: for roles that content marks) or offered
    SANFU_METRICS_TOKEN  bearer token of /metrics/; without it demo mode answers this machine alone, production nobody
    SANFU_LOGS       json (default in production: one line of allowed fields) or plain
    SANFU_DEBUG      1 shows tracebacks; refused in production
"""

import os
from pathlib import Path

from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from config.rooms import APPS, EVENT_HANDLERS, JOBS, ROOMS
from sanfu.records.content import CONTENT as CONTENT_FOLDER

ROOT = Path(__file__).resolve().parent.parent
MODE = os.environ.get("SANFU_MODE", "demo")
if MODE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"SANFU_MODE={MODE!r} is neither demo nor production: write one of the two")
PRODUCTION = MODE == "production"
DEMO = not PRODUCTION
DEBUG = os.environ.get("SANFU_DEBUG") == "1"
DEMO_SECRET = "demo-only-never-in-production"
SECRET_KEY = os.environ.get("SANFU_SECRET", DEMO_SECRET)
ALLOWED_HOSTS = [h for h in os.environ.get("SANFU_HOSTS", "" if PRODUCTION else "*").split(",") if h]
REGION = os.environ.get("SANFU_REGION", "329900")
CONTENT = CONTENT_FOLDER  # SANFU_CONTENT
RED_HEAD = os.environ.get("SANFU_RED_HEAD", "")  # 红头 of bulletins, such as “三服务工作简报”
PDF_FONT = os.environ.get("SANFU_PDF_FONT", "")  # a Chinese font file for PDF; empty: what the server has
COUNTY_NAME = os.environ.get("SANFU_COUNTY", "云澄市")  # the demo county; shown in the top bar of every page

if PRODUCTION:
    if DEBUG or SECRET_KEY == DEMO_SECRET or len(SECRET_KEY) < 32:
        raise ImproperlyConfigured(
            "production refuses SANFU_DEBUG and the demo secret: set SANFU_SECRET to 32 or more random characters"
        )
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("production needs SANFU_HOSTS, for example sanfu.example.gov.cn")
    if any(host.strip(".") in {"*", ""} for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured(
            "production refuses SANFU_HOSTS=*: name the hosts, for example sanfu.example.gov.cn"
        )


def _database(url: str) -> dict[str, object]:
    if not url:  # type checks and linters need no database; the first query then says what is missing
        return {}
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    rest = {k: v for k, v in parts.items() if k not in known and v is not None}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{name: str(parts.get(key) or "") for key, name in known.items()},
        "OPTIONS": {**rest, "pool": {"min_size": 1, "max_size": 8, "timeout": 5}, "prepare_threshold": 5},
        "CONN_HEALTH_CHECKS": True,  # a connection that a restarted database has dropped is not handed out
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler in transaction mode loses them
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    *APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sanfu.web.metrics.Measured",
    "csp.middleware.CSPMiddleware",
    "sanfu.web.admission.Admission",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sanfu.web.middleware.Shell",
]

# Requests that one web process works on, that may wait behind them, and for how many seconds at most.
WORKING, WAITING, WAITING_SECONDS = 4, int(os.environ.get("SANFU_WAITING", "16")), 10.0

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "sanfu.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.User"
# The second one answers to the way back from the identity provider alone, never to a password.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "sanfu.web.sign_on.Provider"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # memory-hard, and quick enough to seed a county
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PROXIES = int(os.environ.get("SANFU_PROXIES", "0"))
COUNTERS = frozenset(one.strip() for one in os.environ.get("SANFU_COUNTERS", "").split(",") if one.strip())
# Forms sent by people who are not signed in, per network and hour; a counter serves many from one address.
PUBLIC_FORMS, COUNTER_FORMS = int(os.environ.get("SANFU_PUBLIC_FORMS", "60")), 2_000
CSRF_FAILURE_VIEW = "sanfu.web.errors.csrf_failure"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/home/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [
    r"^(live|ready|health|metrics)/$"
]  # a monitor asks the process itself, without the proxy
SECURE_HSTS_SECONDS = 365 * 86_400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the county's other systems under the domain decide for themselves
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains and preload: the same reason
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
X_FRAME_OPTIONS = "DENY"
# Sign-on: the provider's origin is a target of forms, because signing out goes on there.
OIDC_ISSUER = os.environ.get("SANFU_OIDC", "")
OIDC_CLIENT, OIDC_SECRET = os.environ.get("SANFU_OIDC_CLIENT", ""), os.environ.get("SANFU_OIDC_SECRET", "")
OIDC_ONLY = os.environ.get("SANFU_OIDC_ONLY") == "1"
if OIDC_ISSUER and not (OIDC_CLIENT and OIDC_SECRET):
    raise ImproperlyConfigured("SANFU_OIDC needs SANFU_OIDC_CLIENT and SANFU_OIDC_SECRET beside it")
if PRODUCTION and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("production refuses an identity provider without https://")
if OIDC_ONLY and not OIDC_ISSUER:
    raise ImproperlyConfigured("SANFU_OIDC_ONLY closes passwords and needs SANFU_OIDC")
_ISSUER_ORIGIN = ["/".join(OIDC_ISSUER.split("/")[:3])] if OIDC_ISSUER else []
# 底图: address of a WMS that gives EPSG:4490, with its layers ("https://map.example.gov.cn/wms?LAYERS=base"); "" for none.
BASEMAP = os.environ.get("SANFU_BASEMAP", "")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *(["/".join(BASEMAP.split("/")[:3])] if BASEMAP else [])],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF, *_ISSUER_ORIGIN],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / ".state" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEMO
MEDIA_ROOT = Path(os.environ.get("SANFU_FILES", ROOT / ".state" / "files"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SUBMISSION_DAYS = 30  # how long the key of a sent form is kept; a session lasts hours
UPLOAD_LIMIT = 20 * 1024 * 1024  # bytes for one file
# Days that a file stays to which nothing refers (a form that was never sent); a form itself holds its files for one day.
FILES_KEPT_DAYS = max(7, int(os.environ.get("SANFU_FILES_KEPT_DAYS", "30")))

# Roles that content marks so may not work without a second factor; the demo only offers it.
SECOND_FACTOR = os.environ.get("SANFU_SECOND_FACTOR", "required" if PRODUCTION else "offered") == "required"
METRICS_TOKEN = os.environ.get("SANFU_METRICS_TOKEN", "")
if PRODUCTION and METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("SANFU_METRICS_TOKEN needs 16 or more random characters")

LOGS = os.environ.get("SANFU_LOGS", "json" if PRODUCTION else "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "sanfu.records.logs.AllowList"}, "plain": {}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if LOGS == "json" else "plain"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"sanfu.access": {"level": "INFO" if LOGS == "json" else "WARNING"}},
}

# Passkeys are signed for one origin: the said address, else the first host; the demo takes the host that its visitor opened.
_HOST = f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else ""
PASSKEY_ORIGIN = "/".join((os.environ.get("SANFU_PUBLIC_URL") or _HOST).split("/")[:3])

# messages outside the platform: a channel is on when its server is named
SANFU_PUBLIC_URL = os.environ.get("SANFU_PUBLIC_URL", "")
SANFU_MAIL_HOST, _, _port = os.environ.get("SANFU_MAIL", "").partition(":")
SANFU_MAIL_PORT = int(_port or "25")
SANFU_MAIL_FROM = os.environ.get("SANFU_MAIL_FROM", "sanfu@localhost")
SANFU_MAIL_TLS = os.environ.get("SANFU_MAIL_TLS") == "1"  # SSL_CERT_FILE names a county's own authority
SANFU_MAIL_LOGIN = os.environ.get("SANFU_MAIL_LOGIN", "")
SANFU_MAIL_PASSWORD = os.environ.get("SANFU_MAIL_PASSWORD", "")
SANFU_HOOK_URL = os.environ.get("SANFU_HOOK", "")
SANFU_HOOK_SECRET = os.environ.get("SANFU_HOOK_SECRET", "")
SANFU_CHANNELS = {
    name: path
    for name, server, path in (
        ("mail", SANFU_MAIL_HOST, "sanfu.adapters.channels.mail.send"),
        ("hook", SANFU_HOOK_URL, "sanfu.adapters.channels.hook.send"),
    )
    if server
}

# collected from the manifests of the rooms, read through sanfu.records.wires
SANFU_ROOMS = ROOMS
SANFU_EVENT_HANDLERS = EVENT_HANDLERS
SANFU_JOBS = JOBS
