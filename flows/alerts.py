"""Alerts: Prefect's own automations, read from deploy/automations.yaml, and the channels that they notify."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.blocks.core import Block
from prefect.blocks.notifications import AppriseNotificationBlock, CustomWebhookNotificationBlock
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import AutomationCore
from pydantic import BaseModel, ValidationError

from flows.errors import OperationError
from flows.settings import Settings

AUTOMATIONS = Path(__file__).parents[1] / "deploy" / "automations.yaml"
TAG = "hailong"


class AlertsError(OperationError):
    """deploy/automations.yaml is not what Prefect understands."""


class MailNotification(AppriseNotificationBlock):
    """E-mail by SMTP: `mailto://host:port?from=...&to=...`, `mailtos://user:password@host?...` with TLS.

    The server sends the mail, so it must find this class: the entry point in group `prefect.collections` names it.
    """

    _block_type_name = "E-mail by SMTP"
    _block_type_slug = "hailong-mail"


def save_channels(settings: Settings) -> list[UUID]:
    """Create or update the notification blocks that the settings name; returns their ids."""
    blocks: dict[str, Block] = {}
    if settings.alert_mail_url is not None:
        blocks["hailong-alert-mail"] = MailNotification(url=settings.alert_mail_url)
    if settings.alert_webhook_url is not None:
        blocks["hailong-alert-webhook"] = CustomWebhookNotificationBlock.model_validate(
            {
                "name": TAG,
                "url": "{{ url }}",
                "json_data": {"subject": "{{ subject }}", "text": "{{ body }}"},
                "secrets": {"url": settings.alert_webhook_url.get_secret_value()},
            }
        )
    return asyncio.run(_save(blocks))


def read_automations(channels: list[UUID], path: Path = AUTOMATIONS) -> list[AutomationCore]:
    """The file's automations, each notification sent to every channel; those that are left with no action are dropped.

    Raises:
        AlertsError: an entry is none of Prefect's automations, or has keys that Prefect would ignore.
    """
    automations = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        actions = [sent for action in entry["actions"] for sent in _address(action, channels)]
        try:
            automation = AutomationCore.model_validate({**entry, "actions": actions, "tags": [TAG]})
        except ValidationError as error:
            problems = "; ".join(".".join(map(str, item["loc"])) + ": " + item["msg"] for item in error.errors())
            raise AlertsError(f"{path.name}: automation {entry.get('name')!r}: {problems}") from None
        unknown = _unknown_keys(automation, entry) | _unknown_keys(automation.trigger, entry["trigger"])
        if unknown:
            raise AlertsError(f"{path.name}: automation {entry['name']!r}: unknown keys {', '.join(sorted(unknown))}")
        automations += [automation] if actions else []
    return automations


def apply_automations(automations: list[AutomationCore]) -> None:
    """Make the server's automations that are ours equal to these; others are left alone."""
    asyncio.run(_apply(automations))


async def _save(blocks: dict[str, Block]) -> list[UUID]:
    return [await block.asave(name, overwrite=True) for name, block in blocks.items()]


async def _apply(automations: list[AutomationCore]) -> None:
    async with get_client() as client:
        existing = {found.name: found.id for found in await client.read_automations() if TAG in found.tags}
        for automation in automations:
            if automation.name in existing:
                await client.update_automation(existing.pop(automation.name), automation)
            else:
                await client.create_automation(automation)
        for stale in existing.values():
            await client.delete_automation(stale)


def _unknown_keys(model: BaseModel, given: dict[str, Any]) -> set[str]:
    return set(given) - set(type(model).model_fields)


def _address(action: dict[str, Any], channels: list[UUID]) -> list[dict[str, Any]]:
    if action["type"] != "send-notification":
        return [action]
    return [{**action, "block_document_id": channel} for channel in channels]
