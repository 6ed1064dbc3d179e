"""A panel that did not change for its audience costs one look-up."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from oneroom.web.etag import build, by_audience
from tests.web.streams import say

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A view that counts how often it had to work."""

    def __init__(self, *audience):
        self.made = 0
        self.status = 200
        self.view = by_audience(*audience)(self.make)

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
