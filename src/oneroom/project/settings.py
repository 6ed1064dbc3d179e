"""Settings. Secrets come from the environment; the demo and the tests set theirs before Django starts."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from oneroom.project.database import from_url
from oneroom.project.home import home

BASE = Path(__file__).resolve().parent.parent
DEMO = os.environ.get("ONEROOM_DEMO") == "1"
DEBUG = False

# What can be made again at any time is kept here: maps ready to be drawn. Facts are in the database alone.
DATA_FOLDER: Path | None = home()

SECRET_KEY = os.environ.get("ONEROOM_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("ONEROOM_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ONEROOM_ORIGINS", "").split(",") if o]
# Whose word on where a request comes from is believed (X-Forwarded-For): the proxies in front, by address or network.
PROXIES = os.environ.get("ONEROOM_PROXIES", "127.0.0.1,::1")
# Behind TLS in production; the demo and the tests speak plain HTTP on loopback.
SECURE = os.environ.get("ONEROOM_PLAIN_HTTP") != "1" and not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Where signed heads of the record are kept (outside of the database), whose they say they are, and a second place for
# them: a folder of another machine, or an address that takes a POST.
HEADS_FOLDER: Path | None = Path(os.environ.get("ONEROOM_HEADS") or home() / "heads")
HEADS_NAME = os.environ.get("ONEROOM_HEADS_NAME", "oneroom")
HEADS_COPY = os.environ.get("ONEROOM_HEADS_COPY", "")
# A folder with the force's own question protocols, in place of those of the house (apps/incidents/protocols).
PROTOCOLS = os.environ.get("ONEROOM_PROTOCOLS", "")
# Who feeds calls of the telephone exchange shows this; without it there is no such feed.
CALLS_TOKEN = os.environ.get("ONEROOM_CALLS_TOKEN", "")
FORCE_NAME = os.environ.get("ONEROOM_FORCE") or (_("Simulated force") if DEMO else "")
EMERGENCY_NUMBER = "110"
EMERGENCY_TEXT_NUMBER = "12110"  # for who cannot hear or speak; empty where there is none
# Where "leave this page" leads on the public's pages: somewhere nobody wonders about.
EXIT_URL = os.environ.get("ONEROOM_EXIT_URL", "https://www.baidu.com/")
TIME_ZONE = os.environ.get("ONEROOM_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "oneroom.apps.ledger",
    "oneroom.apps.places",
    "oneroom.apps.orgs",
    "oneroom.apps.people",
    "oneroom.apps.duty",
    "oneroom.apps.orders",
    "oneroom.apps.incidents",
    "oneroom.web",
    "oneroom.project",
]
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "oneroom.web.compress.CompressText",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oneroom.web.faults.Faults",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if DEMO:
    MIDDLEWARE.append("oneroom.web.pages.start.held.KeepHeld")
ROOT_URLCONF = "oneroom.project.urls"
WSGI_APPLICATION = "oneroom.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "oneroom.web.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "web" / "static"]
STATIC_ROOT = os.environ.get("ONEROOM_STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MIMETYPES = {".mjs": "text/javascript"}

CSRF_FAILURE_VIEW = "oneroom.web.pages.errors.stale"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if DEMO:  # sixty simulated crews sign in at once, with passwords that no person chose
    PASSWORD_HASHERS = [
        "oneroom.project.demo.credentials.MadeByMachine",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

DATABASES = {"default": from_url(os.environ.get("ONEROOM_DATABASE_URL", "postgresql:///oneroom"))}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}}

# ---- the house's own seams: each names code by dotted path, so that no layer imports upwards ----
PROJECT_CLOCK = "oneroom.project.clock.clock"
CHANNELS = {
    "app": "oneroom.ports.channels.app.App",
    "sms": "oneroom.ports.channels.sms.Sms",
    "voice": "oneroom.ports.channels.voice.Voice",
    "email": "oneroom.ports.channels.email.Email",
}
SMS_URL = os.environ.get("ONEROOM_SMS_URL", "")
VOICE_URL = os.environ.get("ONEROOM_VOICE_URL", "")
EMAIL_URL = os.environ.get("ONEROOM_EMAIL_URL", "")
# What the clock process does at each beat: fn(at) -> how many things it did.
CLOCKWORK = [
    "oneroom.apps.orders.clock.climb",
    "oneroom.apps.duty.clock.forget_old_fixes",
    "oneroom.apps.ledger.clock.forget_old_answers",
    "oneroom.apps.people.clock.end_grants",
    "oneroom.apps.incidents.desk.forget",
    "oneroom.apps.incidents.clock.put_away",
    "oneroom.apps.incidents.clock.bring_back",
    "oneroom.apps.places.clock.end_expired_warnings",
    "oneroom.ports.heads.sign_heads",
]
# For a P1 a crew on a lesser matter is proposed too, if it would be there so many seconds before any free one.
DIVERT_GAIN_S = float(os.environ.get("ONEROOM_DIVERT_GAIN_S", "60"))
# So many days it is kept that the telephone exchange sent something, by its hash; the bytes themselves go after seven.
CALL_PAYLOAD_DAYS = float(os.environ.get("ONEROOM_CALL_PAYLOAD_DAYS", "90"))
# Who may object before something happens, and who must act too, in the same transaction.
GUARDS = {
    "duty.crew_off_duty": ["oneroom.apps.incidents.guards.crew_has_no_live_order"],
    "orders.climb": ["oneroom.apps.incidents.guards.matter_stands_still"],
}
FOLLOWERS = {
    "ladder.climbed": ["oneroom.apps.incidents.followers.mark_escalated"],
    "session.closed": ["oneroom.apps.duty.followers.sound_after"],
    "ladder.started": ["oneroom.apps.incidents.followers.mark_drill"],
    # A crew is free again: what waited is put before the dispatcher.
    "crew.on_duty": ["oneroom.apps.incidents.followers.offer_again"],
    "crew.state": ["oneroom.apps.incidents.followers.offer_again"],
    "assignment.cleared": ["oneroom.apps.incidents.followers.offer_again"],
    "assignment.returned": ["oneroom.apps.incidents.followers.offer_again"],
    "assignment.lapsed": ["oneroom.apps.incidents.followers.offer_again"],
    "assignment.withdrawn": ["oneroom.apps.incidents.followers.offer_again"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "oneroom.project.logs.WithoutWords",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Answers of 404, 409 or 422 are ordinary: the person was told. What breaks is logged with its number by web.faults.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ONEROOM_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
LANGUAGE_COOKIE_NAME = "oneroom_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
