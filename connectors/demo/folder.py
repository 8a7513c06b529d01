"""The folder of a demo: its settings, and the secrets of this start."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import attrs

from connectors.meta.sandbox.settings import SandboxSettings, random_secret

SETTINGS = """\
# Written anew at each start of `connectors demo`; the secrets are in the environment of its processes alone.

[gateway]
host = "127.0.0.1"
port = {port}
store = "sqlite:///gateway.db"
media = "media"
secret = {{ env = "DEMO_SECRET" }}
public_url = "{gateway}"

[apps.meta]
type = "meta"
app_id = "{app_id}"
app_secret = {{ env = "SANDBOX_APP_SECRET" }}
verify_token = {{ env = "SANDBOX_VERIFY_TOKEN" }}
graph_url = "{graph_url}"

[endpoints.whatsapp]
type = "whatsapp"
app = "meta"
{answering}phone_number_id = "{phone_number_id}"
business_account_id = "{business_account_id}"
access_token = {{ env = "SANDBOX_ACCESS_TOKEN" }}
graph_url = "{graph_url}"

[endpoints.messenger]
type = "messenger"
app = "meta"
{answering}page_id = "{page_id}"
app_id = "{app_id}"
access_token = {{ env = "SANDBOX_PAGE_TOKEN" }}
human_agent = true
graph_url = "{graph_url}"

[endpoints.instagram]
type = "instagram"
app = "meta"
{answering}account_id = "{instagram_account_id}"
page_id = "{page_id}"
app_id = "{app_id}"
access_token = {{ env = "SANDBOX_PAGE_TOKEN" }}
human_agent = true
graph_url = "{graph_url}"

[endpoints.inbox]
type = "inbox"
database = "sqlite:///inbox.db"
login = false

[[routes]]
between = ["whatsapp", "inbox"]

[[routes]]
between = ["messenger", "inbox"]

[[routes]]
between = ["instagram", "inbox"]
"""

ANSWERING = """\
responders = ["assistant", "inbox"]
idle_after = "30m"
"""

ASSISTANT = """\

[endpoints.assistant]
type = "responder"
database = "sqlite:///assistant.db"
collect = ["name", "email"]
answer_within = "5m"
survey = "csat"

[[endpoints.assistant.questions]]
id = "hours"
title = { en = "Opening hours", ar = "ساعات العمل" }
keywords = { en = ["open", "hours", "close"], ar = ["ساعات", "مفتوح"] }
answer = { en = "We are here from nine to six.", ar = "من التاسعة إلى السادسة." }

[[endpoints.assistant.questions]]
id = "delivery"
title = { en = "Delivery", ar = "التوصيل" }
keywords = { en = ["deliver", "delivery", "shipping"], ar = ["توصيل", "شحن"] }
answer = { en = "We deliver within three days.", ar = "نوصل الطلبات خلال ثلاثة أيام." }

[[endpoints.assistant.questions]]
id = "account"
title = { en = "My account", ar = "حسابي" }
keywords = { en = ["account", "log in", "login"], ar = ["حساب", "دخول"] }
answer = { en = "Connect your account, and we see your orders here.", ar = "اربط حسابك لنرى طلباتك هنا." }
login = true

[[endpoints.assistant.questions]]
id = "complaint"
title = { en = "Complaint", ar = "شكوى" }
keywords = { en = ["complaint", "broken", "damaged"], ar = ["شكوى", "مكسور"] }
human = true

[[routes]]
between = ["whatsapp", "assistant"]

[[routes]]
between = ["messenger", "assistant"]

[[routes]]
between = ["instagram", "assistant"]
"""

SECRETS = (
    "DEMO_SECRET",
    "SANDBOX_APP_SECRET",
    "SANDBOX_VERIFY_TOKEN",
    "SANDBOX_ACCESS_TOKEN",
    "SANDBOX_PAGE_TOKEN",
    "SANDBOX_INSTAGRAM_TOKEN",
)


@attrs.frozen
class Demo:
    """One start of a demo in its folder."""

    folder: Path
    gateway_port: int
    phones_port: int

    @classmethod
    def prepare(cls, folder: Path, port: int, *, assistant: bool = True) -> Demo:
        """Make the folder, find two free ports from `port` on, and write the settings.

        `assistant`: whether a bot stands in front of the inbox.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        gateway = free_port(port)
        demo = cls(folder, gateway, free_port(gateway + 1))
        known = SandboxSettings(folder=folder)
        text = SETTINGS.format(
            port=demo.gateway_port,
            gateway=demo.gateway,
            answering=ANSWERING if assistant else "",
            graph_url=demo.phones,
            app_id=known.app_id,
            phone_number_id=known.phone_number_id,
            business_account_id=known.business_account_id,
            page_id=known.page_id,
            instagram_account_id=known.instagram_account_id,
        )
        if assistant:
            text += ASSISTANT
        demo.settings.write_text(text, encoding="utf-8")
        return demo

    @property
    def settings(self) -> Path:
        """The settings file of the gateway."""
        return self.folder / "connectors.toml"

    @property
    def gateway(self) -> str:
        """The address of the gateway."""
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def inbox(self) -> str:
        """The address of the agents' pages."""
        return f"{self.gateway}/inbox/"

    @property
    def phones(self) -> str:
        """The address of the customers' phones."""
        return f"http://127.0.0.1:{self.phones_port}"

    @property
    def callback(self) -> str:
        """Where the sandbox sends webhooks."""
        return f"{self.gateway}/hooks/meta"


def secrets() -> dict[str, str]:
    """Return an environment with secrets that last for this start."""
    return {**os.environ, **{name: random_secret().reveal() for name in SECRETS}}


def free_port(first: int) -> int:
    """Return the first port from `first` on where nobody listens on this machine."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port from {first} to {first + 99} is free")
