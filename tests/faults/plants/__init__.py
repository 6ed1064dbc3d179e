"""
Faults planted on purpose, to see that the proof finds them. None of this is in the product.

A plant is a module with `SETTINGS` (the settings module that the house is started with) or `prepare()` (what is done to
its database before the first round).
"""
