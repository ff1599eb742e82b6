"""The cluster's own Odoo as a subprocess: golden databases phase by phase, modules on disk.

Owns: the child's configuration, what its lines and its end mean. Does not own: the work inside
(`golden/`), reading manifests (`odoo_code.py`), processes (`odoo_child.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..kernel.errors import Broken, Unavailable
from ..kernel.secret import Secret
from .odoo_child import Child, clean_environment
from .odoo_code import OdooCode
from .ports import ModuleInfo
from .postgres.connect import SHORT
from .postgres.tenant_login import TenantLogins

OWN_ADDONS_PATH = str(Path(__file__).resolve().parents[2])
FOLDER_PREFIX = "saas-odoo-"
STALE_SECONDS = 600
LINE_LENGTH = 2000
# A line for each computed field tells nobody anything.
QUIET = "odoo.models:WARNING"
OWN_MODULES = ("base", "web")
ANSWERS = {"ready", "report", "error"}
# time, process, level, database, logger: message
LOGGED = re.compile(r"^\S+ \S+ \d+ ([A-Z]+) \S+ (\S+: (.*))$")
ERRORS = ("ERROR", "CRITICAL")
RAISED = re.compile(r"^[\w.]*(?:Error|Exception|Exit|Interrupt)\b")
PATH = re.compile(r"(?:file://)?/\S*?/([\w.-]+/[\w.-]+/[\w.-]+|[\w.-]+)(?=[\s:,;'\"]|$)")
STOPPED_BY_OTHERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


class OdooProcess:
    """`OdooPort` on the Odoo that `command` starts, with the provisioner's rights on a cluster.

    `command` is a list of words; filestores lie in `data_dir/filestore`.
    """

    def __init__(
        self,
        command: list[str],
        addons_path: list[str],
        data_dir: str,
        host: str,
        port: int,
        user: str = "saas_prov",
        *,
        password: Secret,
        timeout_seconds: float = 3600,
        logins: TenantLogins | None = None,
    ) -> None:
        self._command = list(command)
        self._addons_path = [str(path) for path in addons_path]
        self._server = {
            "db_host": host,
            "db_port": str(port),
            "db_user": user,
            "db_password": password.reveal() if password else "",
        }
        self._data_dir = data_dir
        self._logins = logins
        self._timeout_seconds = timeout_seconds
        self._code: OdooCode | None = None

    def modules(self) -> list[ModuleInfo]:
        """Read the manifests on its addons path."""
        return self._on_disk().modules()

    def fingerprint(self, modules: Iterable[str]) -> str:
        """Return a hash over the code of these modules, of what they depend on and of Odoo itself.

        Raises: Refused("module_unknown", modules=[…]).
        """
        return self._on_disk().fingerprint(modules)

    def neutral_statements(self, modules: Iterable[str]) -> list[str]:
        """Return what these modules ship to make a copy harmless.

        Raises: Refused("module_unknown", modules=[…]).
        """
        return self._on_disk().neutral_statements(modules)

    def run_phase(
        self,
        phase: str,
        database: str,
        spec: Mapping[str, object],
        on_line: Callable[[str], None],
        login: int | None = None,
    ) -> dict[str, object]:
        """Run one golden phase to its end and return its report; with a `login`, the generation of
        its password, as the role of the tenant that the database belongs to.

        Raises: Broken("odoo_phase_failed", phase, line, module), `module` empty unless one is to
        blame; Unavailable("odoo_phase_timeout"); Unavailable("odoo_phase_interrupted") when the
        database server went away or somebody ended the child.
        """
        command = [*self._command, "saas", "golden", phase, "--database", database]
        server = self._server if login is None else self._as_tenant(database, login)
        heard = _Heard(phase, partial(_mask, server["db_password"]), on_line)
        with self._configuration(server) as file:
            environment = clean_environment(ODOO_RC=str(file))
            with Child(command, environment, json.dumps(dict(spec))) as child:
                for stream, line in self._lines(child, phase):
                    if heard.line(stream, line):
                        # Read: the password need not lie about any longer.
                        file.unlink(missing_ok=True)
                return heard.result(child.status())

    def _lines(self, child: Child, phase: str) -> Iterator[tuple[str, str]]:
        seconds = self._timeout_seconds
        try:
            yield from child.lines(seconds)
        except TimeoutError:
            raise Unavailable("odoo_phase_timeout", phase=phase, seconds=seconds) from None

    def _on_disk(self) -> OdooCode:
        """Return the code on disk; Odoo is asked when the path leaves its own folders out."""
        if self._code is None:
            roots = self._addons_path
            if not all(any(Path(root, name).is_dir() for root in roots) for name in OWN_MODULES):
                roots = self.run_phase("where", "", {}, lambda line: None)["addons"]
            self._code = OdooCode(map(Path, roots))
        return self._code

    def _as_tenant(self, database: str, generation: int) -> dict[str, str]:
        """Return how the child logs in as a tenant's role; a tenant's own code never runs with the
        provisioner's rights."""
        if self._logins is None:
            raise Broken("login_refused", role=database)
        server = self._logins.server_of(database, generation, SHORT)
        login = {"db_user": server.user, "db_password": server.password.reveal()}
        return {**self._server, **login}

    @contextlib.contextmanager
    def _configuration(self, server: Mapping[str, str]) -> Iterator[Path]:
        """Give a configuration file that only we can read, and take it away afterwards."""
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        try:
            file = folder / "odoo.conf"
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write("\n".join(["[options]", *self._options(server), ""]))
            yield file
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _options(self, server: Mapping[str, str]) -> list[str]:
        paths = [*self._addons_path, *({OWN_ADDONS_PATH} - set(self._addons_path))]
        options = {
            **server,
            "db_maxconn": "8",
            "addons_path": ",".join(paths),
            "data_dir": self._data_dir,
            "http_enable": "False",
            "list_db": "False",
            "max_cron_threads": "0",
            "without_demo": "True",
            "log_level": "info",
            "log_handler": QUIET,
        }
        return [f"{name} = {value}" for name, value in options.items()]


