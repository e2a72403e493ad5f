"""Runs Chalice's packaging. It makes a template from app.py, and a zip of the code and the installed packages."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import create_build_stage
from chalice.deploy.models import S3BucketNotification
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import ResourceBuilder, SAMTemplateGenerator
from chalice.utils import UI, OSUtils, to_cfn_resource_name

from infrastructure.storage import BUCKET
from infrastructure.values import ref

PROJECT = Path(__file__).parent.parent
SHIPPED = ("app.py", "chalicelib", "vendor", "requirements.txt", ".chalice/config.json")
"""The files that Chalice needs."""


@dataclass(frozen=True, slots=True)
class Made:
    template: dict[str, Any]
    zip: Path


def make(stage: str, folder: Path) -> Made:
    """Package a copy of the project with Chalice. The copy is made in ``folder``, which is emptied first.

    A copy does not contain files that do not belong there (bytecode of another Python, files of an editor), nor zips of
    earlier runs, which Chalice would use again. This changes the process: Chalice imports app.py, so the process gets
    the environment variables of a deployed function.
    """
    _copy(folder)
    for name in [name for name in os.environ if name.startswith("LYCEUM_")]:
        del os.environ[name]
    os.environ |= {
        "LYCEUM_PROFILE": "aws",
        "LYCEUM_STAGE": stage,
        # Chalice requires a region, and writes it into the names of AWS services.
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "PIP_CONSTRAINT": str(PROJECT / "locks" / "package.txt"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    sys.dont_write_bytecode = True
    factory = CLIFactory(str(folder))
    # Chalice would guess the roles from app.py. The template gets the roles of policies.py instead.
    config = factory.create_config_obj(
        stage, user_provided_params={"manage_iam_role": False, "iam_role_arn": "set-later"}
    )
    build_stage = create_build_stage(OSUtils(), UI(), CFNSwaggerGenerator(), config)
    builder = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), build_stage)
    resources = builder.construct_resources(config, stage)
    template = _Generator(config, factory.create_package_options()).generate(resources)
    [made] = (folder / ".chalice" / "deployments").glob("*.zip")
    return Made(template, made)


def _copy(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name in SHIPPED:
        source, target = PROJECT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, target)


class _Generator(SAMTemplateGenerator):
    """Supports ``on_s3_event``, which Chalice's generator refuses, because our template contains the bucket."""

    def _generate_s3bucketnotification(
        self, resource: S3BucketNotification, template: dict[str, Any]
    ) -> None:
        function = template["Resources"][to_cfn_resource_name(resource.lambda_function.resource_name)]
        event: dict[str, Any] = {"Bucket": ref(BUCKET), "Events": resource.events}
        if resource.prefix:
            event["Filter"] = {"S3Key": {"Rules": [{"Name": "prefix", "Value": resource.prefix}]}}
        function["Properties"]["Events"] = {"ObjectCreated": {"Type": "S3", "Properties": event}}
