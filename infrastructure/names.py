"""What a stage's things are called in the account."""

from __future__ import annotations

import re

API_STAGE = "api"
"""Of both APIs, as ``.chalice/config.json`` has it."""


def checked_stage(stage: str) -> str:
    """Raises ``ValueError``: a stage is part of every name, the bucket's too, of which S3 takes 63 characters."""
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", stage):
        raise ValueError("STAGE must be 1-16 small letters and digits, and begin with a letter")
    return stage


def is_kept(stage: str) -> bool:
    """Whether the stage's data outlive its stack."""
    return stage == "prod"


def stack_name(stage: str) -> str:
    return f"lyceum-{stage}"


def table_prefix(stage: str) -> str:
    return f"lyceum-{stage}-"


def secrets_path(stage: str) -> str:
    """Where the operator puts the secrets, in the Parameter Store."""
    return f"/lyceum/{stage}"


def bucket_name(stage: str) -> str:
    """For ``sub``. Made of what is known without the bucket: its events name functions, and those name it."""
    return f"lyceum-{stage}-documents-${{AWS::AccountId}}-${{AWS::Region}}"
