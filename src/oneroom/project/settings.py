"""Settings. Secrets come from the environment; the demo and the tests set theirs before Django starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from oneroom.engine import retention
from oneroom.project.database import from_url
from oneroom.project.home import home

BASE = Path(__file__).resolve().parent.parent
DEMO = os.environ.get("ONEROOM_DEMO") == "1"
DEBUG = False

# What can be made again at any time is kept here: maps ready to be drawn. Facts are in the database alone.
DATA_FOLDER: Path | None = home()

SECRET_KEY = os.environ.get("ONEROOM_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = [key for key in [os.environ.get("ONEROOM_SECRET_KEY_BEFORE", "")] if key]
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
SESSION_ENGINE = "oneroom.web.sessions"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Where signed heads of the record are kept (outside of the database), whose they say they are, and a second place for
# them: a folder of another machine, or an address that takes a POST.
HEADS_FOLDER: Path | None = Path(os.environ.get("ONEROOM_HEADS") or home() / "heads")
HEADS_NAME = os.environ.get("ONEROOM_HEADS_NAME", "oneroom")
HEADS_COPY = os.environ.get("ONEROOM_HEADS_COPY", "")
# An authority that stamps heads with the time (RFC 3161), the certificates it is trusted by (PEM), and how often it is
# asked, in minutes.
TSA_URL = os.environ.get("ONEROOM_TSA_URL", "")
TSA_ROOTS = os.environ.get("ONEROOM_TSA_ROOTS", "")
TSA_EVERY_MIN = int(os.environ.get("ONEROOM_TSA_EVERY", "60"))
# Signs of life that need no database: a small file of each part on this machine. A part that gives none for SILENT_S
# seconds, nor in the database, is an alarm; so is one of which nothing was ever heard.
SIGNS_FOLDER: Path | None = Path(os.environ.get("ONEROOM_SIGNS") or home() / "signs")
SILENT_S = float(os.environ.get("ONEROOM_SILENT_S", "30"))
WATCHED: tuple[str, ...] = ("clock", "courier", "auditor")  # whose signs of life /healthz looks for
# Who hears of an alarm directly, without the database and without the courier: addresses, by comma.
ALARM_EMAIL = [a.strip() for a in os.environ.get("ONEROOM_ALARM_EMAIL", "").split(",") if a.strip()]
ALARM_SMS = [a.strip() for a in os.environ.get("ONEROOM_ALARM_SMS", "").split(",") if a.strip()]
ALARM_LANGUAGE = os.environ.get("ONEROOM_ALARM_LANGUAGE", "zh-hans")
# How the auditor reaches the database: a role of its own, that reads and adds to one table (`oneroom auditrole`).
AUDITOR_URL = os.environ.get("ONEROOM_AUDITOR_URL", "")
# Where the journal lies in which acts are kept while the database is away, with the last known board: on this machine.
JOURNAL_FOLDER: Path | None = Path(os.environ.get("ONEROOM_JOURNAL") or home() / "journal")
# A folder with the force's own question protocols, in place of those of the house (apps/incidents/protocols).
PROTOCOLS = os.environ.get("ONEROOM_PROTOCOLS", "")
# Who feeds calls of the telephone exchange shows this; without it there is no such feed.
CALLS_TOKEN = os.environ.get("ONEROOM_CALLS_TOKEN", "")
# A folder (on another machine, mounted here) for whole copies and for every change between them; "elsewhere" where the
# force backs up by other means.
BACKUPS = os.environ.get("ONEROOM_BACKUPS", "")
ARCHIVED = BACKUPS not in ("", "elsewhere")
BACKUP_SLOT = "oneroom_backup"  # the database keeps each change until it was fetched from here
SHIPPED_SLOT = "oneroom_shipped"  # and, of an encrypted archive, until it lies in the folder of backups
# Public keys (age1…): copies and changes are encrypted for whoever holds the private ones.
BACKUP_KEY = os.environ.get("ONEROOM_BACKUP_KEY", "")
BACKUP_SPOOL = home() / "spool"  # where changes wait for that, some seconds
BACKUP_DAYS = float(os.environ.get("ONEROOM_BACKUP_DAYS", "7"))
# Who shows this reads the details of /healthz from another machine; without it only the machine itself may.
OPERATOR_TOKEN = os.environ.get("ONEROOM_OPERATOR_TOKEN", "")
# With less room than this on a disk that OneRoom writes to, /healthz says so.
LEAST_FREE_MB = float(os.environ.get("ONEROOM_LEAST_FREE_MB", "1000"))
FORCE_NAME = os.environ.get("ONEROOM_FORCE") or (_("Simulated force") if DEMO else "")
EMERGENCY_NUMBER = "110"
EMERGENCY_TEXT_NUMBER = "12110"  # for who cannot hear or speak; empty where there is none
# Where "leave this page" leads on the public's pages: somewhere nobody wonders about.
EXIT_URL = os.environ.get("ONEROOM_EXIT_URL", "https://www.baidu.com/")
# Units of oversight and support are at most so many per cent of all after a reform (row B02). The text names no figure.
MANAGEMENT_PERCENT = int(os.environ.get("ONEROOM_MANAGEMENT_PERCENT", "50"))
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
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "oneroom.apps.ledger",
    "oneroom.apps.places",
    "oneroom.apps.orgs",
    "oneroom.apps.people",
    "oneroom.apps.reforms",
    "oneroom.apps.personnel",
    "oneroom.apps.duty",
    "oneroom.apps.orders",
    "oneroom.apps.incidents",
    "oneroom.apps.oversight",
    "oneroom.apps.plans",
    "oneroom.web",
    "oneroom.project",
]
AUTH_USER_MODEL = "people.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = [
    "oneroom.web.health.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "oneroom.web.compress.CompressText",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
        "frame-src": ["'none'"],
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
# Nobody does anything before he has shown a second factor. "off" is an objection of `oneroom check`; the demo has none.
SECOND_FACTOR_SAID = os.environ.get("ONEROOM_SECOND_FACTOR", "required")
SECOND_FACTOR = SECOND_FACTOR_SAID != "off" and not DEMO
# A screen that nobody touches locks, a session ends after twelve hours (engine.signin). The demo's hours are minutes.
SESSION_LIMITS = not DEMO
# What everybody accepts before he signs in (CJIS AC-8): the house's words, or the force's own.
NOTICE_WANTED = not DEMO
NOTICE = os.environ.get("ONEROOM_NOTICE", "")
# allauth keeps second factors and the steps of a sign-in; pages, sentences, limits and the record are the house's.
ACCOUNT_ADAPTER = "oneroom.web.pages.signin.door.Door"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: accounts are made (Door.is_open_for_signup)
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_RATE_LIMITS = False  # counted in the database (apps/people/services/tries.py)
MFA_ADAPTER = "oneroom.apps.people.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The force's identity provider (OpenID Connect): its address, the name on the button, which claim is our user name.
OIDC_URL = os.environ.get("ONEROOM_OIDC_URL", "")
OIDC_ID = "force"
OIDC_NAME = os.environ.get("ONEROOM_OIDC_NAME", "")
OIDC_CLAIM = os.environ.get("ONEROOM_OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_ADAPTER = "oneroom.web.pages.signin.elsewhere.Provider"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": ["openid", "profile"],
        "APPS": [
            {
                "provider_id": OIDC_ID, "name": OIDC_NAME,
                "client_id": os.environ.get("ONEROOM_OIDC_CLIENT", ""),
                "secret": os.environ.get("ONEROOM_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL, "fetch_userinfo": False},
            }
        ],
    }
}  # fmt: skip
# The force's directory (LDAP): it is asked for the passwords of accounts that have none here.
LDAP_URL = os.environ.get("ONEROOM_LDAP_URL", "")
LDAP_DN = os.environ.get("ONEROOM_LDAP_DN", "")
LDAP_ROOTS = os.environ.get("ONEROOM_LDAP_ROOTS", "")
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
if LDAP_URL:
    AUTHENTICATION_BACKENDS.append("oneroom.ports.directory.Directory")

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
# What the clock process does at each beat: fn(at) -> how many things it did. Here stands what somebody waits for.
CLOCKWORK = [
    "oneroom.apps.orders.clock.climb",
    "oneroom.apps.duty.clock.turn_shifts",
    "oneroom.apps.reforms.clock.take_effect",  # before the day is followed
    "oneroom.apps.orgs.clock.follow_the_day",
    "oneroom.apps.incidents.clock.bring_back",
    "oneroom.apps.incidents.clock.close_openings",
    "oneroom.apps.incidents.clock.end_standbys",
    "oneroom.apps.oversight.unusual.watch_looks",
    "oneroom.apps.people.clock.end_grants",
    "oneroom.apps.people.clock.lapse_signatures",
    "oneroom.apps.people.clock.end_vouches",
    "oneroom.apps.places.clock.end_expired_warnings",
    "oneroom.apps.places.clock.reopen_in_time",
]
# The same for what may take its time (much to delete, a second place that does not answer): done beside, so that no
# ladder waits for it.
HOUSEWORK = [
    "oneroom.apps.personnel.services.rotation.plan_rounds",  # somebody looks at the page meanwhile
    "oneroom.apps.personnel.clock.follow_moves",
    "oneroom.apps.oversight.retention.keep_terms",
    "oneroom.apps.oversight.holds.watch_holds",
    "oneroom.apps.duty.clock.renew_skills",
    "oneroom.apps.personnel.clock.review",
    "oneroom.apps.duty.clock.lapse_swaps",
    "oneroom.apps.people.clock.close_unused",
    "oneroom.apps.people.clock.forget_tries",
    "oneroom.apps.incidents.clock.put_away",
    "oneroom.apps.incidents.daily.keep",
    "oneroom.apps.oversight.clock.forget_old_beats",
    "oneroom.apps.oversight.clock.words_as_before",
    "oneroom.ports.heads.sign_heads",
]
# For a P1 a crew on a lesser matter is proposed too, if it would be there so many seconds before any free one.
DIVERT_GAIN_S = float(os.environ.get("ONEROOM_DIVERT_GAIN_S", "60"))
# Coverage is weighed by the calls of so many days: long enough for quiet streets, short enough for a city that changes.
COVERAGE_DAYS = int(os.environ.get("ONEROOM_COVERAGE_DAYS", "90"))
# How runs of plans are spread over the cores (apps.plans.spreading): loky, threading, multiprocessing, sequential.
RUNS_BACKEND: str = os.environ.get("ONEROOM_RUNS_BACKEND", "loky")
# How many officers ride beside the lead of a whole crew: the 2 of 1 + 2 + N (row T16).
CREW_OFFICERS = int(os.environ.get("ONEROOM_CREW_OFFICERS", "2"))
# A station with fewer officers than this gets groups instead of teams (row T14).
SMALL_STATION = int(os.environ.get("ONEROOM_SMALL_STATION", "20"))
# Whether days of leave are taken out of the years in a post; they are not, unless a force says so.
LEAVE_STOPS_ROTATION = os.environ.get("ONEROOM_LEAVE_STOPS_ROTATION", "") == "1"
# How long what is kept, by class; a force's own in days, "track=20,matter=730", within the bounds of engine.retention.
try:
    RETENTION = retention.terms(retention.read(os.environ.get("ONEROOM_RETENTION", "")))
except retention.BadTerm as bad:
    raise ImproperlyConfigured(f"ONEROOM_RETENTION: {bad}.") from bad
# How the things of a class are found and let go: an apps.ledger.retention.Keeper each.
RETAINED = {
    "draft": "oneroom.apps.incidents.retention.drafts",
    "draft_trace": "oneroom.apps.incidents.retention.empty_drafts",
    "session": "oneroom.apps.people.retention.sessions",
    "upload": "oneroom.apps.people.retention.files",
    "payload": "oneroom.apps.incidents.retention.payloads",
    "payload_trace": "oneroom.apps.incidents.retention.payload_traces",
    "call": "oneroom.apps.incidents.retention.calls",
    "recording": "oneroom.apps.incidents.retention.recordings",
    "track": "oneroom.apps.duty.retention.fixes",
    "answer": "oneroom.apps.ledger.retention.answers",
    "warning": "oneroom.apps.places.retention.warnings",
    "closure": "oneroom.apps.places.retention.closures",
    "photo": "oneroom.apps.incidents.retention.photos",
    "scene_note": "oneroom.apps.incidents.retention.scene_notes",
    "words": "oneroom.apps.incidents.retention.words",
    "caller": "oneroom.apps.incidents.retention.callers",
    "matter": "oneroom.apps.incidents.retention.matters",
    "past_call": "oneroom.apps.incidents.retention.past_calls",
    "staff_note": "oneroom.apps.ledger.retention.staff_notes",
    "account": "oneroom.apps.people.retention.left",
    "person": "oneroom.apps.personnel.retention.left",
    "journal": "oneroom.ports.aside.journals",
    "alarm": "oneroom.apps.oversight.retention.alarms",
}
# Who may object before something happens, and who must act too, in the same transaction.
GUARDS = {
    "duty.crew_off_duty": ["oneroom.apps.incidents.guards.crew_has_no_live_order"],
    "people.give_role": ["oneroom.apps.personnel.guards.no_officers_role"],
    "personnel.follow_move": ["oneroom.apps.duty.guards.not_at_work"],
    "record.erase": ["oneroom.apps.oversight.holds.not_held"],
    "orders.climb": ["oneroom.apps.incidents.guards.matter_stands_still"],
    # What a reform would leave behind: fn(proposal=...) gives a Fault for each (engine.organisation), raises nothing.
    "organisation.reform": [
        "oneroom.apps.people.guards.rights_have_a_unit",
        "oneroom.apps.personnel.guards.posts_have_a_unit",
        "oneroom.apps.duty.guards.crews_have_a_unit",
        "oneroom.apps.duty.guards.gear_and_force_have_a_unit",
        "oneroom.apps.incidents.guards.matters_have_a_station",
    ],
}
# What is done when the second person has signed: fn(signature, by=who asked, at=...), in the same transaction.
SIGNED_ACTS = {
    "give_role": "oneroom.apps.people.signed.give",
    "end_role": "oneroom.apps.people.signed.end",
    "reopen_account": "oneroom.apps.people.signed.reopen",
    "reset_password": "oneroom.apps.people.signed.later",  # nosec B105 - the name of an act
    "reset_factors": "oneroom.apps.people.signed.reset_factors",
    "bulk_export": "oneroom.apps.people.signed.later",
    "unseal": "oneroom.apps.incidents.signed.unseal",
    "erase": "oneroom.apps.incidents.signed.erase_words",
    "release_hold": "oneroom.apps.oversight.services.holds.release",
    "change_quota": "oneroom.apps.personnel.signed.change_quota",
    "post_despite": "oneroom.apps.personnel.signed.post_despite",
    "keep_posting": "oneroom.apps.personnel.signed.keep_posting",
    "exempt": "oneroom.apps.personnel.signed.exempt",
    "rotate": "oneroom.apps.personnel.services.rotation.rotate",
    "contact": "oneroom.apps.incidents.signed.let_contact",
    "reform": "oneroom.apps.reforms.signed.enact_plan",
}
FOLLOWERS = {
    "words.altered": ["oneroom.apps.oversight.followers.alarm_of_words"],
    "vouch.given": ["oneroom.apps.oversight.followers.alarm_of_vouch"],
    "vouch.ended": ["oneroom.apps.oversight.followers.vouch_over"],
    "force.below": ["oneroom.apps.oversight.followers.alarm_of_force"],
    "force.ready": ["oneroom.apps.oversight.followers.force_ready"],
    "ladder.climbed": ["oneroom.apps.incidents.followers.mark_escalated"],
    "session.closed": ["oneroom.apps.duty.followers.sound_after"],
    # A unit is no more: rights, crews, ladders and open matters go to its heir, in this order.
    "unit.ended": [
        "oneroom.apps.people.followers.leave_unit",
        "oneroom.apps.personnel.followers.go_to_heir",
        "oneroom.apps.duty.followers.go_to_heir",
        "oneroom.apps.orders.followers.go_to_heir",
        "oneroom.apps.incidents.followers.go_to_heir",
    ],
    "signature.ended": [
        "oneroom.apps.reforms.followers.back_to_draft",
        "oneroom.apps.personnel.followers.round_is_a_draft_again",
    ],
    # Who left rides with no crew; what a crew can follows its members' certificates.
    "person.left": ["oneroom.apps.duty.followers.leave_crew"],
    "person.moved": ["oneroom.apps.duty.followers.leave_duties_of_unit"],
    "certificate.given": ["oneroom.apps.duty.followers.renew_skills"],
    "certificate.ended": ["oneroom.apps.duty.followers.renew_skills"],
    # A crew is free again: what waited is put before the dispatcher.
    "crew.on_duty": ["oneroom.apps.incidents.followers.offer_again"],
    "crew.state": ["oneroom.apps.incidents.followers.offer_again"],
    # What a crew stands by for is over with its next call or its duty.
    "assignment.offered": ["oneroom.apps.incidents.followers.call_ends_standby"],
    "crew.off_duty": ["oneroom.apps.incidents.followers.duty_ends_standby"],
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
