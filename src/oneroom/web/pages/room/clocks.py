"""Promises of time as a screen shows them: how long yet, how much is used, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oneroom.apps.orders.queries import Running, Step
from oneroom.web.pages.room.words import RUNGS, STAGES, TOLD, named, span

_NEAR = 50  # percent of the time used: the quiet mark of the overdue ladder


@dataclass(frozen=True, slots=True)
class Clock:
    """The script counts on from ``deadline``; ``text`` is how it stood when the page was made."""

    stage: str
    start: datetime
    deadline: datetime
    label: str
    label_late: str
    text: str
    css: str

    @property
    def late(self) -> bool:
        return self.css == "is-late"


def clock(running: Running, *, at: datetime) -> Clock:
    """The clock of one promise."""
    left_s = (running.deadline - at).total_seconds()
    whole_s = (running.deadline - running.started).total_seconds()
    used = 100 * (1 - left_s / whole_s) if whole_s > 0 else 100
    css = "is-late" if left_s <= 0 else "is-near" if used >= _NEAR else ""
    label, label_late = STAGES.get(running.stage, (running.stage, running.stage))
    text = f"+{span(-left_s)}" if left_s <= 0 else span(left_s)
    return Clock(running.stage, running.started, running.deadline, str(label), str(label_late), text, css)


@dataclass(frozen=True, slots=True)
class RungView:
    """One rung of a ladder: done, now, ok, skipped or still to come."""

    css: str
    label: str
    done: datetime | None
    due: datetime
    wait: str
    names: str
    told: str


@dataclass(frozen=True, slots=True)
class LadderView:
    """A running ladder; ``ringing`` names whom the last rung told."""

    id: int
    kind: str
    stage: str
    subject: str
    rungs: tuple[RungView, ...]
    ringing: str
    ringing_role: str
    since: datetime | None
    clock: Clock
    who: str


def ladder(running: Running, *, at: datetime, who: str = "") -> LadderView:
    """A ladder with each rung's state at this minute. ``who`` names the crew whose promise it is."""
    last = max((s.n for s in running.climbed if not s.skipped), default=None)
    now = next((s for s in running.steps if s.n == last), None)
    return LadderView(
        running.id, running.kind, running.stage, running.subject,
        tuple(_rung(s, last, at) for s in running.steps), _names(now) if now else "",
        named(TOLD, now.code) if now else "", now.done if now else None, clock(running, at=at), who,
    )  # fmt: skip


def _rung(step: Step, last: int | None, at: datetime) -> RungView:
    if step.skipped:
        css = "skipped"
    elif step.n == last:
        css = "now"
    else:
        css = "done" if step.done else ""
    wait = span((step.due - at).total_seconds())
    return RungView(css, named(RUNGS, step.code), step.done, step.due, wait, _names(step), named(TOLD, step.code))


def _names(step: Step) -> str:
    return " ".join(dict.fromkeys(told.name for told in step.told))
