"""Errors of operating an installation that have a remedy; the command line prints them without a traceback."""


class OperationError(Exception):
    """The message says what, where and what to do next."""
