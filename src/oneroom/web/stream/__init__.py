"""
The live half of the web: who hears what, told without the database.

tail (a thread) reads the ledger → ring (the last events, by audience) → hub (who
listens) → app (raw ASGI). An event says only *what* changed; the page fetches the
rest through the ordinary permission check.
"""
