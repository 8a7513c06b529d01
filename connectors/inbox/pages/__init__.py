"""The pages for agents: server-rendered, working without scripts, live and quick with them."""

from connectors.inbox.pages.app import build

__all__ = ["build"]
