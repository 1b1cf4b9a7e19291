"""Alembic's entry point: runs on the connection that `warehouse.engine.migrate` passes."""

from alembic import context

from warehouse.tables import MANAGEMENT, RESTRICTED, metadata


def include_name(name: str | None, type_: str, parent_names: object) -> bool:
    return type_ != "schema" or name in (None, MANAGEMENT, RESTRICTED)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_schemas=True,
    include_name=include_name,
    compare_type=True,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
