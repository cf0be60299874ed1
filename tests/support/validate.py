"""Are recorded requests what AWS takes?  Checked against botocore's own models.

For each request: the operation is known, its input (decoded by support.decode)
keeps to the model, botocore's serializer makes the same request from that
input, required checksums are there and right, and botocore's signer computes
the same signature.

    python -m support.validate RECORDING [ACCESS_KEY=SECRET_KEY …]
"""

import base64
import hashlib
import json
import re
import sys
import zlib
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.serialize import create_serializer

from support import recording, shapes, signature
from support.decode import Decoder, local_name, split_target
from support.models import find_route, services_for

READS = re.compile(
    r"(Get|List|Describe|Head|BatchGet|Query|Scan|Lookup|Search|Simulate|Test|Validate|Filter|"
    r"AssumeRole|Decode)"
)
# Headers of HTTP and of signing, which no model lists.
GENERAL_HEADERS = {
    "host", "connection", "user-agent", "accept", "accept-encoding", "content-length",
    "content-type", "content-md5", "expect", "authorization", "amz-sdk-invocation-id",
    "amz-sdk-request", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token",
    "x-amz-user-agent", "x-amzn-query-mode",
}
CHECKSUMS = {
    "content-md5": lambda body: hashlib.md5(body).digest(),
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
}


class Call:
    """What a request turned out to be: operation, protocol and, if REST, its route."""

    def __init__(self, operation, protocol, route=None):
        self.operation = operation
        self.protocol = protocol
        self.route = route
        self.service = operation.service_model.service_name
        self.name = f"{self.service}:{operation.name}"


def identify(exchange):
    """Return (Call, None), or (None, why not)."""
    parsed = signature.parse(exchange)
    # What needs no signature is STS's.
    scope = parsed[3] if parsed else "sts"
    models = services_for(scope)
    if not models:
        return None, f"no service signs as {scope!r}"
    target = exchange.header("x-amz-target")
    if target is not None:
        return _named(models, "json", target.rpartition(".")[2], exchange)
    if exchange.header("content-type", "").startswith("application/x-www-form-urlencoded"):
        action = dict(parse_qsl(exchange.body.decode("utf-8", "replace"))).get("Action", "")
        return _named(models, "query", action, exchange)
    path, query = split_target(exchange.target)
    path = _with_bucket(exchange, path) if scope == "s3" else path
    route = find_route(models, exchange, path, query)
    if route is None:
        return None, f"no operation of {scope} is {exchange.method} {exchange.target}"
    protocol = route.operation.service_model.metadata["protocol"]
    if not protocol.startswith("rest-"):
        return None, f"{route.operation.name} does not speak REST, and names no operation"
    return Call(route.operation, protocol, route), None


def _named(models, protocol, name, exchange):
    for model in models:
        spoken = model.metadata.get("protocols") or [model.metadata["protocol"]]
        if name in model.operation_names and protocol in spoken:
            operation = model.operation_model(name)
            prefix = model.metadata.get("targetPrefix")
            if protocol == "json" and exchange.header("x-amz-target") != f"{prefix}.{name}":
                return None, f"X-Amz-Target is {exchange.header('x-amz-target')}, not {prefix}.{name}"
            return Call(operation, protocol), None
    return None, f"no operation {name!r} of {models[0].service_name} in the {protocol} protocol"


def _with_bucket(exchange, path):
    """Path style for a bucket in the host name."""
    match = re.match(r"(.+)\.s3[.-].*amazonaws\.com", exchange.header("host", ""))
    return f"/{match[1]}{path}" if match else path


def name_of(exchange):
    """`service:Operation`, or method and path where no model knows it."""
    call, _ = identify(exchange)
    return call.name if call else f"?:{exchange.method} {exchange.target}"


def mutates(name):
    """Does an operation named by name_of change anything?  The unknown does."""
    return not READS.match(name.partition(":")[2])


def check(exchange, secrets):
    """Everything that is wrong with a request, as a list of texts."""
    call, why = identify(exchange)
    if call is None:
        return [why] + list(signature.check(exchange, secrets))
    problems = []
    parameters = _decode(call, exchange, problems)
    shape = call.operation.input_shape
    if shape is not None:
        problems += shapes.check(call.service, shape, parameters)
    if not problems:
        problems += _compare(call, exchange, parameters)
    problems += _check_transfer(exchange)
    problems += _check_headers(call, exchange)
    problems += _check_checksums(call, exchange)
    if call.operation.auth_type != "none" or exchange.header("authorization"):
        problems += signature.check(exchange, secrets)
    return [f"{call.name}: {problem}" for problem in problems]


def _decode(call, exchange, problems):
    decoder, shape = Decoder(problems), call.operation.input_shape
    if call.protocol == "query":
        return decoder.form(shape, _form(exchange, problems)) if shape else {}
    if call.protocol == "json":
        return decoder.json_body(shape, exchange.body) if shape else {}
    path, query = split_target(exchange.target)
    path = _with_bucket(exchange, path) if call.service == "s3" else path
    parameters = decoder.rest(call.route, path, query, exchange)
    if shape is not None:
        _decode_payload(decoder, call, shape, exchange.body, parameters)
    return parameters


def _decode_payload(decoder, call, shape, body, parameters):
    convert = decoder.json_body if call.protocol == "rest-json" else decoder.xml_body
    payload = shape.serialization.get("payload")
    if payload is None:
        if body:
            parameters.update(convert(shape, body))
    elif shape.members[payload].type_name in ("blob", "string"):
        if body:
            text = shape.members[payload].type_name == "string"
            parameters[payload] = body.decode("utf-8", "replace") if text else body
    elif body:
        parameters[payload] = convert(shape.members[payload], body)


