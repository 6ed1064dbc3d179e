"""The simulated city: people, calls, crews and a room that live in the demo and nowhere else."""
