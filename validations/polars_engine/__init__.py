"""Great Expectations on Polars: an execution engine, a data source, and two expectations of our own.

    context = open_context()
    asset = context.data_sources.add_polars("source").add_frame_asset("rows")
    asset.add_reference("units", units)
    batch = asset.add_batch_definition_whole_dataframe("all")
    ...  # suites, validation definitions and checkpoints as with any other data source
    validation.run(batch_parameters={"dataframe": frame})

- `rows`: row-level expectations as expressions, shared by the engine and by `validations.row_failures`;
- `statistics`: aggregates of a column, facts of a table;
- `engine`: the execution engine, which resolves a suite in one pass, and its registration;
- `expectations`: ExpectColumnValuesToExistInReference, ExpectTableColumnTypesToMatch, and type expectations that know
  Polars types;
- `datasource`: `context.data_sources.add_polars`.

What is supported, and where it differs from the pandas engine: docs/validation-engine.md.
"""

from validations.polars_engine.datasource import PolarsDatasource, PolarsFrameAsset, open_context
from validations.polars_engine.engine import PolarsExecutionEngine, is_supported
from validations.polars_engine.expectations import ExpectColumnValuesToExistInReference, ExpectTableColumnTypesToMatch
from validations.polars_engine.rows import NotSupportedError, RowCheck, RowPlanner, UnknownReferenceError

__all__ = [
    "ExpectColumnValuesToExistInReference",
    "ExpectTableColumnTypesToMatch",
    "NotSupportedError",
    "PolarsDatasource",
    "PolarsExecutionEngine",
    "PolarsFrameAsset",
    "RowCheck",
    "RowPlanner",
    "UnknownReferenceError",
    "is_supported",
    "open_context",
]