def _form(exchange, problems):
    pairs = parse_qsl(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        problems.append("a form key stands twice")
    return form


def _compare(call, exchange, parameters):
    """Yield where botocore would have sent something else."""
    serializer = create_serializer(call.protocol, include_validation=False)
    own = serializer.serialize_to_request(parameters, call.operation)
    path, query = split_target(exchange.target)
    path = _with_bucket(exchange, path) if call.service == "s3" else path
    own_path, own_query = split_target(own["url_path"])
    own_query += _pairs(own["query_string"])
    if exchange.method != own["method"]:
        yield f"method {exchange.method}, botocore sends {own['method']}"
    if path != own_path:
        yield f"path {path}, botocore sends {own_path}"
    if sorted(query) != sorted(own_query):
        yield f"query {sorted(query)}, botocore sends {sorted(own_query)}"
    yield from _compare_headers(exchange, own["headers"])
    yield from _compare_body(call, exchange, own["body"])


def _pairs(query):
    pairs = []
    for name, value in (query or {}).items():
        pairs += [(name, str(item)) for item in (value if isinstance(value, list) else [value])]
    return pairs


def _compare_headers(exchange, own):
    for name, value in own.items():
        sent = exchange.header(name)
        if name.lower() == "x-amzn-query-mode" and sent is None:
            continue  # asks for error codes in the old spelling
        if name.lower() == "content-type":
            sent, value = (text and text.partition(";")[0].strip() for text in (sent, value))
        if sent != str(value):
            yield f"header {name} is {sent!r}, botocore sends {value!r}"


def _compare_body(call, exchange, own):
    if call.protocol == "query":
        sent = _form(exchange, [])
        own = {name: _same_number(sent.get(name), str(value)) for name, value in own.items()}
    elif call.protocol in ("json", "rest-json") and not _is_stream(call.operation):
        sent, own = json.loads(exchange.body or b"{}"), json.loads(own or b"{}")
    elif call.protocol == "rest-xml" and own and not _is_stream(call.operation):
        sent, own = _tree(exchange.body), _tree(own)
    else:
        sent = exchange.body
    if sent != own:
        yield f"body {sent!r}, botocore sends {own!r}"


def _same_number(sent, own):
    """What was sent, where it is the same number as botocore's in another spelling."""
    try:
        return sent if float(sent) == float(own) else own
    except (TypeError, ValueError):
        return own


def _is_stream(operation):
    shape = operation.input_shape
    payload = shape and shape.serialization.get("payload")
    return payload and shape.members[payload].type_name in ("blob", "string")


def _tree(text):
    """XML as nested tuples: local names, attributes, and text where it counts."""
    def convert(element):
        children = [convert(child) for child in element]
        attributes = sorted((local_name(key), value) for key, value in element.attrib.items())
        return local_name(element.tag), attributes, children or (element.text or "")
    return convert(ElementTree.fromstring(text))


def _check_transfer(exchange):
    length = exchange.header("content-length")
    if exchange.header("transfer-encoding"):
        yield "Transfer-Encoding is not for AWS; send Content-Length"
    elif length is None and exchange.method in ("POST", "PUT"):
        yield "no Content-Length"
    elif length is not None and length != str(len(exchange.body)):
        yield f"Content-Length {length} for {len(exchange.body)} bytes"


def _check_headers(call, exchange):
    """Yield headers that neither HTTP, nor signing, nor the operation's model knows."""
    known, prefixes = set(GENERAL_HEADERS), ["x-amz-checksum-"]
    if call.protocol == "json":
        known.add("x-amz-target")
    for name, shape in (call.operation.input_shape.members if call.operation.input_shape else {}).items():
        where = shape.serialization
        if where.get("location") == "header":
            known.add(where.get("name", name).lower())
        elif where.get("location") == "headers":
            prefixes.append(where["name"].lower())
    for name, _ in exchange.headers:
        if name.lower() not in known and not name.lower().startswith(tuple(prefixes)):
            yield f"unknown header {name}"


def _check_checksums(call, exchange):
    sent = [name.lower() for name, _ in exchange.headers
            if name.lower() == "content-md5" or name.lower().startswith("x-amz-checksum-")
            and name.lower() not in ("x-amz-checksum-algorithm", "x-amz-checksum-mode")]
    required = (call.operation.http_checksum_required
                or (call.operation.http_checksum or {}).get("requestChecksumRequired"))
    if required and not sent:
        yield "needs Content-MD5 or an x-amz-checksum header"
    for name in sent:
        if name not in CHECKSUMS:
            yield f"{name} cannot be checked here"
        elif base64.b64encode(CHECKSUMS[name](exchange.body)).decode() != exchange.header(name):
            yield f"{name} {exchange.header(name)} is not the body's"


def _learn(exchange, secrets):
    """Temporary credentials that STS handed out."""
    text = exchange.reply_body.decode("utf-8", "replace")
    found = [re.search(f"<{name}>([^<]+)</{name}>", text)
             for name in ("AccessKeyId", "SecretAccessKey")]
    if all(found):
        secrets[found[0][1]] = found[1][1]


def check_all(exchanges, secrets):
    """Check a recording; `secrets`: access key → secret key."""
    secrets, problems = dict(secrets), []
    for exchange in exchanges:
        problems += check(exchange, secrets)
        if exchange.body.startswith(b"Action=AssumeRole") or b"&Action=AssumeRole" in exchange.body:
            _learn(exchange, secrets)
    return problems


def main(path, *pairs):
    exchanges = recording.read(path)
    problems = check_all(exchanges, dict(pair.split("=", 1) for pair in pairs))
    for problem in problems:
        print(problem)
    print(f"{len(exchanges)} requests, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
