"""The contract with the frontend, made from the schemas that check every request: OpenAPI and AsyncAPI."""

from __future__ import annotations

VERSION = "0.2.0"
"""Of Lyceum, as in pyproject.toml, which is not on AWS."""