class _Heard:
    """What a child has said so far, and what it means once it has ended."""

    def __init__(
        self, phase: str, mask: Callable[[str], str], on_line: Callable[[str], None]
    ) -> None:
        self._phase = phase
        self._mask = mask
        self._on_line = on_line
        self._answer: dict[str, Any] = {}
        self._worst = ""
        self._last = ""

    def line(self, stream: str, line: str) -> bool:
        """Keep an answer, tell everything else; true when the child has read its configuration."""
        answer = _answer(line) if stream == "stdout" else None
        if answer is not None:
            self._answer = answer
            return "ready" in answer
        self._log(self._mask(line)[:LINE_LENGTH])
        return False

    def _log(self, line: str) -> None:
        """Tell a line without its time, process and database: whoever keeps it knows them."""
        logged = LOGGED.match(line)
        if logged:
            level, line, message = logged.groups()
            self._worst = message if level in ERRORS else self._worst
            line = line if level == "INFO" else f"{level} {line}"
        elif RAISED.match(line):
            self._worst = line
        if line:
            self._last = line
            self._on_line(line)

    def result(self, status: int) -> dict[str, Any]:
        """Return the report of a phase that went well.

        Raises: Unavailable("odoo_phase_interrupted"), Broken("odoo_phase_failed").
        """
        if status == 0 and "report" in self._answer:
            return self._answer["report"]
        error = self._answer.get("error") or {}
        line = error.get("line") or self._worst or (self._last if status > 0 else "")
        line = PATH.sub(r"\1", self._mask(line or _silent_end(status)))
        if error.get("again") or -status in STOPPED_BY_OTHERS:
            raise Unavailable("odoo_phase_interrupted", phase=self._phase, line=line)
        module = error.get("module", "")
        raise Broken("odoo_phase_failed", phase=self._phase, line=line, module=module)


def _mask(password: str, text: str) -> str:
    return text.replace(password, "********") if password else text


def _answer(line: str) -> dict[str, Any] | None:
    """Return an answer of a phase, None for any other text."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.keys() & ANSWERS else None


def _silent_end(status: int) -> str:
    if status < 0:
        return f"Odoo was ended by {signal.Signals(-status).name}"
    return "Odoo ended without a report" if status == 0 else f"Odoo ended with status {status}"


def _sweep() -> None:
    """Remove configurations whose owner was killed; a phase has read its own within seconds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
