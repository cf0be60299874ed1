"""A request's signature, computed again by botocore's signer."""

import hashlib
import re
from datetime import datetime, timezone
from urllib.parse import quote, unquote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)
UNRESERVED = "-_.~"


def parse(exchange):
    """(access key, date, region, service, signed headers, signature), or None."""
    match = AUTHORIZATION.fullmatch(exchange.header("authorization", ""))
    if not match:
        return None
    key, date, region, service, names, signature = match.groups()
    return key, date, region, service, names.split(";"), signature


def check(exchange, secrets):
    """Yield what is wrong with the signature; `secrets`: access key → secret key."""
    parsed = parse(exchange)
    if parsed is None:
        yield f"signature: no SigV4 Authorization header: {exchange.header('authorization')!r}"
        return
    key, date, region, service, names, signature = parsed
    when = exchange.header("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", when) or not when.startswith(date):
        yield f"signature: X-Amz-Date {when!r} does not fit the scope's {date}"
        return
    if key not in secrets:
        yield f"signature: unknown access key {key}"
        return
    yield from _check_headers(exchange, names, service)
    yield from _check_encoding(exchange)
    if exchange.started:
        yield from _check_clock(exchange, when)
    expected = _sign(exchange, key, secrets[key], region, service, names, when)
    if expected != signature:
        yield f"signature: {signature} sent, botocore computes {expected}"


def _check_headers(exchange, names, service):
    if names != sorted(names):
        yield "signature: SignedHeaders is not sorted"
    for name, _ in exchange.headers:
        name = name.lower()
        must = name in ("host", "content-type", "content-md5") or name.startswith("x-amz-")
        if must and name not in names:
            yield f"signature: header {name} is not signed"
    digest = exchange.header("x-amz-content-sha256")
    if digest is not None and digest != hashlib.sha256(exchange.body).hexdigest():
        yield f"signature: x-amz-content-sha256 {digest} is not the body's"
    if digest is None and service == "s3":
        yield "signature: S3 wants x-amz-content-sha256"


def _check_encoding(exchange):
    """AWS decodes and encodes again; what it would write otherwise is signed otherwise."""
    path, _, query = exchange.target.partition("?")
    if quote(unquote(path), safe="/" + UNRESERVED) != path.replace("%2F", "/"):
        yield f"signature: the path is not encoded as SigV4 wants it: {path}"
    for item in filter(None, query.split("&")):
        for text in item.split("=", 1):
            if quote(unquote(text), safe=UNRESERVED) != text:
                yield f"signature: the query is not encoded as SigV4 wants it: {item}"


def _check_clock(exchange, when):
    signed = datetime.strptime(when, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    if abs(signed.timestamp() - exchange.started) > 300:
        yield f"signature: X-Amz-Date {when} is over 5 minutes off"


def _sign(exchange, key, secret, region, service, names, when):
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    signer = kind(Credentials(key, secret), service, region)
    request = AWSRequest(
        method=exchange.method, data=exchange.body,
        url=f"https://{exchange.header('host')}{exchange.target}",
    )
    for name, value in exchange.headers:
        if name.lower() in names:
            request.headers.add_header(name, value)
    request.context["timestamp"] = when
    canonical = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, canonical), request)
