"""
Guards and followers: how a lower app asks or tells a higher one without importing it.

``settings.GUARDS[act]`` may object, by raising ``Refused`` or, where all objections are wanted, by giving them;
``settings.FOLLOWERS[kind]`` must act too. Both run in the caller's transaction, in the order of the setting, and are
plain functions named by dotted path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from oneroom.apps.ledger.services.record import Noted
    from oneroom.engine.values import Actor


def ask_guards(act: str, **about: Any) -> None:
    """Ask everybody who may object; the first objection (``Refused``) ends it."""
    for path in settings.GUARDS.get(act, ()):
        import_string(path)(**about)


def all_objections(act: str, **about: Any) -> list[Any]:
    """
    Everything that anybody objects to, where a person wants to see all of it at once: these guards raise nothing, each
    gives what it found.
    """
    return [found for path in settings.GUARDS.get(act, ()) for found in import_string(path)(**about)]


def tell_followers(entry: Noted, *, by: Actor) -> None:
    """Let everybody who must act too do so now."""
    for path in settings.FOLLOWERS.get(entry.kind, ()):
        import_string(path)(entry, by=by)
