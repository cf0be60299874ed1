"""The proxy passes everything on unchanged and writes it down."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import botocore.config
import pytest
from aiohttp import web

from support import recording, validate
from support.emulator import ACCESS_KEY, REGION, SECRET_KEY, Emulator
from support.proxy import Proxy


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, as JSON."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        text = json.dumps([self.command, self.path, self.headers.items(), body.decode("latin-1")]).encode()
        self.send_response(412 if self.path == "/412" else 200)
        self.send_header("Content-Length", "4321" if self.command == "HEAD" else str(len(text)))
        self.send_header("X-Twice", "a")
        self.send_header("X-Twice", "b")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(endpoint, method, target, body=None, headers=()):
    import http.client
    connection = http.client.HTTPConnection(endpoint.partition("//")[2])
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    reply = connection.getresponse()
    return reply, reply.read()


def test_passes_on_word_for_word(upstream, tmp_path):
    target = "/a%2Fb/%C3%A4+c//d/?x=%7E&y&z=a%20b&x=+"
    headers = [("Host", "b.s3.example.com"), ("X-Amz-Date", "1"), ("X-Odd", "a  b"), ("X-Odd", "c")]
    with Proxy(upstream, tmp_path / "recording") as proxy:
        reply, text = ask(proxy.endpoint, "PUT", target, b"\x00\xff body", headers)
    method, path, got, body = json.loads(text)
    assert (method, path, body.encode("latin-1")) == ("PUT", target, b"\x00\xff body")
    assert [tuple(pair) for pair in got if pair[0].lower() != "content-length"] == headers
    assert reply.headers.get_all("X-Twice") == ["a", "b"]
    [exchange] = recording.read(tmp_path / "recording")
    assert exchange == proxy.exchanges[0]
    assert (exchange.target, exchange.body, exchange.status) == (target, b"\x00\xff body", 200)
    assert exchange.headers[:4] == headers
    assert exchange.reply_body == text


def test_passes_on_status_and_bodyless_replies(upstream):
    with Proxy(upstream) as proxy:
        assert ask(proxy.endpoint, "GET", "/412", headers=[("Host", "x")])[0].status == 412
        reply, text = ask(proxy.endpoint, "HEAD", "/", headers=[("Host", "x")])
        assert (reply.headers["Content-Length"], text) == ("4321", b"")


def test_answers_502_without_an_upstream():
    with Proxy("http://127.0.0.1:1") as proxy:
        assert ask(proxy.endpoint, "GET", "/", headers=[("Host", "x")])[0].status == 502
        assert proxy.exchanges[0].status == 502


def test_lets_a_fault_answer(upstream):
    async def fault(request):
        return web.Response(status=503) if request.path == "/bad" else None

    with Proxy(upstream, fault=fault) as proxy:
        assert ask(proxy.endpoint, "GET", "/bad", headers=[("Host", "x")])[0].status == 503
        assert ask(proxy.endpoint, "GET", "/good", headers=[("Host", "x")])[0].status == 200


@pytest.mark.parametrize("name", ["moto", "ministack"])
def test_before_an_emulator(name):
    with Emulator(name) as emulator, Proxy(emulator.endpoint) as proxy:
        def client(service):
            return boto3.client(
                service, region_name=REGION, endpoint_url=proxy.endpoint, aws_access_key_id=ACCESS_KEY,
                aws_secret_access_key=SECRET_KEY, config=botocore.config.Config(s3={"addressing_style": "path"}),
            )
        s3 = client("s3")
        s3.create_bucket(Bucket="images", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="images", Key="a b", Body=b"x" * 100000, IfNoneMatch="*")
        with pytest.raises(s3.exceptions.ClientError) as refused:
            s3.put_object(Bucket="images", Key="a b", Body=b"y", IfNoneMatch="*")
        assert refused.value.response["Error"]["Code"] == "PreconditionFailed"
        assert s3.head_object(Bucket="images", Key="a b")["ContentLength"] == 100000
        client("sqs").create_queue(QueueName="jobs")
        assert client("sqs").list_queues()["QueueUrls"]
        assert proxy.mutating() == ["s3:CreateBucket", "s3:PutObject", "s3:PutObject", "sqs:CreateQueue"]
        assert proxy.calls()[-1] == "sqs:ListQueues"
        assert validate.check_all(proxy.exchanges, {ACCESS_KEY: SECRET_KEY}) == []
        emulator.reset()
        assert "QueueUrls" not in emulator.client("sqs").list_queues() or not emulator.client("sqs").list_queues()["QueueUrls"]
