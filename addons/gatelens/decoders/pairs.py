"""Read the parameters of a query or a form into what decoding gave, GraphQL documents among them.

Source: GraphQL over HTTP (6 Aug 2026 draft) section 6 (GET: `query`, `variables` as JSON in the query).
"""

from __future__ import annotations

from gatelens.decoders import form, graphql_request
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.graphql_request import GraphqlOperation
from gatelens.model.limits import Limits
from gatelens.model.location import Part


def read(decoded: Decoded, raw: bytes, part: Part, limits: Limits, *, at_graphql: bool) -> None:
    """Read `raw`. At GraphQL's own path a `query` is code, no value, and only its literals are looked at; elsewhere it
    may be a search text as well."""
    values, names, anomalies = form.decode(raw, part, limits)
    decoded.anomalies += anomalies
    decoded.segments += (values, names)
    decoded.parameters.append((values, names))
    if "query" not in names.texts:
        return
    texts = list(values.texts)
    for index, name in enumerate(names.texts):
        document = texts[index]
        if name == "query" and graphql_request.is_document(document) and (at_graphql or "{" in document):
            decoded.add_operation(GraphqlOperation(document, values.locate(index)))
            if at_graphql and graphql_request.is_code(document):
                texts[index] = ""
    values.texts = texts
