"""Create, change and remove a stack, with a template of a bucket and a table, which moto supports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from infrastructure.deploy import Deployment, NotDeployed, parameters_of
from tests.stubs.aws import client_of


def packaged(folder: Path, stage: str, *, retained: bool = False, **more: Any) -> Path:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Lyceum, stage {stage}",
        "Parameters": {"Days": {"Type": "Number", "Default": "7"}},
        "Resources": {
            "DocumentsBucket": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain" if retained else "Delete",
                "Properties": {"BucketName": f"documents-of-{stage}"},
            },
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"QueueName": f"queue-of-{stage}", "MessageRetentionPeriod": {"Ref": "Days"}},
            },
            **more,
        },
        "Outputs": {"Bucket": {"Value": {"Ref": "DocumentsBucket"}}},
    }
    (folder / "sam.json").write_text(json.dumps(template))
    (folder / "deployment.zip").write_bytes(b"PK of the tests")
    return folder


@pytest.mark.usefixtures("empty_account")
def test_a_stack_is_made_then_changed_then_removed(tmp_path: Path) -> None:
    deployment = Deployment(Session(), "dev")
    outputs = deployment.deploy(packaged(tmp_path, "dev"), {"Days": "100"})
    assert outputs == {"Bucket": "documents-of-dev"}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}
    deployment.deploy(packaged(tmp_path, "dev", Topic=topic), {"Days": "200"})
    assert [one["TopicArn"].rpartition(":")[2] for one in client_of("sns").list_topics()["Topics"]] == [
        "news"
    ]
    client_of("s3").put_object(Bucket="documents-of-dev", Key="raw-files/left", Body=b"over")
    assert deployment.destroy() == []
    buckets = [one["Name"] for one in client_of("s3").list_buckets()["Buckets"]]
    assert buckets == [deployment.artefacts]
    with pytest.raises(NotDeployed, match="no stack lyceum-dev"):
        deployment.destroy()


@pytest.mark.usefixtures("empty_account")
def test_versions_that_no_alias_names_are_deleted_after_a_deployment(tmp_path: Path) -> None:
    """Lambda bills the snapshot of each version for as long as the version is there."""
    client = client_of("lambda")
    code = {"ZipFile": "import nothing"}
    trust = {"Version": "2012-10-17", "Statement": []}
    more: dict[str, Any] = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        "Ask": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "ask",
                "Handler": "app.app",
                "Runtime": "python3.13",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": code,
            },
        },
    }

    def versions() -> set[str]:
        found = client.list_versions_by_function(FunctionName="ask")["Versions"]
        return {one["Version"] for one in found}

    deployment = Deployment(Session(), "dev")
    deployment.deploy(packaged(tmp_path, "dev", **more), {})
    old, current = (client.publish_version(FunctionName="ask", Description=text)["Version"] for text in "ab")
    client.create_alias(FunctionName="ask", Name="live", FunctionVersion=current)
    assert versions() == {"$LATEST", old, current}
    deployment.deploy(packaged(tmp_path, "dev", **more), {"Days": "9"})
    assert versions() == {"$LATEST", current}


@pytest.mark.usefixtures("empty_account")
def test_prod_keeps_its_data_and_says_where(tmp_path: Path) -> None:
    deployment = Deployment(Session(), "prod")
    deployment.deploy(packaged(tmp_path, "prod", retained=True), {})
    client_of("s3").put_object(Bucket="documents-of-prod", Key="raw-files/kept", Body=b"on")
    assert deployment.destroy() == ["documents-of-prod"]
    assert deployment.outputs() == {}
    assert (
        client_of("s3").get_object(Bucket="documents-of-prod", Key="raw-files/kept")["Body"].read() == b"on"
    )


@pytest.mark.filterwarnings("ignore:Tried to parse AWS..Serverless")
@pytest.mark.usefixtures("empty_account")
def test_the_code_lies_in_a_private_bucket_under_a_name_of_its_content(tmp_path: Path) -> None:
    deployment = Deployment(Session(), "dev")
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    folder = packaged(tmp_path, "dev", Ask=function)
    deployment.deploy(folder, {})
    address = json.loads((folder / "deployed.json").read_text())["Resources"]["Ask"]["Properties"]["CodeUri"]
    bucket, _, key = address.removeprefix("s3://").partition("/")
    assert client_of("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == b"PK of the tests"
    blocked = client_of("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}


@pytest.mark.usefixtures("empty_account")
def test_the_package_of_another_stage_is_not_deployed(tmp_path: Path) -> None:
    with pytest.raises(NotDeployed, match="make package STAGE=prod"):
        Deployment(Session(), "prod").deploy(packaged(tmp_path, "dev"), {})


@pytest.mark.usefixtures("empty_account")
def test_a_parameter_missing_in_the_template_is_reported(tmp_path: Path) -> None:
    with pytest.raises(NotDeployed, match="Dayz"):
        Deployment(Session(), "dev").deploy(packaged(tmp_path, "dev"), {"Dayz": "1"})


def test_a_stage_without_its_choices_says_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(NotDeployed, match=r"prod\.json is missing"):
        parameters_of("prod", tmp_path)
    (tmp_path / "prod.json").write_text('{"LogDays": 30')
    with pytest.raises(NotDeployed, match="no JSON"):
        parameters_of("prod", tmp_path)
    (tmp_path / "prod.json").write_text('{"LogDays": 30}')
    assert parameters_of("prod", tmp_path) == {"LogDays": "30"}
