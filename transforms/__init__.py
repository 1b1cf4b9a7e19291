"""Pure Polars: frames in, frames out; no I/O, clock, randomness, Prefect or Great Expectations."""
