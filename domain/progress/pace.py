"""How much comes back, so that practice stays bearable. It imports nothing: the routes read it as the app starts."""

from __future__ import annotations

REVIEWS_A_DAY = 30
"""How many questions come back on one day, at most."""
