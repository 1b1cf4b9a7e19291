"""Where commands print: as wide as the terminal, or wide enough for whole tables where there is none."""

from __future__ import annotations

import sys

from rich.console import Console

WIDTH_OF_FILES = 160

console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES)
