"""The smallest group of learners whose results are shown together."""

from __future__ import annotations

MIN_GROUP = 5
"""In a smaller group, everybody knows whose mistake it was."""
