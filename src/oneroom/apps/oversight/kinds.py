"""What a watcher may find wrong, in words: the same on the room's screen, in the office's list and in a message."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

# Who watches whom: each of these gives signs of life, and each looks at the signs of the others.
PARTS: dict[str, str | Promise] = {
    "web": lazy("pages"),
    "clock": lazy("clock"),
    "courier": lazy("courier"),
    "auditor": lazy("auditor"),
}

# One that a house may do without: it is looked for once it was heard of.
NAMES: dict[str, str | Promise] = {**PARTS, "planner": lazy("planner")}

# Whoever raises an alarm: the parts, and the door of the house.
RAISERS: dict[str, str | Promise] = {
    **NAMES,
    "door": lazy("the door"),
    "record": lazy("the record"),
    "force": lazy("the mobile force"),
}

# What it means that a part is silent or fails: what somebody has to do in its place.
WITHOUT: dict[str, str | Promise] = {
    "web": lazy("Some screens may not open."),
    "clock": lazy("Nothing climbs by itself: watch the orders."),
    "courier": lazy("No SMS, call or mail leaves: telephone."),
    "auditor": lazy("Nobody checks that what is due happens."),
    "planner": lazy("No plan is run."),
}
# What a finding is about, by the name it has in the record ("assignment:7").
SUBJECTS: dict[str, str | Promise] = {
    "assignment": lazy("order %(n)s"),
    "incident": lazy("matter %(n)s"),
    "sos": lazy("call for help %(n)s"),
    "crew": lazy("crew %(n)s"),
    "report": lazy("report %(n)s"),
    "referral": lazy("referral %(n)s"),
    "handover": lazy("handover %(n)s"),
    "opening": lazy("broken glass %(n)s"),
    "call": lazy("call %(n)s"),
    "account": lazy("account %(n)s"),
    "text": lazy("personal text %(n)s"),
    "force": lazy("unit %(n)s of the mobile force"),
}

# A record is one of two chains; a finding about one names it.
CHAINS: dict[str, str | Promise] = {"acts": lazy("record of acts"), "looks": lazy("record of looks")}

# kind -> what is wrong and what it means, without a name; the subject stands beside it.
KINDS: dict[str, str | Promise] = {
    # the machinery
    "silent": lazy("no sign of life"),
    "failing": lazy("alive, but its work fails each time"),
    "database": lazy("the database does not answer"),
    "work_failed": lazy("one of the clock's tasks fails each time"),
    "clock_skew": lazy("its time is not that of the other parts: restart all parts"),
    "auditor_role": lazy("the auditor's database role may do more than it should"),
    # orders and promises
    "rung_late": lazy("a step was due and did not happen"),
    "told_missing": lazy("a step happened, but somebody who had to be told was not"),
    "told_wrong": lazy("a step told somebody who was not to be told"),
    "told_after_answer": lazy("somebody was told after the answer had come"),
    "message_stuck": lazy("a message does not leave the house"),
    "unwatched": lazy("open, and nobody would be told if it became late"),
    "watched_wrong": lazy("its ladder does not fit it: strangers would be told, nobody, or too late"),
    "ladder_left": lazy("it is over, but its ladder still runs"),
    "not_marked": lazy("past its deadline, and not marked as such"),
    # matters
    "order_left": lazy("the matter is over, but a crew still has an order of it"),
    "order_nobody": lazy("an order lives whose crew is off duty"),
    "matter_adrift": lazy("counts as being dealt with, and no crew has an order of it"),
    "crew_adrift": lazy("a crew counts as busy and has no order"),
    # what a machine works with
    "backup_behind": lazy("changes do not reach the backups: with the database they would be lost"),
    "disk_short": lazy("a disk that it writes to is nearly full"),
    "journal_aside": lazy("acts of an outage that nobody could book lie in a file: look at them with a commander"),
    # the door
    "vouched": lazy("locked, and let in on a commander's word"),
    # the mobile force
    "force_below": lazy("below the readiness that is required of it"),
    # the record
    "record_set_back": lazy("the record does not contain what was signed: it was set back or rewritten"),
    "record_head": lazy("the end of the record is not what it says of itself"),
    "hold_unreviewed": lazy("nobody looked again whether its legal hold is still needed"),
    "words_altered": lazy("what people said was altered after it was recorded, or is gone: do not rely on it"),
    "heads_stale": lazy("the record grows, and nobody signs its head"),
    "heads_gone": lazy("heads were signed, and the file of them is gone: nothing is signed until it is back"),
    "head_not_carried": lazy("signed heads do not reach the second place"),
    "head_not_stamped": lazy("signed heads get no time stamp from the authority"),
}

# Why a matter is held past its terms.
HOLD_REASONS: dict[str, str | Promise] = {
    "court": lazy("order of a court"),
    "case": lazy("a case under investigation or prosecution"),
    "appeal": lazy("administrative review or lawsuit"),
    "complaint": lazy("complaint under inquiry"),
    "inquiry": lazy("inquiry into the conduct of officers"),
    "request": lazy("somebody concerned asked that it be kept"),
}


def said(kind: str, subject: str) -> str:
    """One finding as a sentence: ``subject`` is ``clock``, ``web@host``, ``assignment:7`` …"""
    what = str(KINDS.get(kind, kind))
    if kind == "database":
        return what
    sentence = _("%(subject)s: %(what)s") % {"subject": _named(subject), "what": what}
    means = WITHOUT.get(subject) if kind in ("silent", "failing") else None
    return sentence if means is None else _("%(sentence)s. %(means)s") % {"sentence": sentence, "means": means}


def _named(subject: str) -> str:
    part, _at, node = subject.partition("@")
    about, _colon, number = subject.partition(":")
    if node:
        return _("%(part)s on %(node)s") % {"part": NAMES.get(part, part), "node": node}
    if about in SUBJECTS and number:
        return str(SUBJECTS[about]) % {"n": number}
    return str(NAMES.get(subject) or CHAINS.get(subject, subject))
