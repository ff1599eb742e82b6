"""The files a provider starts from: sound, shaped for production, and without a secret in them."""

import configparser
import re
from pathlib import Path

import pytest

from dev import paths
from dev.compose_check import problems

CONTROL, NODE = paths.ROOT / "odoo.conf", paths.ROOT / "odoo.node.conf"
SECRETS = ("db_password", "admin_passwd", "smtp_password")


def options(path: Path) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path)
    return dict(parser["options"])


def test_the_compose_file_follows_the_specification_and_names_files_that_exist() -> None:
    assert problems() == []


@pytest.mark.parametrize(("planted", "word"), [("healthcheck:", "health"), ("image:", "image")])
def test_a_compose_file_with_a_fault_is_found(tmp_path: Path, planted: str, word: str) -> None:
    text = (paths.ROOT / "docker-compose.yml").read_text()
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text.replace(planted, f"x{word}nonsense:", 1))
    assert problems(broken)


@pytest.mark.parametrize("path", [CONTROL, NODE], ids=lambda path: path.name)
def test_a_configuration_holds_no_secret_and_no_database_manager(path: Path) -> None:
    found = options(path)
    assert not [name for name in SECRETS if found.get(name)]
    assert found["list_db"] == "False"
    assert not re.search(r"/(root|home)/", path.read_text())


def test_the_control_plane_names_its_key_file_and_is_no_node() -> None:
    found = options(CONTROL)
    assert found["saas_keyring_file"] != found["saas_backup_key_file"]
    assert "saas_node" not in found


def test_a_node_names_its_secret_file_and_loads_the_gateway() -> None:
    found = options(NODE)
    assert found["saas_node"] and found["saas_secret_file"]
    assert "saas_business_management" in found["server_wide_modules"].split(",")
    assert found["db_user"] == "saas_node"
