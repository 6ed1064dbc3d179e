"""
Who watches whom: web, clock, courier and auditor each give signs of life, and each looks at those of the others.

A sign goes two ways, into a small file (``signs.py``) and into the database (``board.py``): either is enough to be
heard, and with neither a part is silent. What a watcher finds goes two ways as well: as a row, which the pages show,
and outside by mail or SMS (``outside.py``), for which no database is needed.
"""
