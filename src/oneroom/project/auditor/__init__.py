"""
The auditor: asks of every open order "did each due step happen, to the right people?", and of much else.

Its own way through: plain SQL over the tables (``checks/``, one file for each kind of finding), a connection and a
database role of its own, nothing of the code whose work it looks at. See docs/adr/0014-auditor.md.
"""
