"""An AWS of canned replies, over TLS, with a fixed delay for each reply.

It learns its replies from an emulator: while it learns, every request goes
there; afterwards a request is answered from memory, `delay` after it came, so
that what is measured is the client and not the emulator.  A request that was
never seen is still passed on, and counted as a miss.

    python server.py --upstream URL --certificate FILE --key FILE

prints its port.  It is steered by requests to /_bench/:
    POST learn            pass everything on
    POST replay?delay=40  answer from memory, each reply 40 ms late; counts from 0
    GET counts            calls, misses, most requests in flight, calls by operation
"""

import argparse
import asyncio
import collections
import gc
import ssl
import sys
from pathlib import Path

import aiohttp
import uvloop
import yarl
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import validate
from support.proxy import HOP_BY_HOP, ADDED
from support.recording import Exchange


class Arrivals(RequestHandler):
    """A connection that knows when the last bytes came: waiting for this one thread counts as delay."""

    def data_received(self, data):
        self.arrived = self._loop.time()
        super().data_received(data)


class WebServer(web.Server):
    def __call__(self):
        return Arrivals(self, loop=self._loop, **self._kwargs)


class Server:
    def __init__(self, upstream):
        self.upstream = upstream
        self.replies = {}
        self.examples = {}  # an exchange of each request, to name its operation
        self.delay = None  # seconds; None while learning
        self.reset()

    def reset(self):
        self.calls = collections.Counter()
        self.misses = 0
        self.in_flight = self.peak = 0

    async def handle(self, request):
        if request.path.startswith("/_bench/"):
            return self.steer(request)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            return await self.answer(request, request.protocol.arrived)
        finally:
            self.in_flight -= 1

    async def answer(self, request, arrived):
        body = await request.read()
        key = (request.method, request.raw_path, request.headers.get("X-Amz-Target"), body)
        self.calls[key] += 1
        reply = self.replies.get(key) if self.delay is not None else None
        if reply is None:
            self.misses += self.delay is not None
            reply = self.replies[key] = await self.ask(request, body)
            self.examples[key] = Exchange(request.method, request.raw_path, list(request.headers.items()), body)
        if self.delay:
            await asyncio.sleep(arrived + self.delay - asyncio.get_running_loop().time())
        status, headers, text = reply
        return web.Response(status=status, headers=headers, body=text)

    async def ask(self, request, body):
        headers = [pair for pair in request.headers.items() if pair[0].lower() not in HOP_BY_HOP]
        url = yarl.URL(self.upstream + request.raw_path, encoded=True)
        async with self.session.request(
            request.method, url, headers=headers, data=body or None, allow_redirects=False
        ) as reply:
            text = await reply.read()
            kept = [pair for pair in reply.headers.items() if pair[0].lower() not in HOP_BY_HOP]
            return reply.status, kept, text

    def steer(self, request):
        command = request.path.rpartition("/")[2]
        if command == "learn":
            gc.enable()
            self.delay = None
        elif command == "replay":
            gc.collect()
            gc.freeze()  # no pause while it is measured
            gc.disable()
            self.delay = float(request.query["delay"]) / 1000
            self.reset()
        return web.json_response(self.counts())

    def counts(self):
        names = collections.Counter()
        for key, count in self.calls.items():
            names[validate.name_of(self.examples[key])] += count
        return {"calls": sum(self.calls.values()), "misses": self.misses, "peak": self.peak,
                "operations": dict(names.most_common())}

    async def run(self, context):
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=32), auto_decompress=False, skip_auto_headers=ADDED,
        ) as self.session:
            runner = web.ServerRunner(WebServer(self.handle, access_log=None))
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context, backlog=512)
            await site.start()
            print(site._server.sockets[0].getsockname()[1], flush=True)
            await asyncio.Event().wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    args = parser.parse_args()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(args.certificate, args.key)
    uvloop.run(Server(args.upstream).run(context))


if __name__ == "__main__":
    main()
