"""What the tests of killed processes and of runners share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.compare_runners import Bench
from tests.integration.interrupted_round import copy_small_kbnn


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A small round of the treasury, its source, and a Prefect server of its own."""
    root = tmp_path_factory.mktemp("bench")
    with Bench.open(root, str(copy_small_kbnn(root)), submissions=600, partitions=4) as opened:
        yield opened
