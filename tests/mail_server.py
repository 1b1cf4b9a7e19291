"""A real SMTP server for the tests of alerts."""

from __future__ import annotations

import email.header
import email.message
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.prefect_server import free_port


class Inbox(Message):
    """Mails that a real SMTP server took, with readable subject and body."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[tuple[str, str]] = []

    def handle_message(self, message: email.message.Message) -> None:
        subject = str(email.header.make_header(email.header.decode_header(message["Subject"])))
        body = "".join(
            part.get_payload(decode=True).decode() for part in message.walk() if part.get_content_type() == "text/plain"
        )
        self.mails.append((subject, body))

    def wait_for(self, pattern: str, seconds: float = 40) -> tuple[str, str]:
        return wait_until(
            lambda: next((mail for mail in self.mails if re.search(pattern, mail[0])), None), seconds, pattern
        )


@contextmanager
def serve_mail() -> Iterator[tuple[Inbox, str]]:
    """What came in, and the value of HAILONG_ALERT_MAIL_URL."""
    handler, port = Inbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"mailto://127.0.0.1:{port}?from=hailong@kbnn.test&to=operator@kbnn.test&smtp=127.0.0.1"
    controller.stop()


def wait_until(find: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `find` found, asked four times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(0.25)
    return pytest.fail(f"nothing came within {seconds:g} s: {what}")
