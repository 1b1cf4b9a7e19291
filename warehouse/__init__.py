"""SQLAlchemy tables (the contract), migrations, loading, views, grants and exports."""
