"""Data keys of tenants, wrapped by a key outside the database."""

import base64
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.adapters.backup_keys import BackupKeys
from saas_business_management.adapters.keyring import Keyring
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.errors import Broken, Refused

TENANT, OTHER = "5f0e3a52-7c41-4f7e-9f2a-0a5c9b2f6d11", "another-tenant"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "backup-keys.json"


def code_of(kind, work, *arguments):
    with pytest.raises(kind) as told:
        work(*arguments)
    return told.value.code


def test_a_data_key_opens_for_its_tenant_after_the_file_was_read_again(path):
    key, wrapped = BackupKeys.create(path).make(TENANT)
    assert len(key.secret) == 32 and len(key.id) == 16
    assert BackupKeys.load(path).unwrap(wrapped, key.id, TENANT) == key


def test_every_tenant_and_every_making_has_a_key_of_its_own(path):
    keys = BackupKeys.create(path)
    made = [keys.make(TENANT) for _count in range(50)]
    assert len({key.id for key, _wrapped in made}) == 50
    assert len({key.secret for key, _wrapped in made}) == 50


def test_a_wrapped_key_opens_under_no_other_id_or_tenant(path):
    keys = BackupKeys.create(path)
    key, wrapped = keys.make(TENANT)
    assert code_of(Broken, keys.unwrap, wrapped, key.id, OTHER) == "backup_key_damaged"
    assert code_of(Broken, keys.unwrap, wrapped, "0" * 16, TENANT) == "backup_key_damaged"


def test_every_changed_bit_is_noticed(path):
    keys = BackupKeys.create(path)
    key, wrapped = keys.make(TENANT)
    raw = base64.b64decode(wrapped.split(":")[2])
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        text = "v1:k1:" + base64.b64encode(changed).decode()
        assert code_of(Broken, keys.unwrap, text, key.id, TENANT) == "backup_key_damaged"


@given(st.text(max_size=60))
def test_what_is_no_wrapped_key_never_opens(text):
    keys = BackupKeys(Keyring(None, "k1", {"k1": b"x" * 32}))
    assert code_of(Broken, keys.unwrap, text, "a", TENANT) in (
        "backup_key_damaged",
        "backup_kek_unknown",
    )


def test_nothing_secret_is_shown_or_pickled(path):
    keys = BackupKeys.create(path)
    key, _wrapped = keys.make(TENANT)
    kek = json.loads(path.read_text())["keys"]["k1"]
    told = f"{keys!r} {keys} {key!r} {key} {keys.fingerprint()}"
    for secret in (kek, base64.b64decode(kek).hex(), key.secret.hex(), str(key.secret)):
        assert secret not in told
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_a_fingerprint_tells_key_files_apart_and_stays(path, tmp_path):
    keys, other = BackupKeys.create(path), BackupKeys.create(tmp_path / "other.json")
    assert keys.fingerprint() == BackupKeys.load(path).fingerprint() == keys.fingerprint("k1")
    assert keys.fingerprint() != other.fingerprint()
    assert len(keys.fingerprint()) == 39 and keys.fingerprint().count(" ") == 7


def test_rotating_the_kek_wraps_anew_and_changes_no_data_key(path):
    keys = BackupKeys.create(path)
    key, wrapped = keys.make(TENANT)
    fresh = keys.rotated()
    assert (fresh.current, fresh.ids) == ("k2", ("k1", "k2"))
    assert fresh.fingerprint() != keys.fingerprint() == fresh.fingerprint("k1")
    assert not fresh.is_current(wrapped)
    again = fresh.rewrap(wrapped, key.id, TENANT)
    assert fresh.is_current(again) and fresh.rewrap(again, key.id, TENANT) == again
    alone = fresh.without_old_keks()
    assert alone.unwrap(again, key.id, TENANT) == key
    assert code_of(Broken, alone.unwrap, wrapped, key.id, TENANT) == "backup_kek_unknown"


def test_a_wrapped_key_is_not_carried_to_another_tenant_by_rewrapping(path):
    keys = BackupKeys.create(path)
    key, wrapped = keys.make(TENANT)
    fresh = keys.rotated()
    assert code_of(Broken, fresh.rewrap, wrapped, key.id, OTHER) == "backup_key_damaged"


def test_the_control_databases_key_follows_from_the_file_alone(path):
    keys = BackupKeys.create(path)
    first = keys.control_key()
    assert first == BackupKeys.load(path).control_key("control-k1")
    fresh = keys.rotated()
    assert fresh.control_key().id == "control-k2"
    assert fresh.control_key().secret != first.secret
    assert fresh.control_key("control-k1") == first
    alone = fresh.without_old_keks()
    assert code_of(Broken, alone.control_key, "control-k1") == "backup_kek_unknown"
    assert code_of(Refused, alone.control_key, "k1") == "backup_key_form"


def test_a_key_shared_with_the_keyring_is_noticed(path, tmp_path):
    keys = BackupKeys.create(path)
    ring = Keyring.create(tmp_path / "keyring.json")
    assert not keys.shares_with(ring)
    assert keys.shares_with(Keyring.load(path))
    assert keys.rotated().shares_with(Keyring.load(path))


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        (lambda path: path.unlink(), Refused, "backup_kek_missing"),
        (lambda path: path.chmod(0o640), Refused, "backup_kek_open_to_others"),
        (lambda path: path.write_text("{}"), Broken, "backup_kek_damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_words_of_backups(path, change, kind, code):
    BackupKeys.create(path)
    change(path)
    assert code_of(kind, BackupKeys.load, path) == code


def test_a_file_is_never_overwritten_and_its_folder_has_to_be_there(path, tmp_path):
    BackupKeys.create(path)
    content = path.read_bytes()
    assert code_of(Refused, BackupKeys.create, path) == "backup_kek_exists"
    assert path.read_bytes() == content
    assert code_of(Refused, BackupKeys.create, tmp_path / "no" / "file") == "backup_kek_folder"
    path.unlink()
    path.parent.chmod(0o700)


@pytest.mark.parametrize(
    ("key_id", "secret"),
    [("", b"x" * 32), ("a/b", b"x" * 32), ("a", b"x" * 31), ("a" * 65, b"x" * 32)],
)
def test_what_has_not_the_form_of_a_data_key_is_refused(key_id, secret):
    assert code_of(Refused, DataKey, key_id, secret) == "backup_key_form"
