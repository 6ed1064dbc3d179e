"""A panel that did not change for its audience costs one look-up."""

import gzip
import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from oneroom.web import shared
from oneroom.web.etag import build, by_audience
from tests.web.streams import say

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A view that counts how often it had to work."""

    def __init__(self, *audience, alike=None):
        self.made = 0
        self.status = 200
        self.view = by_audience(*audience, alike=alike)(self.make)

    def make(self, request, *args, **kwargs):
        self.made += 1
        return HttpResponse(f"made {self.made}", status=self.status)

    def get(self, etag=None, path="/room/queue", user=None, **kwargs):
        request = RequestFactory().get(path, headers={"If-None-Match": etag} if etag else {})
        request.user = user or AnonymousUser()
        return self.view(request, **kwargs)


@pytest.fixture(autouse=True)
def before():
    say("room")


def test_an_unchanged_page_is_not_made_again():
    page = Page("room")
    first = page.get()
    again = page.get(first["ETag"])

    assert (first.status_code, again.status_code, page.made) == (200, 304, 1)
    assert again["ETag"] == first["ETag"]
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"


def test_a_change_for_somebody_else_changes_nothing_here():
    page = Page("room")
    etag = page.get()["ETag"]
    say("crew:1", "unit:4")

    assert page.get(etag).status_code == 304


def test_a_change_for_this_audience_makes_it_new():
    page = Page("room")
    etag = page.get()["ETag"]
    say("crew:1", "room")

    assert page.get(etag).status_code == 200


def test_the_audience_may_depend_on_what_is_asked_for():
    page = Page(lambda request, pk: [f"unit:{pk}"], "all")
    four, five = page.get(pk=4)["ETag"], page.get(pk=5)["ETag"]
    say("unit:4")

    assert (page.get(four, pk=4).status_code, page.get(five, pk=5).status_code) == (200, 304)


def test_another_language_person_or_address_is_another_page():
    page = Page("room")

    class Person(AnonymousUser):
        pk = 9

    with translation.override("en"):
        etag = page.get()["ETag"]
        assert page.get(etag).status_code == 304
        assert page.get(etag, path="/room/queue?all=1").status_code == 200
        assert page.get(etag, user=Person()).status_code == 200
    with translation.override("zh-hans"):
        assert page.get(etag).status_code == 200


def test_what_is_not_a_page_gets_no_etag():
    page = Page("room")
    page.status = 404

    assert "ETag" not in page.get()


def test_all_processes_of_one_deploy_agree_on_what_it_is():
    assert build() == build.__wrapped__()


def test_those_who_see_the_same_are_shown_one_rendering_and_nobody_else():
    shared.forget()
    page = Page("room", alike=lambda request: request.GET.get("as"))
    first, second = page.get(path="/q?as=room"), page.get(path="/q?as=room")
    assert (first.content, page.made) == (second.content, 1)

    page.get(path="/q?as=chief")  # other rights
    assert page.made == 2
    say("room")
    page.get(path="/q?as=room")  # another record
    assert page.made == 3
    page.get(path="/q")
    page.get(path="/q")  # a page for one person is never shared
    assert page.made == 5


def test_a_shared_page_is_never_older_than_a_second_and_a_fault_is_not_kept(monkeypatch):
    shared.forget()
    page = Page("room", alike=lambda _request: "room")
    page.get()
    monkeypatch.setattr(shared, "FRESH_S", -1.0)
    page.get()
    assert page.made == 2

    page.status = 500
    with pytest.raises(TypeError):
        page.get()
    page.status = 200
    assert page.get().status_code == 200


def test_who_waits_gets_what_the_first_makes():
    shared.forget()
    begun, go_on = threading.Event(), threading.Event()
    answers, made = [], []

    def make():
        begun.set()
        go_on.wait(10)
        made.append(1)
        return b"queue"

    threads = [threading.Thread(target=lambda: answers.append(shared.once("k", 1, make))) for _ in range(8)]
    threads[0].start()
    begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert ([plain for plain, _small in answers], made) == ([b"queue"] * 8, [1])
    assert gzip.decompress(answers[0][1]) == b"queue"
