"""Starts a real PostgreSQL and a real Valkey from wheels, for development, tests and the demo.

Never for production, and free of Django: settings are read by the command it runs.
"""


class LaunchError(Exception):
    """Something the person at the keyboard can mend; its text is one readable sentence."""
