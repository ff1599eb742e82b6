"""The arrows hold, and a planted wrong import is found."""

import pytest

from .arrows import ARROWS, complaints
from .scan import ADDON, Source, python, sources


def test_nobody_imports_against_the_arrows() -> None:
    assert [told for source in python() for told in complaints(source)] == []


def test_every_folder_with_code_has_its_arrows() -> None:
    folders = {source.layer for source in python()}
    assert folders <= set(ARROWS)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kernel/lifecycle/x.py", "from odoo import models"),
        ("kernel/lifecycle/x.py", "from ..provisioning import naming"),
        ("kernel/lifecycle/x.py", "from ..provisioning.naming import is_ours"),
        ("kernel/lifecycle/x.py", "from ...adapters import ports"),
        ("kernel/lifecycle/x.py", "import os"),
        ("kernel/lifecycle/x.py", "import socket"),
        ("kernel/lifecycle/x.py", "def f():\n    import subprocess"),
        ("kernel/lifecycle/x.py", "import time"),
        ("kernel/lifecycle/x.py", "import datetime\nx = datetime.datetime.now()"),
        ("kernel/lifecycle/x.py", "from datetime import date\nx = date.today()"),
        ("kernel/lifecycle/x.py", "text = open('x').read()"),
        ("kernel/lifecycle/x.py", "import requests"),
        ("kernel/lifecycle/x.py", "from saas_business_management.kernel.errors import Refused"),
        ("kernel/errors.py", "from .lifecycle import states"),
        ("adapters/x.py", "from odoo import tools"),
        ("adapters/x.py", "from ..jobs import base"),
        ("adapters/postgres/x.py", "from ...models import saas_job"),
        ("jobs/x.py", "import psycopg2"),
        ("jobs/x.py", "import subprocess"),
        ("jobs/x.py", "from odoo import api"),
        ("jobs/x.py", "from ..models.saas_tenant import SaasTenant"),
        ("jobs/x.py", "from ..messages import text"),
        ("gateway/x.py", "from odoo import http"),
        ("gateway/x.py", "from ..kernel.lifecycle import states"),
        ("gateway/x.py", "from ..adapters.ports import Clock"),
        ("gateway/x.py", "from ..jobs import base"),
        ("models/saas_tenant.py", "from ..jobs.base import Runner"),
        ("models/saas_tenant.py", "from ..adapters.postgres import admin"),
        ("models/saas_tenant.py", "import subprocess"),
        ("models/saas_tenant.py", "import requests"),
        ("controllers/x.py", "from ..kernel.lifecycle import states"),
        ("controllers/x.py", "from ..models.saas_tenant import SaasTenant"),
        ("wizards/x.py", "from ..jobs import base"),
        ("cli/commands/x.py", "from ...adapters.postgres import admin"),
        ("golden/x.py", "from ..kernel.errors import Broken"),
    ],
)
def test_a_wrong_import_is_found(path: str, text: str) -> None:
    assert list(complaints(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kernel/lifecycle/x.py", "from ..errors import Refused\nfrom . import states"),
        ("kernel/lifecycle/x.py", "from datetime import datetime\nimport hashlib, hmac, json, re"),
        ("adapters/postgres/x.py", "import psycopg2\nfrom ...kernel.provisioning import naming"),
        ("jobs/x.py", "from ..adapters import ports\nfrom ..kernel.work import retry"),
        ("gateway/install_http.py", "from odoo import http\nfrom ..kernel.gateway import decide"),
        ("models/saas_job_run.py", "from ..jobs.base import Runner"),
        ("models/saas_tenant.py", "from ..kernel.lifecycle import machine\nfrom .. import const"),
        ("controllers/x.py", "from odoo import http\nfrom ..kernel.errors import Refused"),
    ],
)
def test_a_right_import_is_let_through(path: str, text: str) -> None:
    assert list(complaints(Source(path, text))) == []


def test_the_scan_sees_the_whole_addon() -> None:
    read = {source.path for source in sources()}
    there = {path.relative_to(ADDON).as_posix() for path in ADDON.rglob("*.py")}
    assert read == there and len(read) > 50
    assert {source.path for source in python()} == {
        path for path in read if not path.startswith("tests/")
    }
