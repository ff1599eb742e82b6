"""The encrypted stream: what is written comes back, and whatever was changed is named."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.adapters.streams.encrypt import open_stream, seal_stream
from saas_business_management.kernel.backup.envelope import (
    CHUNK_BYTES_MAX,
    Context,
    Header,
    counted,
    cut_chunks,
    parse_header,
    split_header,
)
from saas_business_management.kernel.backup.key import DataKey
from saas_business_management.kernel.errors import Broken, Refused, SaasError

from .parts import BACKUP, CONTEXT, FOREIGN_KEY, KEY, KEYS, OTHER, TENANT, code_of, failing

CHUNK = 64
FRAME = CHUNK + 16
HEADER = Header(KEY.id, bytes(32), bytes(7), CONTEXT, CHUNK)
FRONT = len(HEADER.encode())
PLAIN = bytes(range(256)) * 2 + b"end"


def sealed(plain: bytes = PLAIN, key: DataKey = KEY, context: Context = CONTEXT) -> bytes:
    return b"".join(seal_stream([plain], key, context, CHUNK))


def opened(stream: bytes) -> str:
    return code_of(lambda: open_stream([stream], KEYS, CONTEXT))


@given(plain=st.binary(max_size=400), size=st.integers(1, 90), step=st.integers(1, 200))
def test_what_was_closed_opens_again(plain: bytes, size: int, step: int) -> None:
    pieces = [plain[at : at + step] for at in range(0, len(plain), step)]
    stream = b"".join(seal_stream(pieces, KEY, CONTEXT, size))
    parts = [stream[at : at + step] for at in range(0, len(stream), step)]
    assert b"".join(open_stream(parts, KEYS, CONTEXT)) == plain


def test_the_same_bytes_never_give_the_same_stream() -> None:
    assert sealed() != sealed()


def test_only_an_empty_stream_has_an_empty_chunk() -> None:
    assert len(sealed(b"")) == FRONT + 16
    assert len(sealed(b"x" * CHUNK)) == FRONT + FRAME
    assert [(n, last, len(p)) for n, last, p in cut_chunks([b"x" * 128], 64)] == [
        (0, False, 64),
        (1, True, 64),
    ]


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_header_or_an_error_of_ours(data: bytes) -> None:
    for front in (data, HEADER.encode()[:8] + data, HEADER.encode()[:14] + data):
        try:
            header, length = parse_header(front)
        except SaasError:
            continue
        assert header.encode() == front[:length]


@given(data=st.binary(max_size=300), at=st.integers(0, FRONT + 4 * FRAME))
def test_any_bytes_put_in_are_refused(data: bytes, at: int) -> None:
    stream = sealed()
    changed = stream[:at] + data + stream[at + len(data) :]
    if changed != stream:
        assert opened(changed).startswith("backup_")


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        (range(8), {"backup_form"}),
        (range(8, 9), {"backup_version_unknown"}),
        (range(9, 10), {"backup_suite_unknown"}),
        (range(10, 14), {"backup_form", "backup_damaged", "backup_truncated"}),
        (range(15, 22), {"backup_key_missing", "backup_form"}),
        (range(22, 61), {"backup_damaged"}),
        (range(63, FRONT), {"backup_binding", "backup_form", "backup_truncated"}),
        (range(FRONT, FRONT + 9 * FRAME - 61), {"backup_damaged"}),
    ],
)
def test_a_flipped_bit_is_named_by_its_place(at: range, codes: set[str]) -> None:
    stream = sealed()
    for place in at:
        for bit in (1, 0x80):
            changed = bytearray(stream)
            changed[place] ^= bit
            assert opened(bytes(changed)) in codes, place


def test_what_was_cut_off_is_missed_wherever_it_was_cut() -> None:
    stream = sealed()
    for end in range(8, len(stream)):
        between = end <= FRONT or (end - FRONT) % FRAME == 0
        short = (end - FRONT) % FRAME < 16 + (end > FRONT + FRAME)
        wanted = {"backup_truncated"} if between or short else {"backup_damaged"}
        assert opened(stream[:end]) in wanted, end
        known = counted([stream[:end]], len(stream))
        assert code_of(lambda known=known: known) == "backup_truncated"


def test_nothing_may_follow() -> None:
    for plain in (PLAIN, b"x" * CHUNK * 2, b""):
        stream = sealed(plain)
        assert opened(stream + b"!") in {"backup_trailing", "backup_damaged"}
        assert opened(stream + stream) in {"backup_trailing", "backup_damaged"}
    assert opened(sealed(b"x" * CHUNK) + b"!") == "backup_trailing"
    assert code_of(lambda: counted([b"abc", b"d"], 3)) == "backup_trailing"


def test_chunks_keep_their_places() -> None:
    stream = sealed()
    front, body = stream[:FRONT], stream[FRONT:]
    frames = [body[at : at + FRAME] for at in range(0, len(body), FRAME)]
    swapped = [frames[1], frames[0], *frames[2:]]
    doubled = [frames[0], *frames]
    dropped = [*frames[:3], *frames[4:]]
    for order in (swapped, doubled, dropped):
        assert opened(front + b"".join(order)) == "backup_damaged"
    assert opened(front + b"".join(frames[:-1])) == "backup_truncated"


def test_chunks_of_another_stream_do_not_fit() -> None:
    first, second = sealed(), sealed()
    mixed = first[: FRONT + FRAME] + second[FRONT + FRAME :]
    assert opened(mixed) == "backup_damaged"
    assert opened(first[:FRONT] + second[FRONT:]) == "backup_damaged"


@pytest.mark.parametrize(
    ("tenant", "backup", "part", "what"),
    [
        (OTHER, BACKUP, "db", "tenant"),
        (TENANT, OTHER, "db", "backup"),
        (TENANT, BACKUP, "manifest", "part"),
    ],
)
def test_a_stream_of_another_is_told(tenant: str, backup: str, part: str, what: str) -> None:
    stream = sealed(context=Context(tenant, backup, part))
    with pytest.raises(Broken, match=r"^backup_binding") as told:
        list(open_stream([stream], KEYS, CONTEXT))
    assert told.value.facts["what"] == what


def test_keys_are_found_by_their_id_and_must_be_right() -> None:
    with pytest.raises(Refused, match=r"^backup_key_missing") as told:
        list(open_stream([sealed()], {}, CONTEXT))
    assert told.value.facts["key"] == KEY.id
    assert code_of(lambda: open_stream([sealed()], {KEY.id: FOREIGN_KEY}, CONTEXT)) == (
        "backup_damaged"
    )


def test_a_failing_source_leaves_a_stream_that_does_not_open() -> None:
    def source():
        yield b"x" * 500
        raise Broken("program_failed")

    written = bytearray()
    with failing("program_failed"):
        for piece in seal_stream(source(), KEY, CONTEXT, CHUNK):
            written += piece
    assert opened(bytes(written)) in {"backup_truncated", "backup_damaged"}


def test_sizes_have_limits() -> None:
    with pytest.raises(Refused, match=r"^backup_header_form"):
        next(seal_stream([b""], KEY, CONTEXT, CHUNK_BYTES_MAX + 1))
    front = HEADER.encode()
    huge = front[:10] + (CHUNK_BYTES_MAX + 1).to_bytes(4, "big") + front[14:]
    with pytest.raises(Broken, match="chunk size"):
        parse_header(huge)


def test_a_counter_never_starts_again(monkeypatch) -> None:
    monkeypatch.setattr("saas_business_management.kernel.backup.envelope.CHUNKS_MAX", 4)
    assert code_of(lambda: cut_chunks([bytes(4)], 1)) == ""
    assert code_of(lambda: cut_chunks([bytes(5)], 1)) == "backup_too_large"


@pytest.mark.parametrize("bad", ["", "with blank", "ö", "x" * 201, "line\n"])
def test_a_context_has_one_form(bad: str) -> None:
    with pytest.raises(Refused, match=r"^backup_context_form"):
        Context(TENANT, bad, "db")


def test_a_key_does_not_show_itself() -> None:
    assert str(KEY) == "DataKey(id='d7-2026')" and KEY.secret.hex() not in repr([KEY])
    for key_id, secret in (("", KEY.secret), ("k 1", KEY.secret), ("k1", b"short")):
        with pytest.raises(Refused, match=r"^backup_key_form"):
            DataKey(key_id, secret)
    with pytest.raises(TypeError):
        KEY.__reduce__()


def test_a_header_is_found_whatever_pieces_it_comes_in() -> None:
    stream = sealed(os.urandom(3000))
    header, front, rest = split_header([stream[at : at + 1] for at in range(len(stream))])
    assert header.encode() == front == stream[:FRONT]
    assert b"".join(rest) == stream[FRONT:]
