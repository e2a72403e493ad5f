"""`make deploy` and `make destroy`: create, update and delete the stack of a stage with CloudFormation.

Both need only AWS credentials, in a place where every AWS client finds them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError
from botocore.session import Session

from infrastructure import hosting
from infrastructure.console import BUILT
from infrastructure.names import checked_stage, is_kept, stack_name

_STAGES = Path(__file__).parent / "stages"
_PACKAGE = Path("build/package")
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_NO_STACK = "does not exist"
_NOTHING_TO_CHANGE = "No updates are to be performed"
_NEVER_MADE = "ROLLBACK_COMPLETE"


class NotDeployed(SystemExit):
    """The stack could not be created, updated or deleted. The message says why."""


def with_code(template: dict[str, Any], address: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template, changed so that its functions get their code from ``address``.

    SAM publishes a new version of a function only if the text of its properties has changed, and parameters' values are
    not part of that text. So each published function also gets a hash of the code and of these values.
    """
    made_of = hashlib.sha256(json.dumps([address, sorted(parameters.items())]).encode()).hexdigest()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            properties["CodeUri"] = address
            if "AutoPublishAlias" in properties:
                properties["AutoPublishCodeSha256"] = made_of
    return template


def parameters_of(stage: str, folder: Path = _STAGES) -> dict[str, str]:
    """The parameters in the stage's file. Raises ``NotDeployed`` if there is no such file, or if it is not JSON."""
    path = folder / f"{stage}.json"
    try:
        chosen = json.loads(path.read_text())
    except FileNotFoundError:
        raise NotDeployed(f"{path} is missing: copy example.json to it, and fill it in") from None
    except ValueError as error:
        raise NotDeployed(f"{path} is no JSON: {error}") from None
    return {name: str(value) for name, value in chosen.items()}


