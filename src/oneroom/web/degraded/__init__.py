"""
The house while the database is away: a closed list of acts goes on, from a journal on this machine's disk.

`door` answers requests, `keeper` holds journal and board, `climbing` lets ladders climb, `booking` gives each line to
the services when the database is back. See docs/adr/0017-degraded.md.
"""
