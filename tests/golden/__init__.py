"""Rounds small enough to be worked by hand, and the survey they belong to."""

from pathlib import Path

DEMO = Path(__file__).parent / "demo"
