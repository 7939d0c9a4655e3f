"""How much of anything a message may have before that itself is a finding."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=1)]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sizes in bytes, lengths in characters, the rest in numbers. The defaults are the `balanced` profile.

    Decoders stop reading at the limits on numbers of things (parameters, parts, nodes, cells, nested bytes): work is
    bounded whatever the body, and the anomaly that says so is also the only word on what lies beyond.
    """

    request_body: Count = 2 * 1024 * 1024
    response_body: Count = 2 * 1024 * 1024
    decompressed: Count = 10 * 1024 * 1024
    ratio: Count = 100
    header_count: Count = 100
    header_bytes: Count = 64 * 1024
    header_length: Count = 8 * 1024
    url_length: Count = 8 * 1024
    parameters: Count = 128
    parameter_name_length: Count = 128
    parameter_length: Count = 8 * 1024
    form_value_length: Count = 64 * 1024
    parts: Count = 128
    json_depth: Annotated[int, Meta(ge=1, le=1000)] = 40
    json_keys: Count = 250
    json_items: Count = 5_000
    json_nodes: Count = 50_000
    json_key_length: Count = 128
    json_string_length: Count = 64 * 1024
    json_number_length: Count = 64
    xml_depth: Count = 40
    xml_nodes: Count = 15_000
    csv_cells: Count = 20_000
    event_size: Count = 1024 * 1024
    nested_depth: Count = 6
    nested_bytes: Count = 2 * 1024 * 1024


STRICT = Limits(
    request_body=256 * 1024,
    response_body=256 * 1024,
    decompressed=4 * 1024 * 1024,
    ratio=50,
    header_count=50,
    header_bytes=16 * 1024,
    header_length=4 * 1024,
    url_length=2 * 1024,
    parameters=64,
    parameter_name_length=64,
    parameter_length=2 * 1024,
    form_value_length=8 * 1024,
    parts=32,
    json_depth=20,
    json_keys=100,
    json_items=500,
    json_nodes=10_000,
    json_key_length=64,
    json_string_length=8 * 1024,
    json_number_length=32,
    xml_depth=20,
    xml_nodes=10_000,
    csv_cells=10_000,
    event_size=256 * 1024,
    nested_depth=4,
    nested_bytes=1024 * 1024,
)
