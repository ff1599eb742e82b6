"""The project's virtual environment.

Owns: `.dev/venv` and when it is made anew. Does not own: what Odoo itself needs to be unpacked.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from . import paths
from .say import Failed, fail, step
from .shell import run

LISTS = (
    paths.REQUIREMENTS / "odoo.txt",
    paths.ROOT / "requirements.txt",
    paths.REQUIREMENTS / "tools.txt",
)
OLDEST, NEWEST = (3, 10), (3, 13)


def check_python() -> None:
    """Refuse a Python that Odoo 19 does not run on."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        here = ".".join(map(str, sys.version_info[:2]))
        fail(
            f"Python {here} runs this command, but Odoo 19 needs Python 3.10 to 3.13: "
            "call it with another one, for example 'make PYTHON=python3.12 run'."
        )


def lists_hash() -> str:
    """A hash of the requirement lists and of the Python that reads them."""
    digest = hashlib.sha256(sys.version.encode())
    for path in LISTS:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ensure_venv() -> Path:
    """The environment's Python, with every listed package; made anew only when a list changed."""
    check_python()
    mark = paths.VENV / "requirements.hash"
    wanted = lists_hash()
    if mark.exists() and mark.read_text().strip() == wanted and paths.PYTHON.exists():
        return paths.PYTHON
    if not paths.PYTHON.exists() or not _same_python():
        _create()
    arguments = [word for path in LISTS for word in ("-r", path)]
    with step("Python packages into .dev/venv"):
        run(
            [paths.PYTHON, "-m", "pip", "install", "--quiet", *arguments],
            "Installing Python packages (the network is needed once)",
        )
    mark.write_text(wanted + "\n")
    return paths.PYTHON


def pip_install_into(folder: Path, requirement: str) -> None:
    """Unpack one package, without its dependencies, into a folder of its own."""
    run(
        [
            paths.PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            folder,
            requirement,
        ],
        f"Fetching {requirement}",
    )


def _create() -> None:
    shutil.rmtree(paths.VENV, ignore_errors=True)
    paths.VENV.parent.mkdir(parents=True, exist_ok=True)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        fail(f"Python's venv module is missing: 'apt-get install python{version}-venv'.")
    with step("virtual environment .dev/venv"):
        run([sys.executable, "-m", "venv", paths.VENV], "Making the virtual environment")


def _same_python() -> bool:
    """Whether the environment's Python has our version; a moved or upgraded one has not."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        found = run([paths.PYTHON, "-c", code], "Asking the environment's Python").split()
    except Failed:  # a broken environment is simply made anew
        return False
    return tuple(map(int, found)) == tuple(sys.version_info[:2])
