"""A Neo4j server of a test's own, which may be broken: started by tests/servers/neo4j/start.sh, ended by its process id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from neo4j import GraphDatabase

_START = Path(__file__).parents[1] / "servers" / "neo4j" / "start.sh"
# The first compiler tier: these servers live for seconds, and start in half the time.
_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1"
_HANG_S = 60


class Neo4jServer:
    def __init__(self, folder: Path, jars: Path, *, has_sign_in: bool = False) -> None:
        self.port = free_port()
        self.url = f"bolt://127.0.0.1:{self.port}"
        self.user, self.password = ("neo4j", "a password") if has_sign_in else ("", "")
        self.settings = ""
        self._folder = folder
        self._jars = jars
        self._has_sign_in = has_sign_in
        self._pid: int | None = None
        self._is_new = True

    @property
    def is_running(self) -> bool:
        return self._pid is not None

    def start(self, settings: str = "") -> None:
        """Starts the server on the data it had before; `settings` are lines of neo4j.conf."""
        environment = {
            "NEO4J_JARS": str(self._jars),
            "NEO4J_AUTH_ENABLED": str(self._has_sign_in).lower(),
            "NEO4J_SETTINGS": settings,
            "NEO4J_JAVA_OPTIONS": _JAVA_OPTIONS,
        }
        subprocess.run(
            ["bash", _START, self._folder, str(self.port)],
            env=os.environ | environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self._pid = int((self._folder / "pid").read_text())
        self.settings = settings
        if self._has_sign_in and self._is_new:
            self._change_password()
        self._is_new = False

    def _change_password(self) -> None:
        with (
            GraphDatabase.driver(self.url, auth=(self.user, "neo4j")) as driver,
            driver.session(database="system") as session,
        ):
            session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=self.password).consume()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """No thread of it moves any more: where the machine is busy, some still answer after the signal was sent."""
        self._signal(signal.SIGSTOP)
        end = time.monotonic() + _HANG_S
        while any(_state(task / "stat") not in "TZX" for task in Path(f"/proc/{self._pid}/task").iterdir()):
            if time.monotonic() > end:
                raise TimeoutError(f"the server of process {self._pid} does not stop")
            time.sleep(0.02)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        self._signal(number)
        end = time.monotonic() + _HANG_S
        # Its port and its lock on the store go with its last thread; a new server would stumble over them.
        while _is_alive(self._pid) or self._answers():
            if time.monotonic() > end:
                raise TimeoutError(f"the server of process {self._pid} does not end")
            time.sleep(0.02)
        self._pid = None

    def _answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def _signal(self, number: signal.Signals) -> None:
        assert self._pid is not None
        os.kill(self._pid, number)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _is_alive(pid: int | None) -> bool:
    # A process that nobody waits for stays in the table as a zombie.
    return _state(Path(f"/proc/{pid}/stat")) not in "ZX"


def _state(stat: Path) -> str:
    """The letter of a process or thread, X where it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return stat.read_text().rpartition(")")[2].split()[0]
    return "X"
