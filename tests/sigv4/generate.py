"""SigV4 cases as botocore signs them.

    .venv/bin/python tests/sigv4/generate.py

writes tests/sigv4/cases/*.json, which the unit tests of src/aws/sigv4.c read: request, canonical
request, string to sign, signature.  The pytest beside this file proves that the checked-in cases
are what botocore says today.
"""

import datetime
import hashlib
import json
import random
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import botocore.auth
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = Path(__file__).parent / "cases"
ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzEXAMPLE//token+with/odd=chars=="
TIME = datetime.datetime(2026, 11, 21, 14, 3, 9)

ODD_NAMES = [
    "simple", "with space", "plus+plus", "percent%41", "tilde~", "star*", "ü", "日本語", "😀", "a/b",
    "a:b", "arn:aws:lambda:eu-west-1:123456789012:function:f", "$default", "$LATEST", "GET /orders/{id}",
    "quote'", "dquote\"", "paren(x)", "[x]", "a=b", "a&b", "a;b", "a,b", "@at", "#hash", "?q", "!", "^",
    "|pipe", "back\\slash", "..", ".", "...", "-._~", "trailing ", " leading", "tab\tinside",
]


class FrozenTime(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return TIME

    @classmethod
    def now(cls, tz=None):
        return TIME.replace(tzinfo=tz)


def encode(text, safe=""):
    return quote(text, safe=safe + "-_.~")


def query_of(pairs):
    return "&".join(f"{encode(k)}={encode(v)}" if v is not None else encode(k) for k, v in pairs)


def case(name, method="GET", host="sqs.eu-west-1.amazonaws.com", path="/", query="", headers=(),
         body="", repeat=1, s3=False, service="sqs", region="eu-west-1", token=None, port=None):
    return {
        "name": name, "method": method, "scheme": "https", "host": host + (f":{port}" if port else ""),
        "path": path, "query": query, "headers": [list(h) for h in headers], "body": body,
        "repeat": repeat, "s3": s3, "service": service, "region": region, "token": token,
    }


def sign(c):
    """The case with what botocore makes of it."""
    body = (c["body"] * c["repeat"]).encode()
    digest = hashlib.sha256(body).hexdigest()
    url = f"{c['scheme']}://{c['host']}{c['path']}" + (f"?{c['query']}" if c["query"] else "")
    request = AWSRequest(method=c["method"], url=url, data=body)
    for name, value in c["headers"]:
        request.headers[name] = value
    request.headers["x-amz-content-sha256"] = digest
    signer = (S3SigV4Auth if c["s3"] else SigV4Auth)(
        Credentials(ACCESS, SECRET, c["token"]), c["service"], c["region"])
    seen = {}

    def spy(name):
        original = getattr(signer, name)

        def called(*args, **kwargs):
            seen[name] = original(*args, **kwargs)
            return seen[name]

        setattr(signer, name, called)

    for name in ("canonical_request", "string_to_sign", "signature"):
        spy(name)
    with mock.patch.object(botocore.auth.datetime, "datetime", FrozenTime), \
            mock.patch.object(botocore.auth, "get_current_datetime",
                              lambda *a, **k: TIME, create=True):
        signer.add_auth(request)
    return dict(c, canonical_request=seen["canonical_request"],
                string_to_sign=seen["string_to_sign"], signature=seen["signature"],
                authorization=request.headers["Authorization"])


def paths():
    """Everything but S3: normalised and encoded a second time."""
    for n, name in enumerate(ODD_NAMES):
        yield case(f"label-{n}", path=f"/2017-03-31/tags/{encode(name)}", service="lambda",
                   host="lambda.eu-west-1.amazonaws.com", method="POST", body="{}",
                   headers=[("Content-Type", "application/json")])
        yield case(f"greedy-{n}", path=f"/v2/tags/{encode(name, safe='/')}", service="apigateway",
                   host="apigateway.eu-west-1.amazonaws.com", method="DELETE")
    for n, path in enumerate(["/", "//", "/a//b", "/a/./b", "/a/../b", "/../a", "/a/b/..", "/a/b/../",
                              "/a/", "/a//", "/./", "/.", "/..", "/a/b/../../../c", "/a/...//",
                              "/restapis/x/stages/%24default", "/%2E%2E/a", "/a%2F%2Fb", "/a%2520b"]):
        yield case(f"normal-{n}", path=path, service="execute-api")


def s3_paths():
    """S3: as sent."""
    for n, name in enumerate(ODD_NAMES):
        yield case(f"key-{n}", path=f"/{encode(name, safe='/')}", s3=True, service="s3", method="PUT",
                   host="bucket.s3.eu-west-1.amazonaws.com", body="data")
    for n, path in enumerate(["/", "/a//b", "/../x", "/a/./b", "/bucket.with.dots/a/../b", "//", "/a/"]):
        yield case(f"raw-{n}", path=path, s3=True, service="s3", host="s3.eu-west-1.amazonaws.com")
    for sub in ("versioning", "encryption", "policy", "publicAccessBlock", "tagging", "lifecycle", "cors",
                "notification", "website", "acl", "location", "delete", "logging", "ownershipControls"):
        yield case(f"sub-{sub}", path="/", query=sub, s3=True, service="s3",
                   host="bucket.s3.eu-west-1.amazonaws.com", method="PUT" if sub != "location" else "GET",
                   body="<x/>", headers=[("Content-Type", "application/xml"),
                                         ("x-amz-checksum-sha256", "aGFzaA=="),
                                         ("x-amz-expected-bucket-owner", "123456789012")])


def queries():
    sets = [
        [("a", "1")], [("b", "2"), ("a", "1")], [("a", "2"), ("a", "1")], [("a", None)], [("a", "")],
        [("A", "1"), ("a", "1")], [("a", "1"), ("a-b", "2"), ("a.b", "3"), ("ab", "4")],
        [("tagKeys", "x"), ("tagKeys", "aws:y"), ("tagKeys", "ü")], [("aa", "x"), ("a", "z"), ("a", "y")],
        [("list-type", "2"), ("prefix", "a/b c"), ("delimiter", "/")], [("k", "a=b"), ("k2", "a&b")],
        [("role_name", "A+B"), ("account_id", "123456789012")], [("a", "~"), ("~", "a")],
        [("versions", None), ("encoding-type", "url"), ("key-marker", "ü/ö")], [("x", "%41")],
        [("a", "b"), ("a", "b")], [("ä", "1"), ("z", "2"), ("Z", "3")], [("a1", ""), ("a", "1")],
    ]
    sets += [[("q", name)] for name in ODD_NAMES]
    for n, pairs in enumerate(sets):
        yield case(f"query-{n}", query=query_of(pairs), service="lambda")


def headers():
    sets = [
        [("X-Amz-Target", "AmazonSQS.CreateQueue"), ("Content-Type", "application/x-amz-json-1.0")],
        [("x-spaces", "  a   b  c  ")], [("x-tabs", "\ta \t b\t")], [("x-empty", "")],
        [("X-UPPER", "Value"), ("x-lower", "value")], [("x-quoted", '"a   b"')],
        [("User-Agent", "cinfra/1"), ("Accept", "application/json")], [("Expect", "100-continue")],
        [("X-Amzn-Trace-Id", "Root=1"), ("x-kept", "1")], [("Transfer-Encoding", "identity")],
        [("amz-sdk-invocation-id", "b3d5f1c0-0000-4000-8000-000000000000"),
         ("amz-sdk-request", "attempt=1; max=8")],
        [("x-b", "1"), ("x-a", "2"), ("x-c", "3"), ("x-a-b", "4"), ("x-aa", "5")],
        [("If-None-Match", "*")], [("If-Match", '"d41d8cd98f00b204e9800998ecf8427e"')],
        [("x-amz-meta-name", "a,b;c=d")], [("x-amz-tagging", "a=b&c=%20d")],
        [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
        [("x-long", "v" * 4000)], [("x-twice", "b"), ("x-twice", "a")],
    ]
    for n, pairs in enumerate(sets):
        yield case(f"headers-{n}", method="POST", headers=pairs, body="{}")
        yield case(f"headers-{n}-token", method="POST", headers=pairs, body="{}", token=TOKEN)


def bodies():
    for n, (body, repeat) in enumerate([("", 1), ("{}", 1), ("a", 1), ("\n", 1), ("ü", 1), ("日本語😀", 1),
                                        ("Action=ListRoles&Version=2010-05-08", 1), ("x", 64), ("x", 1000),
                                        ("0123456789abcdef", 65536), ("ü\n", 300000), ("a" * 63, 1),
                                        ("a" * 55, 1), ("a" * 56, 1), ("a" * 119, 1)]):
        for s3 in (False, True):
            yield case(f"body-{n}{'-s3' if s3 else ''}", method="PUT", body=body, repeat=repeat, s3=s3,
                       path="/x%20y", service="s3" if s3 else "sns")


def places():
    for n, (service, region, host, port) in enumerate([
            ("iam", "us-east-1", "iam.amazonaws.com", None),
            ("iam", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn", None),
            ("sts", "us-gov-west-1", "sts.us-gov-west-1.amazonaws.com", None),
            ("sqs", "eu-west-1", "127.0.0.1", 4566), ("sqs", "eu-west-1", "localhost", 443),
            ("s3", "eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu", None),
            ("dynamodb", "us-iso-east-1", "dynamodb.us-iso-east-1.c2s.ic.gov", None),
            ("monitoring", "ap-southeast-2", "monitoring.ap-southeast-2.amazonaws.com", 8443)]):
        for token in (None, TOKEN):
            yield case(f"place-{n}{'-token' if token else ''}", method="POST", service=service,
                       region=region, host=host, port=port, token=token, body="{}",
                       s3=service == "s3", path="/base/path" if port else "/")


def generated():
    """Everything at once, by chance."""
    rng = random.Random(20261121)
    for n in range(120):
        s3 = rng.random() < 0.4
        names = [rng.choice(ODD_NAMES) for _ in range(rng.randint(0, 4))]
        path = "/" + "/".join(encode(x, safe="/" if s3 else "") for x in names)
        pairs = [(rng.choice(ODD_NAMES), rng.choice(ODD_NAMES + [None])) for _ in range(rng.randint(0, 4))]
        extra = [(f"x-amz-h{rng.randint(0, 99)}-{i}", rng.choice(["a  b", " x ", "ok", "", "1,2"]))
                 for i in range(rng.randint(0, 4))]
        yield case(f"generated-{n}", method=rng.choice(["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"]),
                   path=path, query=query_of(pairs), headers=extra, s3=s3,
                   service="s3" if s3 else rng.choice(["lambda", "apigateway", "scheduler"]),
                   body=rng.choice(["", "{}", "ü" * 10]), token=rng.choice([None, TOKEN]))


GROUPS = [paths, s3_paths, queries, headers, bodies, places, generated]


def text_of(group):
    """A file's text: one case a line."""
    lines = ",\n".join(json.dumps(sign(c), ensure_ascii=False) for c in group())
    return f"[\n{lines}\n]\n"


def main():
    CASES.mkdir(exist_ok=True)
    for group in GROUPS:
        (CASES / f"{group.__name__}.json").write_text(text_of(group))


if __name__ == "__main__":
    main()
