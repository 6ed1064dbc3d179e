"""
Log lines that hold no personal data (DESIGN §2, "one record, that can forget").

The message of an exception may quote what somebody typed: PostgreSQL's, for one, quotes the row it refused. So the log
gets the kind of the exception and where it was raised. The demo's people are invented, and there the message is shown.
"""

import logging
import os
import re
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class WithoutWords(logging.Formatter):
    """Formats a record as usual on one line, and an exception without what it says."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        # An address or a header that somebody sent may hold line ends: nobody writes a line of his own into the log.
        return _BREAKS.sub(lambda found: ascii(found[0])[1:-1], super().formatMessage(record))

    def formatException(self, ei: Raised) -> str:  # noqa: N802 (logging's name)
        if os.environ.get("ONEROOM_DEMO") == "1":
            return super().formatException(ei)
        lines = []
        error = ei[1]
        while error is not None:
            lines += [type(error).__qualname__ + "\n", *traceback.format_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()
