"""Values that do not show themselves, and secrets that are derived."""

import copy
import hashlib
import hmac
import json
import logging
import pickle
import traceback
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.secret import (
    Secret,
    derive,
    derive_password,
    scram_verifier,
)

CANARY = "planted-canary-7f3a"
CLUSTER = Secret("the cluster secret")
names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567_", min_size=1, max_size=40)


def test_a_secret_shows_its_value_in_no_way_of_printing() -> None:
    secret = Secret(CANARY)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>60}",
        "%s %r" % (secret, secret),  # noqa: UP031
        "{}".format(secret),  # noqa: UP032
        str([secret]),
        str({"password": secret}),
        str(vars(type(secret))),
        str(ValueError(secret)),
    ]
    assert all(CANARY not in text for text in shown)
    assert secret.reveal() == CANARY


def test_a_secret_shows_in_no_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with caplog.at_level(logging.DEBUG):
        try:
            raise RuntimeError("login failed", secret)
        except RuntimeError:
            logging.getLogger("test").exception("while using %s", secret)
            told = traceback.format_exc()
    assert CANARY not in caplog.text and CANARY not in told
    assert "********" in told


def test_a_secret_is_neither_pickled_nor_written_as_json() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(CANARY))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(CANARY))
    with pytest.raises(TypeError):
        json.dumps({"password": Secret(CANARY)})


def test_secrets_are_equal_by_value_and_to_nothing_else() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("ä")}) == 2
    assert Secret("a") and not Secret("")


@given(names, names, st.integers(1, 1000))
def test_a_derived_secret_is_stable_long_and_does_not_repeat_its_source(
    purpose: str, name: str, generation: int
) -> None:
    secret = derive(CLUSTER, purpose, name, generation)
    assert secret == derive(CLUSTER, purpose, name, generation)
    assert len(secret.reveal()) == 43 and secret.reveal().isascii()
    assert secret != derive(CLUSTER, purpose, name, generation + 1)
    assert secret != derive(CLUSTER, purpose + "x", name, generation)
    assert secret != derive(CLUSTER, purpose, name + "x", generation)
    assert secret != derive(Secret("another"), purpose, name, generation)


def test_purposes_and_names_do_not_run_into_each_other() -> None:
    assert derive(CLUSTER, "a", "bc", 1) != derive(CLUSTER, "ab", "c", 1)
    assert derive_password(CLUSTER, "t_x", 1) == derive(CLUSTER, "role", "t_x", 1)


def test_the_verifier_is_what_a_server_needs_to_check_the_password() -> None:
    password, salt = Secret("pencil"), bytes(range(16))
    kind, parameters, keys = scram_verifier(password, salt).split("$")
    assert kind == "SCRAM-SHA-256" and parameters.split(":")[0] == "4096"
    assert b64decode(parameters.split(":")[1]) == salt
    stored, server = (b64decode(key) for key in keys.split(":"))
    # RFC 5802: the client proves itself by a key whose hash is the stored one.
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", salt, 4096)
    client = hmac.digest(salted, b"Client Key", "sha256")
    assert hashlib.sha256(client).digest() == stored
    assert hmac.digest(salted, b"Server Key", "sha256") == server


def test_the_verifier_is_the_one_of_the_published_exchange() -> None:
    # RFC 7677 section 3: user "user", password "pencil".
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = scram_verifier(Secret("pencil"), salt)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_a_verifier_does_not_hold_the_password() -> None:
    assert CANARY not in scram_verifier(Secret(CANARY), bytes(16))
