"""The one record: entries in a hash chain, looks in another, texts that can be forgotten, acts done once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class ChainHead(models.Model):
    """The last link of a chain. Its row lock is what makes sequence numbers gapless and in commit order."""

    name = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=bytes(32))


class Link(models.Model):
    """What every chained row holds: the canonical bytes (RFC 8785), the hash before and its own."""

    seq = models.BigIntegerField(primary_key=True)
    recorded = models.DateTimeField()
    canonical = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        abstract = True


class Entry(Link):
    """One act. ``at`` is when it happened, ``recorded`` when it was written: a late entry keeps both."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=48)
    matter = models.CharField(max_length=48, blank=True)
    actor = models.BigIntegerField()
    on_behalf = models.BigIntegerField(null=True)
    via = models.CharField(max_length=16)
    scopes = ArrayField(models.CharField(max_length=48))
    facts = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["matter", "seq"], name="entry_matter"),
            # Times grow with the numbers, so this finds a span of days and costs a commit next to nothing.
            BrinIndex(fields=["recorded"], name="entry_recorded", autosummarize=True, pages_per_range=32),
            # Who held a duty at a time is asked of a record of millions; these entries are few.
            models.Index(fields=["at"], condition=models.Q(kind="duty.begun"), name="entry_duty"),
            models.Index(fields=["at"], condition=models.Q(kind="retention.applied"), name="entry_retention"),
            models.Index(fields=["at"], condition=models.Q(kind="track.opened"), name="entry_track"),
            models.Index(fields=["actor", "at"], condition=models.Q(kind="list.exported"), name="entry_lists_out"),
        ]


class Look(Link):
    """
    Somebody opened personal fields: one per person, record and quarter of an hour, and a further one where fields are
    opened that were not yet. Never on the stream.
    """

    at = models.DateTimeField()
    actor = models.BigIntegerField()
    record = models.CharField(max_length=48)
    fields = ArrayField(models.CharField(max_length=48))
    purpose = models.CharField(max_length=32)
    basis = models.CharField(max_length=48)
    quarter = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record", "seq"], name="look_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "record", "purpose", "quarter", "fields"], name="one_look_per_quarter"
            )
        ]


class Sealed(models.Model):
    """
    A name, number, address or free text. The record holds only its commitment (HMAC under ``key``);
    erase text and key, and the chain still verifies while nobody can tell any more what was committed to.
    """

    matter = models.CharField(max_length=48)
    purpose = models.CharField(max_length=48)
    text = models.TextField(null=True)
    key = models.BinaryField(null=True)
    created = models.DateTimeField()
    erased = models.DateTimeField(null=True)
    entry = models.BigIntegerField(null=True)  # the act that committed to it (``words.py``)

    class Meta:
        indexes = [
            models.Index(fields=["matter"], name="sealed_matter"),
            models.Index(fields=["entry"], condition=models.Q(entry__gt=0), name="sealed_entry"),
        ]


class DoneOnce(models.Model):
    """An act with an idempotency key, and the answer that was given."""

    actor = models.BigIntegerField()
    key = models.CharField(max_length=80)
    fingerprint = models.BinaryField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="done_once")]
        indexes = [models.Index(fields=["at"], name="done_once_at")]


class Subtree(models.Model):
    """The Merkle root of 256 entries of a chain, one after the other: made once, and from the entries at any time."""

    chain = models.CharField(max_length=16)
    number = models.BigIntegerField()  # from 0: entries 256 n + 1 to 256 n + 256
    root = models.BinaryField()
    # Of their ``recorded``, which is each part's own clock and need not grow with the numbers: where a span of days is.
    earliest = models.DateTimeField(null=True)
    latest = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="subtree_once")]


class TreeHead(models.Model):
    """A signed head of a chain, as it also stands in a file outside of the database."""

    chain = models.CharField(max_length=16)
    size = models.BigIntegerField()
    root = models.BinaryField()
    at = models.DateTimeField()
    note = models.TextField()  # the signed note, whole
    key = models.CharField(max_length=200)  # the public key that checks it

    class Meta:
        indexes = [
            models.Index(fields=["chain", "-size"], name="tree_head_size"),
            models.Index(fields=["chain", "at"], name="tree_head_at"),
        ]
