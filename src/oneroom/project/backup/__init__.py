"""
Backups that lose less than a minute: a whole copy each day, and between them every change as it is written down.

All is done by PostgreSQL's own programs (pg_basebackup, pg_receivewal, pg_verifybackup), which know its files better
than we ever could. What is here says where they put it, when, and whether it can be used.
"""
