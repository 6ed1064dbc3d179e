"""What keeps a command from going on, said in one sentence to the person at the terminal; never a traceback."""


class Trouble(Exception):
    """The message says what is wrong and what to do about it. `cli.py` prints it and exits with 1."""
