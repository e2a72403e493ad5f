"""Chalice's part of the package: the template of app.py and the zip of its code and wheels."""

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
"""All that Chalice looks at."""


@dataclass(frozen=True, slots=True)
class Made:
    template: dict[str, Any]
    zip: Path


def make(stage: str, folder: Path) -> Made:
    """Let Chalice package a copy of the project in ``folder``, which is made anew.

    A copy, so that nothing else goes in (bytecode of another Python, what an editor left) and nothing is taken
    from an earlier time: Chalice keeps its zips, and finds them by their content alone. The process itself is
    changed by it: app.py is imported, as Chalice does, under the environment of a deployed function.
    """
    _copy(folder)
    for name in [name for name in os.environ if name.startswith("LYCEUM_")]:
        del os.environ[name]
    os.environ |= {
        "LYCEUM_PROFILE": "aws",
        "LYCEUM_STAGE": stage,
        # Chalice asks for a region, if only to name AWS's services.
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "PIP_CONSTRAINT": str(PROJECT / "locks" / "package.txt"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    sys.dont_write_bytecode = True
    factory = CLIFactory(str(folder))
    # Its own roles it makes by guessing from app.py: ours are put in their place.
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
    """Chalice's own refuses ``on_s3_event``, since it knows nothing of buckets: ours is in the same template."""

    def _generate_s3bucketnotification(
        self, resource: S3BucketNotification, template: dict[str, Any]
    ) -> None:
        function = template["Resources"][to_cfn_resource_name(resource.lambda_function.resource_name)]
        event: dict[str, Any] = {"Bucket": ref(BUCKET), "Events": resource.events}
        if resource.prefix:
            event["Filter"] = {"S3Key": {"Rules": [{"Name": "prefix", "Value": resource.prefix}]}}
        function["Properties"]["Events"] = {"ObjectCreated": {"Type": "S3", "Properties": event}}
