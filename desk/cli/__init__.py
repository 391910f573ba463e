"""The command `paiban`: every verb in one file of this package, every action in `desk.actions`."""

import sys

from desk.cli.app import run


def main() -> None:
    """Entry point of the command; leaves with the exit codes of `desk.exit_codes`."""
    sys.exit(run())
