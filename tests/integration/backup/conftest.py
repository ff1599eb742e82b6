"""A tenant to back up, and a real S3 service."""

import pytest

from tests.helpers import s3

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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    with s3.running(tmp_path_factory.mktemp("s3")) as server:
        yield server
