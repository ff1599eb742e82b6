"""Compression in constant memory, its end proven."""

import os
import tracemalloc

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.adapters.streams.compress import (
    compress,
    compress_whole,
    decompress,
)
from saas_business_management.kernel.errors import SaasError

from .parts import code_of

CONTENTS = {
    "nothing": b"",
    "a byte": b"a",
    "noise": os.urandom(3000),
    "zeros": bytes(500_000),
    "both": os.urandom(200_000) + bytes(300_000),
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("step", [1, 1000, 10**6])
def test_what_was_compressed_expands_again(name: str, step: int) -> None:
    content = CONTENTS[name]
    packed = b"".join(compress([content]))
    pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
    assert b"".join(decompress(pieces)) == content
    assert b"".join(decompress([compress_whole(content)])) == content


@pytest.mark.parametrize("name", CONTENTS)
def test_a_cut_is_seen_wherever_it_is(name: str) -> None:
    packed = b"".join(compress([CONTENTS[name]]))
    ends = {*range(min(len(packed), 60)), *range(max(0, len(packed) - 60), len(packed))}
    for end in ends:
        assert code_of(lambda end=end: decompress([packed[:end]])) == "backup_truncated", end


def test_what_follows_is_seen() -> None:
    packed = compress_whole(b"x" * 1000)
    assert code_of(lambda: decompress([packed, b"!"])) == "backup_trailing"
    assert code_of(lambda: decompress([packed + packed])) == "backup_trailing"
    assert code_of(lambda: decompress([packed], most=999)) == "backup_trailing"
    assert code_of(lambda: decompress([packed], most=1000)) == ""


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_an_error_of_ours(data: bytes) -> None:
    for front in (data, b"\x28\xb5\x2f\xfd" + data):
        try:
            b"".join(decompress([front], 1 << 20))
        except SaasError as error:
            assert error.code in {"backup_form", "backup_truncated", "backup_trailing"}


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_is_seen_by_the_checksum(place: int, mask: int) -> None:
    content = b"some text that compresses, " * 40
    packed = bytearray(compress_whole(content))
    packed[place % len(packed)] ^= mask
    try:
        found = b"".join(decompress([bytes(packed)], 1 << 20))
    except SaasError:
        return
    assert found == content  # a bit that means nothing


def test_a_thousandfold_expansion_takes_no_memory() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(200 << 20))
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert sum(map(len, decompress([bomb]))) == 200 << 20
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_window_beyond_measure_is_refused() -> None:
    greedy = zstandard.ZstdCompressionParameters(window_log=27, compression_level=3)
    press = zstandard.ZstdCompressor(compression_params=greedy).compressobj()
    packed = press.compress(os.urandom(1000)) + press.flush()
    assert code_of(lambda: decompress([packed])) == "backup_form"


def test_a_frame_whose_end_the_library_does_not_see_is_refused(monkeypatch) -> None:
    class Endless:
        eof = False

        def decompressobj(self):
            return self

        def decompress(self, _piece):
            return b""

    packed = compress_whole(b"content")
    monkeypatch.setattr(zstandard, "ZstdDecompressor", lambda **_limits: Endless())
    assert code_of(lambda: decompress([packed])) == "backup_form"