class Deployment:
    """The stack of one stage. ``session`` is a botocore session; it makes the AWS clients."""

    def __init__(self, session: Session, stage: str) -> None:
        self._stage = stage
        self._stack = stack_name(stage)
        self._formation = session.create_client("cloudformation")
        self._s3 = session.create_client("s3")
        self._lambda = session.create_client("lambda")
        self._account = session.create_client("sts").get_caller_identity()["Account"]
        self._region = self._formation.meta.region_name

    @property
    def artefacts(self) -> str:
        """The name of the bucket for the packages of all stages in the region."""
        return f"lyceum-artefacts-{self._account}-{self._region}"

    def deploy(self, package: Path, parameters: Mapping[str, str], console: Path = BUILT) -> dict[str, str]:
        """Create or update the stack, and return its outputs. Raises ``NotDeployed``, and ``NotConfigurable`` for
        the console.

        ``console`` is the folder of the built console, which is published if the stack has a bucket for it.
        """
        template = json.loads((package / "sam.json").read_text())
        if template["Description"] != f"Lyceum, stage {self._stage}":
            raise NotDeployed(f"{package} was made for another stage: make package STAGE={self._stage}")
        if parameters.get("Console") == "on":
            hosting.check_publishable(parameters.get("ConsoleSupabaseKey", ""))
        else:
            self._empty_console()  # CloudFormation deletes no bucket that holds something
        self._make_bucket()
        code = self._put(package / "deployment.zip", "zip")
        deployed = package / "deployed.json"
        deployed.write_text(json.dumps(with_code(template, f"s3://{self.artefacts}/{code}", parameters)))
        url = f"https://{self.artefacts}.s3.{self._region}.amazonaws.com/{self._put(deployed, 'json')}"
        self._change(url, template, parameters)
        self._delete_old_versions()
        outputs = self.outputs()
        if hosting.BUCKET in outputs:
            hosting.publish(self._s3, outputs[hosting.BUCKET], console, self._addresses(outputs, parameters))
        return outputs

    def _addresses(self, outputs: Mapping[str, str], parameters: Mapping[str, str]) -> hosting.Addresses:
        return hosting.Addresses(
            api=outputs["EndpointURL"].rstrip("/"),
            socket=outputs["WebsocketConnectEndpointURL"],
            uploads=f"https://{outputs['Bucket']}.s3.{self._region}.amazonaws.com",
            supabase=parameters["SupabaseUrl"].rstrip("/"),
            supabase_key=parameters["ConsoleSupabaseKey"],
        )

    def outputs(self) -> dict[str, str]:
        stack = self._described()
        return {one["OutputKey"]: one["OutputValue"] for one in (stack or {}).get("Outputs", ())}

    def destroy(self) -> list[str]:
        """Delete the stack. Its data is deleted too, unless the stage keeps it. Returns the names of the kept tables
        and buckets.

        Raises ``NotDeployed``.
        """
        if self._described() is None:
            raise NotDeployed(f"there is no stack {self._stack}")
        data = self._resources("AWS::S3::Bucket", "AWS::DynamoDB::Table")
        data = [one for one in data if one["LogicalResourceId"] != hosting.BUCKET]
        self._empty_console()
        if not is_kept(self._stage):
            for one in data:
                if one["ResourceType"] == "AWS::S3::Bucket":
                    self._empty(one["PhysicalResourceId"])
        self._formation.delete_stack(StackName=self._stack)
        self._wait("stack_delete_complete")
        return [one["PhysicalResourceId"] for one in data] if is_kept(self._stage) else []

    def _resources(self, *types: str) -> list[dict[str, Any]]:
        """The stack's resources of these types."""
        return [
            one
            for page in self._formation.get_paginator("list_stack_resources").paginate(StackName=self._stack)
            for one in page["StackResourceSummaries"]
            if one["ResourceType"] in types and one["ResourceStatus"] != "DELETE_COMPLETE"
        ]

    def _delete_old_versions(self) -> None:
        """Delete the versions of functions that no request reaches any more. SAM keeps them, and their snapshots cost
        money.
        """
        for one in self._resources("AWS::Lambda::Function"):
            function = one["PhysicalResourceId"]
            aliases = self._lambda.list_aliases(FunctionName=function)["Aliases"]
            kept = {"$LATEST", *(alias["FunctionVersion"] for alias in aliases)}
            pages = self._lambda.get_paginator("list_versions_by_function").paginate(FunctionName=function)
            for version in [found["Version"] for page in pages for found in page["Versions"]]:
                if version not in kept:
                    self._lambda.delete_function(FunctionName=function, Qualifier=version)

    def _make_bucket(self) -> None:
        name = self.artefacts
        try:
            self._s3.head_bucket(Bucket=name)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                raise
        # S3 refuses us-east-1 as a location: it is the default.
        place = {} if self._region == "us-east-1" else {"LocationConstraint": self._region}
        self._s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
        self._s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )

    def _put(self, path: Path, extension: str) -> str:
        """Store the file under a key derived from its content, and return the key. Storing the same file again changes
        nothing.
        """
        content = path.read_bytes()
        key = f"{self._stage}/{hashlib.sha256(content).hexdigest()}.{extension}"
        self._s3.put_object(Bucket=self.artefacts, Key=key, Body=content)
        return key

    def _change(self, url: str, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        unknown = sorted(parameters.keys() - template["Parameters"].keys())
        if unknown:
            raise NotDeployed(f"the template has no parameter {', '.join(unknown)}")
        stack = self._described()
        if stack is not None and stack["StackStatus"] == _NEVER_MADE:
            raise NotDeployed(
                f"{self._stack} was never created completely: make destroy STAGE={self._stage} first"
            )
        change = self._formation.create_stack if stack is None else self._formation.update_stack
        try:
            change(
                StackName=self._stack,
                TemplateURL=url,
                Capabilities=_CAPABILITIES,
                Parameters=[
                    {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
                ],
            )
        except ClientError as error:
            if _NOTHING_TO_CHANGE in error.response["Error"]["Message"]:
                return
            raise
        self._wait("stack_create_complete" if stack is None else "stack_update_complete")

    def _wait(self, until: str) -> None:
        print(f"{self._stack}: waiting for {until.replace('_', ' ')}; this takes some minutes", flush=True)
        try:
            self._formation.get_waiter(until).wait(
                StackName=self._stack, WaiterConfig={"Delay": 10, "MaxAttempts": 360}
            )
        except WaiterError:
            raise NotDeployed("\n".join([f"{self._stack}: failed", *self._failures()])) from None

    def _failures(self) -> list[str]:
        events = self._formation.describe_stack_events(StackName=self._stack)["StackEvents"]
        return [
            f"  {one['LogicalResourceId']}: {one.get('ResourceStatusReason', one['ResourceStatus'])}"
            for one in events
            if one.get("ResourceStatus", "").endswith("_FAILED")
        ]

    def _described(self) -> dict[str, Any] | None:
        try:
            stacks = self._formation.describe_stacks(StackName=self._stack)["Stacks"]
        except ClientError as error:
            if _NO_STACK in error.response["Error"]["Message"]:
                return None
            raise
        found: dict[str, Any] = stacks[0]
        return found

    def _empty_console(self) -> None:
        """Empty the bucket of the console, if the stack has one."""
        if self._described() is None:
            return
        for one in self._resources("AWS::S3::Bucket"):
            if one["LogicalResourceId"] == hosting.BUCKET:
                self._empty(one["PhysicalResourceId"])

    def _empty(self, bucket: str) -> None:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for page in pages:
            objects = [{"Key": one["Key"]} for one in page.get("Contents", ())]
            if objects:
                self._s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


def build_console() -> None:
    """Build the console, unless it is built. Raises ``NotDeployed``."""
    built = subprocess.run([sys.executable, "-m", "infrastructure.console"], check=False)
    if built.returncode:
        raise NotDeployed(
            "the console could not be built, and the stage's Console is on: nothing was deployed"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["deploy", "destroy"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--package", type=Path, default=_PACKAGE)
    asked = parser.parse_args()
    try:
        stage = checked_stage(asked.stage)
        if asked.what == "deploy":
            parameters = parameters_of(stage)
            if parameters.get("Console") == "on":
                build_console()
            outputs = Deployment(Session(), stage).deploy(asked.package, parameters)
            print("\n".join(f"{name}: {value}" for name, value in outputs.items()))
        else:
            left = Deployment(Session(), stage).destroy()
            print("\n".join(["deleted", *(f"kept: {name}" for name in left)]))
    except (BotoCoreError, ClientError, ValueError) as error:
        sys.exit(f"{stack_name(asked.stage)}: {error}")


if __name__ == "__main__":
    main()
