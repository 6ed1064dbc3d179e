"""
Django's PostgreSQL backend with connections that can be cut.

A server that is stopped (SIGSTOP, a frozen machine) keeps its connections open and says nothing: none of its own time
limits can fire, and whoever asked it waits for ever. So each connection tells since when it waits (`waits.py`), and
somebody else may shut its socket under it.
"""
