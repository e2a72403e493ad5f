"""The parts of a stage that do not come from Chalice: storage, policies, parameters, gateway errors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.settings import read_settings, variables
from domain.base.tables import TABLES
from infrastructure.chalice_project import PROJECT
from infrastructure.gateways import REFUSALS, gateway_responses
from infrastructure.names import checked_stage, table_prefix
from infrastructure.parameters import CONDITIONS, declared_parameters, environment
from infrastructure.policies import granted
from infrastructure.storage import BUCKET, storage, table_resource
from infrastructure.values import arn
from ports.key_value_store import Index, Table
from ports.personal_data import Declaration, NotPersonal, Personal
from tests.packaging.stack import Stack

ON_THE_LAPTOP_ALONE = {one.name for one in variables() if one.read_by == "local"}
GIVEN = {
    "AllowedOrigins": "https://school.example,https://staff.school.example",
    "PineconeHost": "lyceum-abc.svc.pinecone.io",
    "SupabaseUrl": "https://abc.supabase.co",
}


class Noted(Mapping[str, str]):
    """An environment that records which variables are read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def stack(stage: str = "test") -> Stack:
    resources = {
        **storage(stage),
        "Function": {"Properties": {"Environment": {"Variables": environment(stage)}}},
    }
    template = {"Parameters": declared_parameters(), "Conditions": CONDITIONS, "Resources": resources}
    return Stack(template, GIVEN)


def test_the_environment_has_every_setting_of_the_aws_profile_and_no_other() -> None:
    noted = Noted(stack().environment("Function"))
    settings = read_settings(noted)
    assert noted.asked - ON_THE_LAPTOP_ALONE == set(environment("test"))
    assert settings.allowed_origins == ("https://school.example", "https://staff.school.example")
    assert settings.aws.secrets_path == "/lyceum/test"


def test_the_defaults_of_the_stack_are_those_of_the_settings() -> None:
    without_default = {one.name for one in variables() if one.is_set_by_stack or one.is_required_by_stack}
    chosen = {
        name: value for name, value in stack().environment("Function").items() if name in without_default
    }
    assert len(chosen) < len(stack().environment("Function"))
    assert read_settings(stack().environment("Function")) == read_settings(chosen)


def test_lambda_takes_the_environment() -> None:
    longest = {name: value or "x" * 60 for name, value in stack().environment("Function").items()}
    assert sum(len(name) + len(value) for name, value in longest.items()) < 4096


def test_tables_are_made_from_the_same_definitions_as_in_the_code() -> None:
    for table in TABLES:
        properties = stack().properties(table_resource(table))
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert properties["SSESpecification"]["SSEEnabled"]
        assert [key["AttributeName"] for key in properties["KeySchema"]] == list(
            filter(None, (table.partition, table.sort))
        )
        assert len(properties.get("GlobalSecondaryIndexes", [])) == len(table.indexes)
        told = properties.get("TimeToLiveSpecification", {})
        assert told.get("AttributeName") == table.ttl


@pytest.mark.parametrize(("stage", "policy"), [("dev", "Delete"), ("prod", "Retain")])
def test_prod_alone_keeps_its_data(stage: str, policy: str) -> None:
    for name, resource in storage(stage).items():
        if resource["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket"):
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (policy, policy), name


def test_the_bucket_is_private_and_expires_temporary_objects() -> None:
    properties = stack().properties(BUCKET)
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in properties
    [cors] = properties["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedOrigins"] == ["https://school.example", "https://staff.school.example"]
    expiring = {
        rule.get("Prefix")
        for rule in properties["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    }
    assert expiring == {"exports/", "recognised/", "voice-interviews/", "transcripts/"}
    [statement] = stack().properties("DocumentsBucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_gateway_s_own_answers_have_the_one_shape_of_errors() -> None:
    for kind, response in gateway_responses().items():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert set(body["error"]) == {"code", "message", "field", "request_id"}, kind
        assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
    assert {refusal.status for refusal in REFUSALS} >= {401, 403, 404, 413, 429, 502, 504, None}


@pytest.mark.parametrize("stage", ["", "Prod", "my-stage", "1st", "x" * 17, "dev;rm"])
def test_a_stage_that_makes_no_valid_name_is_refused(stage: str) -> None:
    with pytest.raises(ValueError, match="STAGE"):
        checked_stage(stage)


def test_a_python_version_that_lambda_lacks_is_refused(tmp_path: Path) -> None:
    """An example is pyenv's program for a version that is not active: it exists, but cannot run."""
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    told: Any = subprocess.run(
        [str(PROJECT / "infrastructure" / "find-python"), str(shim)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert told.stdout == ""
    assert "3.12 or 3.13" in told.stderr


def test_links_put_the_rest_of_the_project_into_the_package() -> None:
    vendor = PROJECT / "vendor"
    links = {path.name: str(path.readlink()) for path in vendor.iterdir() if path.is_symlink()}
    assert links == {name: f"../{name}" for name in ("adapters", "domain", "ports")}


@pytest.mark.parametrize(
    ("personal", "users"),
    [
        (NotPersonal("rows that a test makes up"), {"APIHandler"}),
        (
            Personal(called="made_up", owner="user_id", index="by-user", written_at=("at",)),
            {"APIHandler", "OnSchedule"},
        ),
    ],
    ids=["not personal", "personal"],
)
def test_a_new_table_is_for_the_rest_api_and_the_sweeper_only_if_it_erases_its_rows(
    personal: Declaration, users: set[str]
) -> None:
    indexes = (Index("by-user", partition="user_id", sort="at"),)
    new = Table("lms-made-up", partition="id", indexes=indexes, personal=personal)
    granting = granted("test", (*TABLES, new))
    names = [arn("dynamodb", f"table/{table_prefix('test')}{new.name}{part}") for part in ("", "/index/*")]
    for name in names:
        assert {
            function for function, grants in granting.items() if any(name in one.resources for one in grants)
        } == users
    without = {
        function: [
            replace(one, resources=tuple(r for r in one.resources if r not in names)) for one in grants
        ]
        for function, grants in granting.items()
    }
    assert without == {function: list(grants) for function, grants in granted("test").items()}
