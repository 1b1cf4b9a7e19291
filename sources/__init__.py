"""Extraction adapters: SQL databases and dropped files in, immutable landing Parquet out."""
