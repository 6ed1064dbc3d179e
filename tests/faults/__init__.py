"""
The crash proof: what was answered is there, once, whatever is killed in the middle of it.

    make faults ROUNDS=200 SEED=7        # kill -9 of every part and of PostgreSQL, under load
    make faults PLANT=early_ack          # with a fault planted on purpose: must end red

A house of its own (a durable PostgreSQL, `oneroom serve` as an operator starts it) is worked by writers who keep a
ledger of their own (`writers.py`), listened to (`ears.py`), and hit at random instants (`rounds.py`). Afterwards the
two ledgers are compared, both ways (`checks.py`).
"""
