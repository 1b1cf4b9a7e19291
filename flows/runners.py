"""Where partitions are computed: threads of this process, other processes, or a Dask cluster; results are the same."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.settings import Settings

WORKERS = 4


def make_runner(settings: Settings) -> TaskRunner[Any]:
    """The task runner that `HAILONG_RUNNER` names; Dask starts a cluster of its own where no address is given."""
    match settings.runner:
        case "threads":
            return ThreadPoolTaskRunner(max_workers=WORKERS)
        case "processes":
            return ProcessPoolTaskRunner(max_workers=WORKERS)
        case "dask":
            from prefect_dask.task_runners import DaskTaskRunner

            return DaskTaskRunner(address=settings.dask_address)
