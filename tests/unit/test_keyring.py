"""The key file and what it closes."""

import base64
import json
import os

import pytest

from saas_business_management.adapters.keyring import Keyring
from saas_business_management.kernel.errors import Broken, Refused
from saas_business_management.kernel.secret import Secret

LABEL = "saas.cluster,prov_password,3"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keyring.json"


def code_of(kind, work, *arguments):
    with pytest.raises(kind) as told:
        work(*arguments)
    return told.value.code


def test_what_was_closed_opens_under_its_label(path):
    stored = Keyring.create(path).encrypt(Secret("gräßlich"), LABEL)
    assert stored.startswith("v1:k1:")
    assert Keyring.load(path).decrypt(stored, LABEL) == Secret("gräßlich")


def test_closing_twice_gives_two_texts(path):
    ring = Keyring.create(path)
    assert ring.encrypt(Secret("x"), LABEL) != ring.encrypt(Secret("x"), LABEL)


def test_an_empty_secret_is_a_secret(path):
    ring = Keyring.create(path)
    assert ring.decrypt(ring.encrypt(Secret(""), LABEL), LABEL) == Secret("")


def test_a_secret_moved_to_another_place_does_not_open(path):
    ring = Keyring.create(path)
    stored = ring.encrypt(Secret("x"), LABEL)
    assert code_of(Broken, ring.decrypt, stored, "saas.cluster,prov_password,4") == "secret_damaged"


def test_every_changed_bit_is_noticed(path):
    ring = Keyring.create(path)
    stored = ring.encrypt(Secret("a secret"), LABEL)
    raw = bytearray(base64.b64decode(stored.split(":")[2]))
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        text = "v1:k1:" + base64.b64encode(changed).decode()
        assert code_of(Broken, ring.decrypt, text, LABEL) == "secret_damaged"


@pytest.mark.parametrize(
    "stored", ["", "x", "v1:k1", "v1:k1:", "v1:k1:!!!", "v2:k1:AAAA", "v1:../k:AAAA", "v1:k1:AAAA"]
)
def test_what_is_no_closed_secret_is_damaged(path, stored):
    assert code_of(Broken, Keyring.create(path).decrypt, stored, LABEL) == "secret_damaged"


def test_an_unknown_key_is_named(path, tmp_path):
    stored = Keyring.create(path).encrypt(Secret("x"), LABEL).replace("v1:k1:", "v1:k7:")
    with pytest.raises(Broken) as told:
        Keyring.load(path).decrypt(stored, LABEL)
    assert (told.value.code, told.value.facts) == ("secret_key_unknown", {"key": "k7"})


def test_another_file_with_the_same_key_id_does_not_open(path, tmp_path):
    stored = Keyring.create(path).encrypt(Secret("x"), LABEL)
    other = Keyring.create(tmp_path / "other.json")
    assert code_of(Broken, other.decrypt, stored, LABEL) == "secret_damaged"


def test_the_file_is_for_its_owner_alone_and_never_overwritten(path):
    Keyring.create(path)
    content = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert code_of(Refused, Keyring.create, path) == "keyring_exists"
    assert path.read_bytes() == content


def test_a_file_that_others_may_read_is_refused(path):
    Keyring.create(path)
    os.chmod(path, 0o640)
    assert code_of(Refused, Keyring.load, path) == "keyring_open_to_others"


def test_a_missing_file_or_folder_is_told(path, tmp_path):
    assert code_of(Refused, Keyring.load, path) == "keyring_missing"
    assert (
        code_of(Refused, Keyring.create, tmp_path / "nowhere" / "keyring.json") == "keyring_folder"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"current": "k9"},
        {"keys": {}},
        {"keys": {"k1": "short"}},
        {"keys": {"../k": base64.b64encode(b"x" * 32).decode()}, "current": "../k"},
        {"keys": {"k1": base64.b64encode(b"x" * 16).decode()}},
        {"keys": []},
    ],
)
def test_a_damaged_file_is_told(path, change):
    Keyring.create(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert code_of(Broken, Keyring.load, path) == "keyring_damaged"


def test_a_file_that_is_no_json_is_damaged(path):
    Keyring.create(path)
    for content in (b"\xff\x00", b"[" * 100_000):
        path.write_bytes(content)
        assert code_of(Broken, Keyring.load, path) == "keyring_damaged"


def test_after_a_rotation_old_secrets_open_and_new_ones_use_the_new_key(path):
    old = Keyring.create(path)
    stored = old.encrypt(Secret("x"), LABEL)
    ring = old.rotated()
    assert (old.current, ring.current, Keyring.load(path).current) == ("k1", "k2", "k2")
    assert not ring.is_current(stored)
    moved = ring.reencrypt(stored, LABEL)
    assert moved.startswith("v1:k2:")
    assert ring.decrypt(moved, LABEL) == ring.decrypt(stored, LABEL) == Secret("x")
    assert ring.reencrypt(moved, LABEL) == moved
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_taken_out_opens_nothing_any_more(path):
    old = Keyring.create(path)
    stored = old.encrypt(Secret("x"), LABEL)
    ring = old.rotated().without_old_keys()
    assert code_of(Broken, ring.decrypt, stored, LABEL) == "secret_key_unknown"
    assert ring.rotated().current == "k3"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_nothing_of_the_keys_is_printed(path):
    ring = Keyring.create(path)
    key = json.loads(path.read_text())["keys"]["k1"]
    assert key not in repr(ring) and key not in str(ring)
