"""
Working days in China: the State Council's holidays, and the days at weekends on which they are made up.

From `chinesecalendar` (MIT), whose tables end with the year that the State Council has published last: a later day is
not guessed.
"""

from __future__ import annotations

from datetime import date

import chinese_calendar

from oneroom.engine.values import BadInput


def is_workday(day: date) -> bool:
    """Whether people work on it by the calendar. Raises BadInput for a year that is not published."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as unknown:
        raise BadInput(
            "day",
            "The State Council's holidays of %(year)d are not known to this version. Bring the calendar up to date, or "
            "say which days are working days.", year=day.year,
        ) from unknown  # fmt: skip


def is_made_up(day: date) -> bool:
    """A Saturday or Sunday on which people work."""
    return day.weekday() >= 5 and is_workday(day)


def is_known(year: int) -> bool:
    """Whether the year's holidays are published as far as this version knows."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True
