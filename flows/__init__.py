"""Prefect: thin flows and tasks that call the other rooms, settings, artifacts and the command line."""
