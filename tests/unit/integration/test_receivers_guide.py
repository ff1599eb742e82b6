"""What the guide for receivers says is what is sent: its examples check our signatures."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from saas_business_management.kernel.integration.kinds import KINDS
from saas_business_management.kernel.integration.signature import sign
from saas_business_management.kernel.secret import Secret

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "saas_business_management/docs/webhooks.md").read_text()
BODY = '{"id":"evt_1","name":"Grün & Söhne"}'.encode()


def example(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return found


def headers(body: bytes = BODY, age: int = 0) -> dict[str, str]:
    """Return a header that is right for `right`, and one that was signed with another secret."""
    at = int(time.time()) - age
    return {
        "right": sign(body, at, [Secret("new"), Secret("right")]).header,
        "wrong": sign(body, at, [Secret("new"), Secret("other")]).header,
    }


def test_the_python_example() -> None:
    found: dict = {}
    exec(example("python"), found)  # noqa: S102 - it is our own guide
    is_ours = found["is_ours"]
    assert is_ours(headers()["right"], BODY, "right")
    assert not is_ours(headers()["wrong"], BODY, "right")
    assert not is_ours(headers()["right"], BODY + b" ", "right")
    assert not is_ours(headers(age=301)["right"], BODY, "right")
    for bad in ("", "t=", "t=x,v1=y", "v1=ü,t=1", "t=1"):
        assert not is_ours(bad, BODY, "right")


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")
def test_the_shell_example(tmp_path) -> None:
    (tmp_path / "body.json").write_bytes(BODY)

    def said(header: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-c", example("sh")],
            cwd=tmp_path,
            env={"header": header, "secret": "right", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
            text=True,
        )
        return done.stdout.strip()

    assert said(headers()["right"]) == "ours"
    assert said(headers()["wrong"]) == ""
    assert said(headers(age=301)["right"]) == ""


def test_every_kind_stands_in_the_guide() -> None:
    rows = [line.split("|")[1] for line in GUIDE.splitlines() if line.startswith("| `")]
    told = set()
    for row in rows:
        subject = ""
        for code in re.findall(r"`([a-z_.]+)`", row):
            subject = code.split(".")[0] or subject
            told.add(code if code.split(".")[0] else subject + code)
    assert told == set(KINDS)
