"""Signing in by the passwords of a real directory (OpenLDAP's slapd), started by the tests on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from oneroom.apps.ledger.models import Entry
from oneroom.apps.people.models import Account, Tries
from tests.town import PASSWORD
from tests.waiting import until

SLAPD = shutil.which("slapd") or "/usr/sbin/slapd"
pytestmark = pytest.mark.skipif(not Path(SLAPD).exists(), reason="There is no slapd on this machine: install it.")
THERE = "a password of the directory"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_ACCEPT": "text/html"}
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
database mdb
suffix "dc=city"
directory {folder}/data
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by * none
"""
PEOPLE = """
dn: dc=city
objectClass: dcObject
objectClass: organization
dc: city
o: City

dn: ou=people,dc=city
objectClass: organizationalUnit
ou: people
"""
PERSON = """
dn: uid={uid},ou=people,dc=city
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: {uid}
userPassword: {password}
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slapd")
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(CONFIGURATION.format(folder=folder))
    people = "".join(PERSON.format(uid=uid, password=THERE) for uid in ("dora", "stranger"))
    add = [shutil.which("slapadd") or "/usr/sbin/slapadd", "-f", str(folder / "slapd.conf")]
    subprocess.run(add, input=PEOPLE + people, text=True, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen([SLAPD, "-f", str(folder / "slapd.conf"), "-h", url, "-d", "0"])

    def answers():
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers)
        yield url
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(autouse=True)
def configured(directory, settings, town):
    cache.clear()
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "oneroom.ports.directory.Directory"]
    settings.LDAP_URL, settings.LDAP_DN = directory, "uid={username},ou=people,dc=city"
    dora = town.people["dora"]
    dora.set_unusable_password()
    dora.save()


def sign_in(who, password):
    client = Client(**ENGLISH)
    return client, client.post("/sign-in", {"username": who, "password": password})


def test_who_has_no_password_here_comes_in_by_that_of_the_directory(town):
    client, answer = sign_in("dora", THERE)
    assert answer.status_code == 302
    assert client.get("/api/me").json()["name"] == "Dora"
    assert sign_in("dora", PASSWORD)[1].status_code == 422
    assert sign_in("dora", "")[1].status_code == 422, "a directory lets anybody in without a password, as nobody"


def test_the_directory_makes_no_account_and_opens_none_that_has_a_password_here(town):
    before = Account.objects.count()
    assert sign_in("stranger", THERE)[1].status_code == 422
    assert Account.objects.count() == before
    assert sign_in("dan", THERE)[1].status_code == 422
    assert sign_in("dan", PASSWORD)[1].status_code == 302


@pytest.mark.parametrize("name", ["dora,ou=people", "*", "dora)(uid=*", "dora\\", "dora,ou=people,dc=city"])
def test_a_name_that_would_be_more_than_a_name_is_only_a_name(town, name):
    assert sign_in(name, THERE)[1].status_code == 422


def test_point_1_and_2_second_factor_and_lock_are_the_same(town, settings):
    settings.SECOND_FACTOR = True
    client, _answer = sign_in("dora", THERE)
    assert client.get("/api/me").status_code == 401
    assert client.get("/room/")["Location"] == "/account/factors"
    for _try in range(5):
        assert sign_in("dora", "guess")[1].status_code == 422
    assert sign_in("dora", THERE)[1].status_code == 429


def test_a_directory_that_is_away_is_told_in_words_and_locks_nobody(town, settings):
    settings.LDAP_URL = "ldap://127.0.0.1:1"
    for _try in range(7):
        answer = sign_in("dora", THERE)[1]
        assert answer.status_code == 503
        assert "does not answer" in answer.content.decode()
    assert not Tries.objects.filter(count__gt=0).exists()
    assert not Entry.objects.filter(kind="account.locked").exists()
    assert sign_in("dan", PASSWORD)[1].status_code == 302, "who has a password here needs no directory"


def test_a_password_of_the_directory_is_changed_there(town):
    client, _answer = sign_in("dora", THERE)
    own = "a password of one's own"
    answer = client.post("/account", {"act": "password", "old": THERE, "new": own, "again": own})
    assert answer.status_code == 403
    assert "change it there" in answer.content.decode()
    assert not Account.objects.get(username="dora").has_usable_password()
