"""The same queue in SimPy, as its own tutorial would write it: the peer of the compiled kernel."""

import simpy


def simpy_queue(at_s, first_s, second_s, servers):
    """When each call began to be served, was reached and was done; first come first served."""
    env = simpy.Environment()
    crews = simpy.Resource(env, capacity=servers)
    start, there, done = [0.0] * len(at_s), [0.0] * len(at_s), [0.0] * len(at_s)

    def call(n):
        with crews.request() as turn:
            yield turn
            start[n] = env.now
            yield env.timeout(first_s[n])
            there[n] = env.now
            yield env.timeout(second_s[n])
            done[n] = env.now

    def arrivals():
        for n, at in enumerate(at_s):
            yield env.timeout(at - env.now)
            env.process(call(n))

    env.process(arrivals())
    env.run()
    return start, there, done
