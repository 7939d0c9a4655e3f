from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from gatelens.decoders.compression import MAX_MEMBERS, RATIO_FLOOR, CompressionFault, decompress
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from hypothesis import given, settings
from hypothesis import strategies as st

LIMITS = Limits()
SMALL = Limits(decompressed=256 * 1024, ratio=1_000_000)


def _bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", _bare_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
}
PACKED = pytest.mark.parametrize(("coding", "pack"), PACKERS.values(), ids=PACKERS)


def fault(raw: bytes, *codings: str, limits: Limits = LIMITS) -> AnomalyKind:
    with pytest.raises(CompressionFault) as caught:
        decompress(raw, list(codings), limits)
    return caught.value.anomaly.kind


@PACKED
@given(data=st.binary(max_size=2000))
@settings(max_examples=30)
def test_what_was_packed_comes_out(coding: str, pack: Callable[[bytes], bytes], data: bytes) -> None:
    assert decompress(pack(data), [coding], LIMITS) == data


@PACKED
def test_a_long_text_comes_out_whole(coding: str, pack: Callable[[bytes], bytes]) -> None:
    data = b"".join(b"%d," % number for number in range(30_000))
    assert decompress(pack(data), [coding], LIMITS) == data


def test_two_codings_are_taken_off_last_one_first() -> None:
    assert decompress(gzip.compress(brotli.compress(b"text")), ["br", "gzip"], LIMITS) == b"text"
    assert fault(gzip.compress(brotli.compress(b"text")), "gzip", "br") is AnomalyKind.COMPRESSED_TRUNCATED


def test_identity_is_no_coding_and_three_are_one_too_many() -> None:
    assert decompress(b"text", ["identity", "identity", "identity"], LIMITS) == b"text"
    assert fault(b"text", "gzip", "gzip", "gzip") is AnomalyKind.CONTENT_ENCODING


@pytest.mark.parametrize("coding", ["compress", "", "gzip;q=1", "GZIP", "utf-8"])
def test_a_coding_that_is_not_known_is_a_fault(coding: str) -> None:
    assert fault(gzip.compress(b"text"), coding) is AnomalyKind.CONTENT_ENCODING


def test_every_member_and_frame_is_read() -> None:
    assert decompress(gzip.compress(b"one ") + gzip.compress(b"two"), ["gzip"], LIMITS) == b"one two"
    assert decompress(zstandard.compress(b"one ") + zstandard.compress(b"two"), ["zstd"], LIMITS) == b"one two"


@PACKED
def test_bytes_after_the_end_are_a_fault(coding: str, pack: Callable[[bytes], bytes]) -> None:
    assert fault(pack(b"text") + b"more", coding) in {
        AnomalyKind.COMPRESSED_TRAILING,
        AnomalyKind.COMPRESSED_TRUNCATED,
    }


@PACKED
def test_a_body_that_ends_early_is_a_fault(coding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"a text of some length, 0123456789")
    for length in range(len(packed)):
        assert fault(packed[:length], coding) in {AnomalyKind.COMPRESSED_TRAILING, AnomalyKind.COMPRESSED_TRUNCATED}


@PACKED
def test_a_bomb_is_stopped_within_memory(coding: str, pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(8_000_000))
    tracemalloc.start()
    try:
        assert fault(bomb, coding, limits=SMALL) is AnomalyKind.DECOMPRESSED_SIZE
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 12_000_000


@PACKED
def test_a_ratio_over_its_limit_is_a_fault_and_a_short_text_has_none(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    assert fault(pack(bytes(RATIO_FLOOR * 4)), coding, limits=Limits(ratio=10)) is AnomalyKind.DECOMPRESSION_RATIO
    assert decompress(pack(bytes(RATIO_FLOOR)), [coding], Limits(ratio=10)) == bytes(RATIO_FLOOR)


def test_a_bomb_in_a_bomb_is_stopped_at_the_inner_one() -> None:
    bomb = gzip.compress(gzip.compress(bytes(8_000_000)))
    assert fault(bomb, "gzip", "gzip", limits=SMALL) is AnomalyKind.DECOMPRESSED_SIZE


def test_a_zstd_frame_of_nothing_but_repetitions_is_stopped_within_memory() -> None:
    block = (128 * 1024 << 3 | 1 << 1).to_bytes(3, "little") + b"x"  # RFC 8878 section 3.1.1.2: four bytes for 128 KB
    bomb = b"\x28\xb5\x2f\xfd\x00\x68" + block * 10_000
    tracemalloc.start()
    try:
        assert fault(bomb, "zstd", limits=SMALL) is AnomalyKind.DECOMPRESSED_SIZE
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


@pytest.mark.parametrize(("coding", "empty"), [("gzip", gzip.compress(b"")), ("zstd", zstandard.compress(b""))])
def test_members_without_number_are_a_fault_and_cost_little(coding: str, empty: bytes) -> None:
    begin = time.process_time()
    assert fault(empty * (2_000_000 // len(empty)), coding) is AnomalyKind.COMPRESSED_TRAILING
    assert time.process_time() - begin < 2
    assert decompress(empty * MAX_MEMBERS, [coding], LIMITS) == b""


@given(
    st.binary(max_size=300), st.lists(st.sampled_from([*{coding for coding, _ in PACKERS.values()}, "x"]), max_size=3)
)
def test_any_bytes_are_text_or_a_fault(raw: bytes, codings: list[str]) -> None:
    try:
        decompress(raw, codings, SMALL)
    except CompressionFault as caught:
        assert caught.anomaly.kind


@PACKED
@given(data=st.data())
@settings(max_examples=20)
def test_a_packed_body_with_a_changed_byte_is_text_or_a_fault(
    coding: str, pack: Callable[[bytes], bytes], data: st.DataObject
) -> None:
    packed = bytearray(pack(b"a text of some length, 0123456789 0123456789"))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        decompress(bytes(packed), [coding], SMALL)
    except CompressionFault as caught:
        assert caught.anomaly.kind
