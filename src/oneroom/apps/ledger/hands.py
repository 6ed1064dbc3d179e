"""
Work on the record that is shared out over several processes, each with a connection of its own, on one snapshot.

What they find comes back in the order of the record, so that whoever asks names the first thing that is wrong exactly
as one process would. With one hand, or where the transaction that is open has rows that nobody else can see, all of it
is done here. A process that dies raises: half a record read is never a whole one.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import django
from django.db import connection, transaction

T = TypeVar("T")
# More connections than this are not worth what they take from a house at work.
_MOST = 8


class Hands:
    """So many processes, started when there is enough to do for them and gone at the end of the block."""

    def __init__(self, many: int | None = None) -> None:
        """Without a number: as many as there are processors for this process."""
        self.many = min(many or len(os.sched_getaffinity(0)), _MOST)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def in_order(self, job: Callable[..., T], tasks: Iterable[Sequence[Any]]) -> Iterator[T]:
        """
        ``job(*task)`` for each task, a function of a module and what can be sent to a process.

        Call it within `snapshot`: each process sees what that sees.
        """
        rest = iter(tasks)
        few = list(islice(rest, 2))
        if self.many < 2 or len(few) < 2 or not _is_shared():
            yield from (job(*task) for tasks in (few, rest) for task in tasks)
            return
        if self._pool is None:
            # Started anew and not forked: a copy of this process would hold the same wires to the database.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.many, context, _begin, (connection.settings_dict,))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            name = cursor.fetchone()[0]
        waiting: deque[Future[T]] = deque()
        try:
            for task in (*few, *islice(rest, self.many * 2)):
                waiting.append(self._pool.submit(_in_snapshot, name, job, task))
            while waiting:
                yield waiting.popleft().result()
                for task in islice(rest, 1):
                    waiting.append(self._pool.submit(_in_snapshot, name, job, task))
        finally:
            for undone in waiting:
                undone.cancel()


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that sees the record as it is now: what is written meanwhile is neither missing nor surplus."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # it waits for the others
        yield


def _is_shared() -> bool:
    """Whether others can be shown what this transaction sees: not where it stands in another, as in a test."""
    return not connection.savepoint_ids


def _begin(database: dict[str, Any]) -> None:
    """A process begins: Django, and the database that the asking process has."""
    django.setup()
    connection.settings_dict.update(database)


def _in_snapshot(name: str, job: Callable[..., T], task: Sequence[Any]) -> T:
    """The job in its process, on what the asking process sees."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET TRANSACTION SNAPSHOT %s", [name])
        return job(*task)
