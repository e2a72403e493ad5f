"""The daily limit of reviews. This module imports nothing, because the routes read it when the app starts."""

from __future__ import annotations

REVIEWS_A_DAY = 30
"""The largest number of reviews on one day."""
