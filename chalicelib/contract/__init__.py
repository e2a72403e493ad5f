"""The contract with the frontend, made from the schemas that check every request: OpenAPI and AsyncAPI."""

from __future__ import annotations

VERSION = "0.2.0"
"""Lyceum's version. It equals the one in pyproject.toml, a file that is not deployed to AWS."""
