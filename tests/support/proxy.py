"""A recording reverse proxy: what a client asks of an emulator, kept word for word."""

import asyncio
import collections
import threading
import time

import aiohttp
import yarl
from aiohttp import web

from support import validate
from support.recording import Exchange

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"}
# aiohttp adds these to a request unless told not to.
ADDED = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
MAX_BODY = 512 * 1024 * 1024
EXCHANGE = web.RequestKey("exchange", Exchange)


def is_conditional(exchange):
    """A write that S3 carries out only if the object is what the writer thinks."""
    return exchange.method == "PUT" and (exchange.header("if-match") or exchange.header("if-none-match"))


class NoReply(Exception):
    """Raised by a fault: the connection ends, and the client never hears of its call."""


class Proxy:
    """Forwards to `upstream` and records; `exchanges` grows as replies are sent.

    The Host header goes through as it came, for signatures and virtual hosts.
    With `path`, every exchange is also written there as a JSON line.

    `fault`, an async function of the request, may answer in the upstream's
    place, or raise NoReply.  `request[EXCHANGE]` is what will be recorded; a
    fault that wants the upstream's reply first calls `forward(exchange)`, and
    may give it back with `answer(exchange)`.

    Conditional writes of one object go through one at a time, as in S3; the
    emulators check and write without a lock.
    """

    def __init__(self, upstream, path=None, fault=None):
        self.exchanges = []
        self.endpoint = None
        self._upstream = upstream
        self._file = open(path, "a", encoding="utf-8") if path else None
        self._fault = fault
        self._writes = collections.defaultdict(asyncio.Lock)  # target: conditional writes
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def clear(self):
        """Forget what was recorded so far."""
        del self.exchanges[:]

    def mutating(self):
        """`service:Operation` of every recorded call that changes something."""
        return [name for name in map(validate.name_of, self.exchanges) if validate.mutates(name)]

    def calls(self):
        """`service:Operation` of every recorded call."""
        return [validate.name_of(exchange) for exchange in self.exchanges]

    def start(self):
        self._thread.start()
        self._ready.wait()
        if self.endpoint is None:
            raise RuntimeError("the proxy did not start")
        return self

    def stop(self):
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
        if self._file:
            self._file.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _run(self):
        try:
            self.loop.run_until_complete(self._serve())
        finally:
            self._ready.set()
            self.loop.close()

    async def _serve(self):
        self._stopped = asyncio.Event()
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        timeout = aiohttp.ClientTimeout(total=120)
        connector = aiohttp.TCPConnector(limit=128)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False,
            skip_auto_headers=ADDED, cookie_jar=aiohttp.DummyCookieJar(),
        ) as self._session:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            self.endpoint = f"http://127.0.0.1:{port}"
            self._ready.set()
            await self._stopped.wait()
            await runner.cleanup()

    async def _handle(self, request):
        exchange = Exchange(
            method=request.method, target=request.raw_path,
            headers=[(name.decode("latin-1"), value.decode("latin-1"))
                     for name, value in request.raw_headers],
            started=time.time(),
        )
        exchange.body = await request.read()
        request[EXCHANGE] = exchange
        try:
            reply = await self._reply(request, exchange)
        except NoReply:
            if request.transport:  # else the client is gone already
                request.transport.abort()
            reply = web.Response()
        self.record(exchange)
        return reply

    async def _reply(self, request, exchange):
        reply = await self._fault(request) if self._fault else None
        if reply is None:
            await self.forward(exchange)
            return self.answer(exchange)
        if not exchange.status:
            exchange.status, exchange.reply_body = reply.status, reply.body or b""
        return reply

    async def forward(self, exchange):
        """Ask the upstream; the reply is then in `exchange`."""
        if not is_conditional(exchange):
            return await self._forward(exchange)
        async with self._writes[exchange.target]:
            return await self._forward(exchange)

    async def _forward(self, exchange):
        headers = [pair for pair in exchange.headers
                   if pair[0].lower() not in HOP_BY_HOP and pair[0].lower() != "expect"]
        url = yarl.URL(self._upstream + exchange.target, encoded=True)
        try:
            async with self._session.request(
                exchange.method, url, headers=headers, data=exchange.body or None,
                allow_redirects=False,
            ) as reply:
                exchange.status = reply.status
                exchange.reply_headers = list(reply.headers.items())
                exchange.reply_body = await reply.read()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            exchange.status = 502
            exchange.reply_headers = [("Content-Type", "text/plain")]
            exchange.reply_body = f"the emulator did not answer: {error!r}".encode()

    def record(self, exchange):
        exchange.seconds = time.time() - exchange.started
        self.exchanges.append(exchange)
        if self._file:
            self._file.write(exchange.to_json() + "\n")
            self._file.flush()

    @staticmethod
    def answer(exchange):
        """The upstream's reply as it is given to the client."""
        reply = web.Response(status=exchange.status, body=exchange.reply_body)
        reply.headers.popall("Content-Type", None)
        for name, value in exchange.reply_headers:
            if name.lower() not in HOP_BY_HOP:
                reply.headers.add(name, value)
            elif name.lower() == "content-length" and exchange.method == "HEAD":
                reply.headers["Content-Length"] = value
        return reply
