"""One real S3 service for the suites of this folder."""

import pytest

from tests.helpers import s3


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    with s3.running(tmp_path_factory.mktemp("s3")) as server:
        yield server
