"""What keeps the house from starting, said to a person in one sentence."""


class Trouble(Exception):
    """A reason to stop that a person can mend: the message says what is wrong and what to do. Exit code 2."""
