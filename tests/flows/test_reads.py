"""Who read a matter: when and why for the room, whose look it was for who commands; asking is a look too."""

from oneroom.apps.ledger.models import Look
from tests.web.api_client import Caller


def said(who: str, pk: int) -> str:
    answer = Caller(who).client.get(f"/room/incidents/{pk}/reads")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_when_and_why_and_the_commander_sees_whose(room):
    matter = room.report("a man with a knife", at="west", grade=1)
    assert "Nobody has opened anything personal here." in said("dan", matter.pk)
    for who in ("dora", "zhou"):
        Caller(who).post(f"incidents/{matter.pk}/open", {"purpose": "dispatch"})

    to_dora, to_zhou = said("dora", matter.pk), said("zhou", matter.pk)

    assert "Dora" in to_dora
    assert "a colleague" in to_dora
    assert "Zhou" not in to_dora
    assert {name for name in ("Dora", "Dan", "Zhou") if name in to_zhou} == {"Dora", "Dan", "Zhou"}
    assert "who read it" in to_zhou  # Dan and Dora asked before
    assert "knife" not in to_dora + to_zhou
    looks = Look.objects.filter(fields=["looks"], record=f"incident:{matter.pk}", purpose="audit")
    assert {look.actor for look in looks} == {room.town.people[who].pk for who in ("dan", "dora", "zhou")}


def test_it_is_of_the_room_alone(room):
    matter = room.report("a man with a knife", at="west", grade=1)
    for who in ("zhang", "leader-li", "ada"):
        assert Caller(who).client.get(f"/room/incidents/{matter.pk}/reads").status_code == 404
    assert not Look.objects.exists()
