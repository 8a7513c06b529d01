"""Files by HTTP: what a phone sends, and what is kept, as far as a page may show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from connectors.meta.sandbox import downloads
from connectors.meta.sandbox.answering import entry_json, problem
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.phones import Phone, phone_of
from connectors.meta.sandbox.store import catalogue
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import media

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

INLINE = frozenset(
    (*media.TYPES["image"], "image/gif", "image/webp", *media.TYPES["audio"], *media.TYPES["video"], "audio/wav")
)
"""The types that a browser may show in the page; anything else is a download, as HTML and SVG can run programs."""


def _file(sandbox: Sandbox, file_id: str) -> Response:
    with sandbox.store.read() as db:
        file = catalogue.file(db, file_id)
    if file is None:
        return JSONResponse({"error": "there is no such file"}, 404)
    inline = downloads.plain(file.mime) in INLINE
    return FileResponse(
        sandbox.files.path(file.id),
        media_type=file.mime if inline else "application/octet-stream",
        filename=file.name or None,
        content_disposition_type="inline" if inline else "attachment",
        headers={"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private, max-age=3600"},
    )


def _kept(sandbox: Sandbox, phone: Phone, upload: UploadFile, kind: str) -> tuple[str, File]:
    """Keep what came, and return it with its kind."""
    mime, name, source = upload.content_type or "", (upload.filename or "").replace("\\", "/"), upload.file
    chunks = iter(lambda: source.read(64 * 1024), b"")
    file = media.keep(sandbox, chunks, mime=mime, name=name.rpartition("/")[2], most=phone.largest)
    return kind or phone.kind_of(mime), file


async def _attach(sandbox: Sandbox, request: Request) -> Response:
    """Multipart: `file`, several times where the channel has it, and `kind`, `caption`, `voice`, `context`."""
    customer_id = request.path_params["id"]
    phone = await run_in_threadpool(phone_of, sandbox, customer_id)
    async with request.form(max_files=10, max_fields=10) as form:
        uploads = [one for one in form.getlist("file") if isinstance(one, UploadFile)]
        if not uploads:
            raise GraphError(131008, "file is required.")
        told = {name: str(value) for name, value in form.items() if name != "file"}
        kind = told.pop("kind", "")
        if kind not in ("", *phone.kinds):
            raise GraphError(131009, f"kind is one of {', '.join(phone.kinds)}.")

        def keep_and_send() -> Entry:
            files = [_kept(sandbox, phone, upload, kind) for upload in uploads]
            return phone.attach(sandbox, customer_id, files, told)

        return JSONResponse(entry_json(await run_in_threadpool(keep_and_send)), 201)


def routes(sandbox: Sandbox) -> list[Route]:
    """Return where files are sent, and where they are."""

    async def attach(request: Request) -> Response:
        try:
            return await _attach(sandbox, request)
        except GraphError as error:
            return problem(error)

    async def file(request: Request) -> Response:
        return await run_in_threadpool(_file, sandbox, request.path_params["id"])

    return [
        Route("/sandbox/customers/{id}/files", attach, methods=["POST"]),
        Route("/sandbox/files/{id}", file, methods=["GET"]),
    ]
