"""The account in which the adapters are verified. With ``LYCEUM_LIVE=1`` it is the real one that the settings name.

Everything that a run makes there (tables, a bucket, namespaces, jobs) has this run's name and is removed at the end.
"""

from __future__ import annotations

import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapters.aws.clients import client_factory, session
from adapters.system import SystemClock
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from chalicelib.settings import Settings, read_settings


class WaitingClock(SystemClock):
    """A clock for contracts that move the time: instead, it waits until the time has passed."""

    def advance(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class Account:
    name: str
    """The name of everything that this run makes."""
    settings: Settings
    adapters: Any
    """``AwsAdapters``, made from the environment as in production, except the bucket."""
    clock: Any
    wait: Callable[[float], None] = time.sleep
    """Let this many seconds pass."""
    browser: Any = None
    """A client that replaces the browser if another service replaces S3."""
    sounds: Any = None
    """Recordings to use in place of those in ``demo/speech``."""

    def needs(self, **settings: object) -> None:
        """Skip the test unless these variables are set."""
        missing = [name for name, value in settings.items() if not value]
        if missing:
            pytest.skip(f"{', '.join(missing)} is not set")

    def client(self, service: str) -> Any:
        """A client for the resources that only a deployment makes."""
        return client_factory(service, read_seconds=20)()


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> Account:
    if os.environ.get("LYCEUM_LIVE") != "1":
        pytest.skip("no LIVE=1 (LYCEUM_LIVE): no account is touched")
    if session().get_credentials() is None:
        pytest.skip("there are no AWS credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE …)")
    if session().get_config_variable("region") is None:
        pytest.skip("there is no AWS region (AWS_DEFAULT_REGION)")
    name = f"lyceum-verify-{uuid.uuid4().hex[:10]}"
    settings = read_settings({**os.environ, "LYCEUM_PROFILE": "aws"})
    settings = replace(settings, bucket=name, aws=replace(settings.aws, stage=name[-10:]))
    adapters: Any = AwsAdapters(settings)
    adapters.clock = clock = WaitingClock()
    account = Account(name, settings, adapters, clock)
    for name in ("tests.live.rehearsal", "tests.live.second_opinion"):
        player: Any = request.config.pluginmanager.get_plugin(name)
        if player is not None:
            player.prepare(account)
    return account


@pytest.fixture
def clock(account: Account) -> Any:
    return account.clock


@pytest.fixture(scope="module")
def bucket(account: Account) -> Iterator[str]:
    """An empty bucket. It is removed at the end with its content."""
    s3, region = account.client("s3"), session().get_config_variable("region")
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=account.name, **({} if region == "us-east-1" else elsewhere))
    s3.get_waiter("bucket_exists").wait(Bucket=account.name)
    yield account.name
    for key in list(account.adapters.objects.keys("")):
        account.adapters.objects.delete(key)
    s3.delete_bucket(Bucket=account.name)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print for each class the reasons why tests were skipped."""
    reasons = Counter(
        (report.nodeid.split("::")[1], str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in terminalreporter.stats.get("skipped", ())
    )
    for (name, reason), count in reasons.items():
        terminalreporter.write_line(f"{name}: {count} skipped: {reason}")
