"""The data source: frames of this process, handed over when a validation runs."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast

import great_expectations as gx
import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.core.batch import LegacyBatchDefinition
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.batch_identifier_util import make_batch_identifier
from great_expectations.datasource.fluent.batch_request import BatchRequest
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource
from great_expectations.exceptions.exceptions import BuildBatchRequestError

from validations.polars_engine.engine import PolarsExecutionEngine
from validations.polars_engine.rows import RowPlanner


def open_context() -> EphemeralDataContext:
    """A context that keeps everything in memory and draws no progress bars."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


class PolarsFrameAsset(DataAsset[Any, Any]):
    """A frame given at run time: `batch_parameters={"dataframe": frame}`, a DataFrame or LazyFrame."""

    type: Literal["frame"] = "frame"
    _references: dict[str, pl.LazyFrame] = pydantic.PrivateAttr(default_factory=dict)

    class Config:
        extra = pydantic.Extra.forbid

    def add_reference(self, name: str, frame: pl.DataFrame | pl.LazyFrame) -> None:
        """Let ExpectColumnValuesToExistInReference name a frame. It stays in this process, and is never stored."""
        self._references[name] = frame.lazy()

    def add_batch_definition_whole_dataframe(self, name: str) -> BatchDefinition[Any]:
        return self.add_batch_definition(name=name, partitioner=None)

    def test_connection(self) -> None:
        """A frame needs no connection."""

    def get_batch_parameters_keys(self, partitioner: Any = None) -> tuple[str, ...]:
        return ("dataframe",)

    def get_batch_identifiers_list(self, batch_request: BatchRequest[Any]) -> list[dict[str, Any]]:
        return [make_batch_identifier(batch_request.options)]

    def build_batch_request(
        self, options: Any = None, batch_slice: Any = None, partitioner: Any = None
    ) -> BatchRequest[Any]:
        """Raises BuildBatchRequestError unless options are {"dataframe": frame}."""
        if batch_slice is not None or partitioner is not None:
            raise BuildBatchRequestError(message="a Polars frame cannot be sliced or partitioned")
        frame = (options or {}).get("dataframe")
        if set(options or {}) != {"dataframe"} or not isinstance(frame, (pl.DataFrame, pl.LazyFrame)):
            raise BuildBatchRequestError(message="options must have exactly one key, 'dataframe', with a Polars frame")
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options=options)

    def _validate_batch_request(self, batch_request: BatchRequest[Any]) -> None:
        self.build_batch_request(batch_request.options)

    def get_batch(self, batch_request: BatchRequest[Any]) -> Batch:
        self._validate_batch_request(batch_request)
        planner = RowPlanner(batch_request.options["dataframe"].lazy(), self._references)
        batch_spec = RuntimeDataBatchSpec(batch_data=planner)
        data, markers = self.datasource.get_execution_engine().get_batch_data_and_markers(batch_spec=batch_spec)
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            metadata=self._get_batch_metadata_from_batch_request(batch_request, ignore_options=("dataframe",)),
            batch_markers=markers,
            batch_spec=batch_spec,
            batch_definition=LegacyBatchDefinition(
                datasource_name=self.datasource.name,
                data_connector_name="fluent",
                data_asset_name=self.name,
                batch_identifiers=make_batch_identifier(batch_request.options),
            ),
        )


class PolarsDatasource(Datasource[Any, PolarsExecutionEngine]):
    """`context.data_sources.add_polars(name)`."""

    asset_types: ClassVar[list[Any]] = [PolarsFrameAsset]

    type: Literal["polars"] = "polars"
    assets: list[PolarsFrameAsset] = []  # noqa: RUF012 - a field of pydantic, which copies it

    @property
    def execution_engine_type(self) -> Any:
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:
        """Frames need no connection."""

    def add_frame_asset(self, name: str) -> PolarsFrameAsset:
        return cast(PolarsFrameAsset, self._add_asset(PolarsFrameAsset(name=name)))
