"""`oneroom check` says in sentences what is wrong with an installation, and is silent about what is well."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from oneroom.apps.duty.models import DutySpell
from oneroom.apps.orgs.models import OrgUnit
from oneroom.apps.people.models import Account, Grant
from oneroom.apps.places.models import RoadNetwork
from oneroom.engine.roles import Role
from oneroom.project import checks
from oneroom.project.checks import auditor, base, house, machine
from oneroom.project.embedded import Embedded
from oneroom.project.environment import VARIABLES, unknown
from tests.watched import auditor_url

GOOD = {"ONEROOM_SECRET_KEY": "k" * 40, "ONEROOM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}


def said(check):
    return " ".join(finding.sentence for finding in check())


@pytest.fixture
def environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("ONEROOM_")]:
        monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def sound(environment, settings, tmp_path):
    settings.SECOND_FACTOR = True
    settings.SECURE, settings.ALLOWED_HOSTS, settings.FORCE_NAME = True, ["police.example"], "Town"
    settings.CALLS_TOKEN = settings.OPERATOR_TOKEN = "t" * 40
    settings.SMS_URL = settings.VOICE_URL = "jsons://sms.example/send?to={address}"
    settings.HEADS_FOLDER, settings.HEADS_COPY = tmp_path / "heads", "https://elsewhere.example/heads"
    settings.DATA_FOLDER, settings.LEAST_FREE_MB = tmp_path, 0
    settings.AUDITOR_URL, settings.ALARM_SMS = "postgresql://auditor@127.0.0.1:1/none", ["13900000000"]
    return settings


def test_a_sound_machine_gets_no_objection(sound):
    for check in (machine.environment, machine.door, machine.gateways, machine.disks, machine.heads, auditor.alarms):
        assert said(check) == ""


@pytest.mark.parametrize(
    ("name", "value", "check", "sentence"),
    [
        ("CALLS_TOKEN", "short", machine.environment, "ONEROOM_CALLS_TOKEN is shorter"),
        ("OPERATOR_TOKEN", "short", machine.environment, "ONEROOM_OPERATOR_TOKEN is shorter"),
        ("SECOND_FACTOR", False, machine.door, "lets anybody in"),
        ("OIDC_URL", "http://sso.example", machine.door, "needs https"),
        ("LDAP_URL", "ldap://directory.example", machine.door, "unencrypted to the directory"),
        ("LDAP_URL", "ldaps://directory.example", machine.door, "no {username} in it"),
        ("SECURE", False, machine.environment, "cookies travel unencrypted"),
        ("ALLOWED_HOSTS", ["localhost"], machine.environment, "only this machine"),
        ("ALLOWED_HOSTS", ["*"], machine.environment, "Name the hosts"),
        ("FORCE_NAME", "", machine.environment, "whose room"),
        ("SMS_URL", "jsons://sms.example/send", machine.gateways, "ONEROOM_SMS_URL is no address"),
        ("VOICE_URL", "nonsense {address}", machine.gateways, "ONEROOM_VOICE_URL is no address"),
        ("CALLS_TOKEN", "", machine.gateways, "exchange"),
        ("LEAST_FREE_MB", 1e12, machine.disks, "Make room"),
        ("HEADS_FOLDER", None, machine.heads, "written anew"),
        ("TSA_URL", "tsa.example", machine.heads, "no head gets a time stamp"),
        ("TSA_ROOTS", "/nowhere.pem", machine.heads, "/nowhere.pem (ONEROOM_TSA_ROOTS) cannot be read"),
        ("HEADS_COPY", "", machine.heads, "set the record back unseen"),
    ],
)
def test_what_is_wrong_with_the_settings_is_named(sound, name, value, check, sentence):
    setattr(sound, name, value)

    assert sentence in said(check)


def test_without_any_gateway_that_rings_it_is_said(sound):
    sound.SMS_URL = sound.VOICE_URL = ""

    assert "reached by nobody" in said(machine.gateways)


def test_a_misspelt_variable_is_found_with_the_one_that_was_meant(environment):
    environment.setenv("ONEROOM_PROXYS", "10.0.0.1")

    assert "ONEROOM_PROXYS is set" in said(machine.environment)
    assert unknown(["ONEROOM_PROXYS", "PATH", *VARIABLES]) == {"ONEROOM_PROXYS": "ONEROOM_PROXIES"}


def test_a_key_that_others_may_read_is_named(sound):
    sound.HEADS_FOLDER.mkdir()
    (sound.HEADS_FOLDER / "signing.key").write_text("secret")
    (sound.HEADS_FOLDER / "signing.key").chmod(0o644)

    assert "chmod 600" in said(machine.heads)


def test_heads_that_did_not_reach_the_second_place_are_named(sound, tmp_path):
    sound.HEADS_COPY = str(tmp_path / "away")
    sound.HEADS_FOLDER.mkdir()
    (sound.HEADS_FOLDER / "acts-heads.jsonl").write_text('"a head"\n')

    assert "Not every signed head" in said(machine.heads)


def test_a_room_where_all_rungs_find_somebody_gets_no_objection(town, settings):
    settings.SMS_URL = "jsons://sms.example/send?to={address}"

    for check in (house.roads, house.stations, house.people, house.telephones):
        assert said(check) == ""


@pytest.mark.parametrize(
    ("undo", "check", "sentence"),
    [
        (lambda: RoadNetwork.objects.update(active=False), house.roads, "importroads"),
        (lambda: OrgUnit.objects.update(area=None), house.stations, "east, west"),
        (lambda: Grant.objects.filter(role=Role.DISPATCHER).delete(), house.people, "no dispatcher"),
        (lambda: DutySpell.objects.filter(role="shift_commander").delete(), house.people, "Nobody commands"),
        (lambda: DutySpell.objects.filter(unit__code="west").delete(), house.people, "no duty chief is at west:"),
        (lambda: Account.objects.filter(username="zhang").update(mobile=""), house.telephones, "1 have no duty phone"),
    ],
)
def test_whoever_a_ladder_would_look_for_in_vain_is_named(town, settings, undo, check, sentence):
    settings.SMS_URL = "jsons://sms.example/send?to={address}"
    undo()

    assert sentence in said(check)


def test_the_database_is_asked_for_its_shape_its_time_and_its_signatures(room):
    assert "superuser" in said(base.shape)  # the tests' own is one
    assert said(base.skew) == ""
    assert "No head of the record was ever signed" in said(base.signed)


def test_alarms_must_reach_somebody_and_the_auditor_must_be_able_to_look(sound):
    sound.AUDITOR_URL, sound.ALARM_SMS, sound.ALARM_EMAIL, sound.SMS_URL = "", ["139"], [], ""
    assert "ONEROOM_AUDITOR_URL is not set" in said(auditor.alarms)
    assert "there is no gateway in ONEROOM_SMS_URL" in said(auditor.alarms)
    assert said(auditor.role) == ""

    sound.ALARM_SMS, sound.AUDITOR_URL = [], "postgresql://nobody@127.0.0.1:1/none"
    assert "an alarm shows on screens alone" in said(auditor.alarms)
    assert "Run `oneroom auditrole`" in said(auditor.role)


@pytest.mark.django_db(transaction=True)
def test_the_auditors_role_is_tried(room, settings, database_url):
    settings.AUDITOR_URL = auditor_url()
    assert said(auditor.role) == ""

    settings.AUDITOR_URL = database_url
    assert "may do more than look" in said(auditor.role)


def test_a_check_that_breaks_is_itself_something_to_mend():
    def breaks():
        raise OSError

    found = checks.findings({"disks": breaks})

    assert found["disks"][0].grave
    assert "could not be looked at" in found["disks"][0].sentence


def _check(**environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEROOM_")}
    return subprocess.run(
        [sys.executable, "-m", "oneroom", "check"],
        env={**kept, "DJANGO_SETTINGS_MODULE": "oneroom.project.settings", **environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_command_says_what_it_could_not_look_at():
    answer = _check(**GOOD)

    assert answer.returncode == 1
    assert "does not answer" in answer.stdout
    assert "Not looked at: the database" in answer.stdout
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SILENT_S", "half", "must be a number, 1 or more"),
        ("THREADS", "0", "must be a whole number, 1 or more"),
        ("BACKUP_DAYS", "nan", "must be a number"),
        ("TIME_ZONE", "Beijing", "is no time zone"),
        ("PROXIES", "10.0.0.0/8, proxy.local", "names 'proxy.local'"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_by_every_command(name, value, sentence):
    answer = _check(**GOOD, **{f"ONEROOM_{name}": value})

    assert answer.returncode == 1
    assert f"ONEROOM_{name}" in answer.stderr
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_bars_the_way_is_named():
    def bars():
        raise PermissionError(13, "Permission denied", "/root/heads")

    assert "“signed heads” here could not be looked at: PermissionError (/root/heads)" in str(
        checks.findings({"signed heads": bars})
    )


def test_on_an_empty_house_the_command_names_each_next_step(database_folder):
    with Embedded(database_folder) as server:
        environment = {**GOOD, "ONEROOM_DATABASE_URL": server.database("oneroom")}
        command = [sys.executable, "-m", "oneroom", "migrate", "--verbosity", "0"]
        subprocess.run(command, env={**os.environ, **environment}, check=True, timeout=300)
        answer = _check(**environment)

    assert answer.returncode == 1
    for step in ("importroads", "addaccount", "onduty", "no station"):
        assert step in answer.stdout
