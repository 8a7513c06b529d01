"""The pages: all customers, one phone, its chat, and the stream of what happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from connectors.meta.sandbox.feed import News
from connectors.meta.sandbox.page import beside, bubbles, faults, words
from connectors.meta.sandbox.page.bubble import Bubble
from connectors.meta.sandbox.store import customers, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.whatsapp import blocking

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏", "😀", "😉", "😍", "🤔", "👏", "🎉", "🔥", "✅", "👋", "🌱"]
REACTIONS = EMOJI[:6]
SILENCE = 15
"""Seconds after which a stream says that it is alive."""


class Pages:
    """The pages of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Read the templates."""
        self._sandbox = sandbox
        self._jinja = Environment(
            loader=PackageLoader("connectors.meta.sandbox.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, language: str, **values: Any) -> str:
        """Return a template in a language."""
        own = {
            "t": self._words(language),
            "f": faults.words(language),
            "language": language,
            "direction": words.LANGUAGES[language],
            "emoji": EMOJI,
            "reactions": REACTIONS,
        }
        return self._jinja.get_template(name).render(**own, **values)

    def _words(self, language: str) -> dict[str, str]:
        return {**words.WORDS[language], "business": self._sandbox.settings.verified_name}

    def page(self, language: str, customer_id: str = "") -> str | None:
        """Return the page of a phone, or of all customers; None when there is no such customer."""
        people = self._people(language)
        person = next((one for one in people if one["id"] == customer_id), None)
        if customer_id and person is None:
            return None
        chat = self.chat(customer_id) if person else []
        return self.render(
            "page.html",
            language,
            people=people,
            person=person,
            bubbles=self._bubbles(chat, language),
            health=self._health(),
            beside=self._beside(customer_id, language) if person else {},
        )

    def _beside(self, customer_id: str, language: str) -> dict[str, Any]:
        """Return what can be tapped beside the chat of a customer."""
        with self._sandbox.store.read() as db:
            customer = customers.get(db, customer_id)
            if customer is None:
                return {}
            fresh = not messages.chat(db, customer_id, 1)
            return beside.shown(self._sandbox, db, customer, language, fresh=fresh)

    def faults(self, language: str, name: str = "faults.html") -> str:
        """Return the page of the fault menu, or what changes in it."""
        return self.render(name, language, **faults.shown(self._sandbox, language))

    def chat(self, customer_id: str) -> list[messages.Entry]:
        """Return the last messages of a chat."""
        with self._sandbox.store.read() as db:
            return messages.chat(db, customer_id)

    def chat_html(self, language: str, customer_id: str) -> str:
        """Return the bubbles of a chat, for a page that lost its stream for a while."""
        return self.render("chat.html", language, bubbles=self._bubbles(self.chat(customer_id), language))

    def told(self, news: News, language: str, customer_id: str) -> dict[str, Any] | None:
        """Return what a page does about news; None when it does nothing."""
        if news.kind == "faults":
            return {"kind": "faults"}
        if news.kind == "callback":
            return {"kind": "health", "html": self.render("health.html", language, health=self._health())}
        if news.kind == "customer":
            return self._person_told(news.customer, language, customer_id)
        if news.customer != customer_id:
            return None
        if news.kind == "typing":
            return {"kind": "typing", "seconds": news.data["seconds"]}
        return self._message_told(news.message, language)

    def _message_told(self, message_id: str, language: str) -> dict[str, Any] | None:
        with self._sandbox.store.read() as db:
            entry = messages.get(db, message_id)
            quoted = messages.get(db, entry.context) if entry and entry.context else None
        if entry is None or not bubbles.shown(entry):
            return None
        made = bubbles.bubble(entry, self._words(language), quoted)
        html = self.render("chat.html", language, bubbles=[made])
        return {"kind": "message", "seq": entry.seq, "mine": entry.incoming, "html": html}

    def _person_told(self, who: str, language: str, customer_id: str) -> dict[str, Any] | None:
        person = next((one for one in self._people(language) if one["id"] == who), None)
        if person is None:
            return None
        told = {
            "kind": "person",
            "id": who,
            "channel": person["channel"],
            "html": self.render("person.html", language, one=person, current=customer_id),
        }
        if who == customer_id:
            told["controls"] = self.render("controls.html", language, person=person)
            told["outside"] = self.render("outside.html", language, person=person)
            told["beside"] = self.render("beside.html", language, beside=self._beside(who, language))
            told["online"] = person["online"]
        return told

    def _people(self, language: str) -> list[dict[str, Any]]:
        with self._sandbox.store.read() as db:
            every, last, unread = customers.every(db), messages.last(db), messages.unread(db)
            blocked, now = blocking.blocked(db), datetime.now().astimezone().timestamp()
            return [
                {
                    **self._person(one, last.get(one.id), unread.get(one.id, 0), language),
                    **beside.state(self._sandbox, db, one, now),
                    "blocked": one.id in blocked or bool(one.traits.get("blocked")),
                    "outside": beside.outside(db, one),
                }
                for one in every
            ]

    def _person(self, one: Customer, last: messages.Entry | None, unread: int, language: str) -> dict[str, Any]:
        closes = self._sandbox.phones[one.channel].closes_at(one)
        now = datetime.now().astimezone()
        is_open = closes is not None and now.timestamp() < closes
        until = datetime.fromtimestamp(closes).astimezone() if closes is not None and is_open else None
        visible = last is not None and (last.incoming or last.status in bubbles.ON_PHONE)
        return {
            "id": one.id,
            "channel": one.channel,
            "traits": one.traits,
            "name": one.name,
            "initial": one.name[:1].upper(),
            "hue": sum(one.id.encode()) % 6,
            "address": f"+{one.wa_id}" if one.wa_id else f"@{one.username}" if one.username else "",
            "group": one.is_group,
            "wa_id": one.wa_id,
            "user_id": one.user_id,
            "online": one.online,
            "receipts": one.receipts,
            "until": f"{until:%H:%M}" if until else "",
            "until_iso": until.isoformat(timespec="seconds") if until else "",
            "last": bubbles.summary(last, words.WORDS[language]) if last and visible else "",
            "time": f"{datetime.fromtimestamp(last.at).astimezone():%H:%M}" if last and visible else "",
            "unread": unread if one.online else 0,
        }

    def _bubbles(self, chat: list[messages.Entry], language: str) -> list[Bubble]:
        known = {entry.id: entry for entry in chat}
        text = self._words(language)
        return [bubbles.bubble(one, text, known.get(one.context)) for one in chat if bubbles.shown(one)]

    def _health(self) -> dict[str, Any]:
        health, callback = self._sandbox.delivery.health(), self._sandbox.subscriptions.callback()
        state = "bad" if health.problem else "good" if callback else "none"
        return {"state": state, "waiting": health.waiting if health.problem else 0, "problem": health.problem}

    async def stream(self, language: str, customer_id: str) -> AsyncIterator[str]:
        """Yield server-sent events until the page or the sandbox goes."""
        yield "retry: 500\n\n"
        feed = self._sandbox.feed.listen()
        coming = asyncio.ensure_future(anext(feed))
        try:
            while True:
                done, _ = await asyncio.wait((coming,), timeout=SILENCE)
                if not done:
                    yield ": alive\n\n"
                    continue
                told = await run_in_threadpool(self.told, coming.result(), language, customer_id)
                coming = asyncio.ensure_future(anext(feed))
                if told is not None:
                    yield f"data: {json.dumps(told)}\n\n"
        except StopAsyncIteration:
            return
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            await feed.aclose()


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang") or request.cookies.get("lang", "")
    return words.choose(wanted, request.headers.get("accept-language", ""))


def routes(sandbox: Sandbox) -> list[Route | Mount]:
    """Return the routes of the pages."""
    pages = Pages(sandbox)

    async def show(request: Request) -> Response:
        language = _language(request)
        html = await run_in_threadpool(pages.page, language, request.path_params.get("id", ""))
        if html is None:
            return HTMLResponse(pages.render("lost.html", language), 404)
        response = HTMLResponse(html)
        response.set_cookie("lang", language, samesite="strict", httponly=True)
        return response

    async def chat(request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(pages.chat_html, _language(request), request.path_params["id"]))

    async def menu(request: Request) -> Response:
        language = _language(request)
        response = HTMLResponse(await run_in_threadpool(pages.faults, language))
        response.set_cookie("lang", language, samesite="strict", httponly=True)
        return response

    async def menu_state(request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(pages.faults, _language(request), "fault_state.html"))

    async def events(request: Request) -> Response:
        stream = pages.stream(_language(request), request.path_params.get("id", ""))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    static = StaticFiles(packages=[("connectors.meta.sandbox.page", "static")])
    return [
        Route("/", show, methods=["GET"]),
        Route("/events", events, methods=["GET"]),
        Route("/faults", menu, methods=["GET"]),
        Route("/faults/state", menu_state, methods=["GET"]),
        Route("/phones/{id}", show, methods=["GET"]),
        Route("/phones/{id}/chat", chat, methods=["GET"]),
        Route("/phones/{id}/events", events, methods=["GET"]),
        Mount("/static", static),
    ]
