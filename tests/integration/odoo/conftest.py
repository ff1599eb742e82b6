"""The parts of golden builds, made once for all tests here."""

import shutil
import tempfile
from pathlib import Path

import pytest

from .parts import Parts


@pytest.fixture(scope="session")
def parts():
    """A private cluster, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="saas-golden-"))
    parts = Parts(folder)
    yield parts
    parts.cluster.destroy()
    shutil.rmtree(folder, ignore_errors=True)
