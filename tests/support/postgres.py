"""A PostgreSQL server of the tests' own: started on loopback in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator


def find_binaries() -> Path | None:
    """Return the folder with `initdb` and `pg_ctl`, None where no PostgreSQL server is installed."""
    found = shutil.which("pg_ctl")
    if found and shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Server:
    """One server. `durable` keeps fsync on, as a real one has it; most tests do not need it."""

    def __init__(self, *, durable: bool = False) -> None:
        """Create and start it. It refuses to run as root, so root runs it as the user that its package made."""
        binaries = find_binaries()
        assert binaries is not None
        self._bin = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="connectors-pg-"))
        self._user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        if self._user:
            shutil.chown(self._folder, "postgres", "postgres")
        self._data = self._folder / "data"
        self._fsync = "on" if durable else "off"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "connectors", "-E", "UTF8", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
            **self._user,
        )
        assert done.returncode == 0, f"{program} failed: {done.stdout}{done.stderr}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = (
            f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c max_connections=200 "
            f"-c fsync={self._fsync} -c full_page_writes={self._fsync} -c shared_buffers=128MB"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", log, "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: "immediate" is as hard as a power cut, "fast" cuts connections in good order."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.stop()
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """Return the address of a database for `gateway.store`."""
        return f"postgresql://connectors@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """Create a database and return its address; copied by files, which is four times as quick as by the log."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            quick = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" {quick}')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """Give a server for the block."""
    server = Server(durable=durable)
    try:
        yield server
    finally:
        server.close()
