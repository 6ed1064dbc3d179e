"""The organisation as dated facts: what it was on any day, what a reform makes of it, and what that breaks."""
