"""Settings of an installation: environment variables `HAILONG_*`, an env file, or the command line, in rising order."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Runner = Literal["threads", "processes", "dask"]
OBJECT_STORES = ("s3", "gs", "az", "abfs")
"""Schemes that fsspec and Polars both read."""


class Settings(BaseSettings):
    """Where things are and how much may be used; each field is `HAILONG_<NAME>` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="HAILONG_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    storage: Path = Field(default=Path("var"), description="Root of identified/ and anonymised/ storage")
    anonymised: str | None = Field(
        default=None,
        description="Anonymised files: a folder, or s3://bucket/hailong in an object store; default: <storage>/anonymised",
    )
    warehouse_url: SecretStr | None = Field(
        default=None, description="Warehouse, as a SQLAlchemy URL; default: SQLite at <storage>/warehouse.db"
    )
    source_url: SecretStr | None = Field(
        default=None, description="Overrides the source's URL or folder in the survey's sources.yaml"
    )
    secret_file: Path | None = Field(
        default=None, description="Key file of pseudonyms; default: <storage>/identified/keys/<survey>.json"
    )
    exports_url: str | None = Field(
        default=None,
        description="Private object store that exports of published releases, management ones included, are copied to: "
        "s3://bucket/hailong",
    )
    runner: Runner = Field(default="threads", description="Where partitions are computed: threads, processes or dask")
    dask_address: str | None = Field(default=None, description="Scheduler of an existing Dask cluster")
    partitions: int = Field(default=8, ge=1, description="Partitions that stages are mapped over")
    lookup_officers: tuple[str, ...] = Field(
        default=(), description='Who may ask which official a pseudonym stands for, as a JSON list: ["Nguyễn Văn A"]'
    )
    lock_timeout_seconds: float = Field(default=600, ge=0, description="How long a second run of a round waits")
    alert_mail_url: SecretStr | None = Field(
        default=None, description="E-mail alerts: mailto://host:25?from=a@b.vn&to=c@d.vn, mailtos://user:pass@host?..."
    )
    alert_webhook_url: SecretStr | None = Field(
        default=None, description="Web hook alerts: address that gets a JSON POST with subject and text"
    )

    @field_validator("anonymised")
    @classmethod
    def _is_known_store(cls, anonymised: str | None) -> str | None:
        scheme, separator, _ = (anonymised or "").partition("://")
        if separator and scheme not in OBJECT_STORES:
            raise ValueError(f"no such object store; write a folder or {', '.join(f'{s}://' for s in OBJECT_STORES)}")
        return anonymised

    @classmethod
    def overridden(cls, **given: Any) -> Settings:
        """The installation's settings, but for those that are given and not None.

        Another `storage` has its own `anonymised/` below it: what is tried there never gets into the installation's.
        """
        changed = {name: value for name, value in given.items() if value is not None}
        if "storage" in changed:
            changed.setdefault("anonymised", str(Path(changed["storage"]) / "anonymised"))
        return cls.model_validate(changed)

    @property
    def warehouse(self) -> str:
        if self.warehouse_url is not None:
            return self.warehouse_url.get_secret_value()
        return f"sqlite:///{self.storage / 'warehouse.db'}"

    @property
    def source(self) -> str | None:
        return self.source_url.get_secret_value() if self.source_url else None
