"""
Log lines that hold no personal data (DESIGN §2, "one record, that can forget").

The message of an exception may quote what somebody typed: PostgreSQL's, for one, quotes the row it refused. So the log
gets the kind of the exception and where it was raised. The demo's people are invented, and there the message is shown.
"""

import logging
import os
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutWords(logging.Formatter):
    """Formats a record as usual, and an exception without what it says."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 (logging's name)
        if os.environ.get("ONEROOM_DEMO") == "1":
            return super().formatException(ei)
        lines = []
        error = ei[1]
        while error is not None:
            lines += [type(error).__qualname__ + "\n", *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()
