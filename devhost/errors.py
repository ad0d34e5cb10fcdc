"""Errors of the embedded host."""


class HostError(Exception):
    """The host cannot start or continue. The message is one line for the person who started it."""
