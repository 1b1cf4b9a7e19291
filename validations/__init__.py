"""Great Expectations on Polars: the engine, the suites and the quarantine split."""
