"""
What a plan would do: the same rules as the live room, run over simulated calls (docs/simulation.md).

`kernel` runs a queue in compiled code, `hypercube` solves one exactly; both are there to check the city by.
"""
