"""A tenant to back up."""

import pytest

from .stage import Tenant


@pytest.fixture
def tenant(pg, tmp_path):
    made = Tenant(pg, tmp_path / "filestore")
    yield made
    made.forget()


@pytest.fixture
def newest_tenant(newest_pg, tmp_path):
    made = Tenant(newest_pg, tmp_path / "filestore")
    yield made
    made.forget()
