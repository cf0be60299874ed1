"""What can go wrong with a call, as plain data, and how the proxy does it.

A fault picks calls of one run by name and number, and says what becomes of them:

    Fault("sqs:CreateQueue", "kill", side="after")      the first reply never arrives
    Fault("op:write", "kill", nth=2)                    before the second write of the lease
    Fault("write", "error", nth=3, value=SERVER_ERROR)  the third call that changes anything
    Fault("*", "throttle", times=4)                     whatever is asked, the first four times

The sweeps say which run meets which fault.
"""

import asyncio
import signal
from dataclasses import dataclass, replace

from aiohttp import web

from support import validate
from support.proxy import EXCHANGE, NoReply, Proxy

SIGNALS = {"kill": signal.SIGKILL, "int": signal.SIGINT, "stop": signal.SIGSTOP}
# Replies as several services give them; who parses one must survive the other.
THROTTLED = (400, "application/x-amz-json-1.0", '{"__type":"ThrottlingException","message":"Rate exceeded"}')
SLOW_DOWN = (503, "application/xml", "<Error><Code>SlowDown</Code><Message>Please reduce your request rate."
                                    "</Message></Error>")
SERVER_ERROR = (500, "text/html", "<html><body><h1>Internal Server Error</h1></body></html>")
DENIED = (403, "application/x-amz-json-1.0", '{"__type":"AccessDeniedException","message":"not allowed"}')
DENIED_XML = (403, "text/xml", "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not allowed"
                               "</Message></Error><RequestId>1</RequestId></ErrorResponse>")


@dataclass(frozen=True)
class Fault:
    call: str           # a name (see call_name), or "*", "read", "write", "store"
    do: str             # one of ACTIONS
    side: str = "before"  # of the call: before it is forwarded, after its reply came, late
    nth: int = 1        # the first call that is meant
    times: int = 1      # how many are
    value: object = None  # seconds of a delay, (status, type, body) of an error, (from, to) of a rewrite

    def __str__(self):
        value = "" if self.value is None else f" {self.value!r}"
        return f"{self.do} {self.side} {self.call}.{self.nth} x{self.times}{value}"


def call_name(exchange, store):
    """`service:Operation`; for the state's objects `state:read`, `state:write`, `op:read`, `op:write`."""
    if exchange.target.startswith(store):
        what = "op" if exchange.target.partition("?")[0].endswith(".op") else "state"
        return f"{what}:{'write' if exchange.method == 'PUT' else 'read'}"
    return validate.name_of(exchange)


def is_store(name):
    return name.startswith(("state:", "op:"))


def is_write(name):
    """A call that changes something in AWS; the store's are not among them."""
    return not is_store(name) and validate.mutates(name)


def belongs(name, group):
    """Is a call one of those that a fault's `call` means?"""
    if group in ("*", name):
        return True
    return {"store": is_store(name), "write": is_write(name),
            "read": not is_store(name) and not is_write(name)}.get(group, False)


class Counter:
    """Which faults of a run the next call meets; `met` are those that were."""

    def __init__(self, faults):
        self.seen = {fault: 0 for fault in faults}
        self.met = []

    def take(self, name):
        """The faults that this call is due."""
        due = []
        for fault in self.seen:
            if belongs(name, fault.call):
                self.seen[fault] += 1
                if fault.nth <= self.seen[fault] < fault.nth + fault.times:
                    due.append(fault)
        self.met += due
        return due


# --- what a fault does ---
#
# async (lab, run, fault, request) -> reply, or None to go on.


async def _signal(lab, run, fault, request):
    """A killed run hears nothing more; a stopped or interrupted one gets the reply."""
    exchange, number = request[EXCHANGE], SIGNALS[fault.do]
    if fault.side == "after":
        await lab.forward(exchange)
    run.signal(number)
    run.struck.set()
    if number == signal.SIGKILL:
        if fault.side == "late":
            lab.late = replace(exchange)
        raise NoReply
    return Proxy.answer(exchange) if fault.side == "after" else None


async def _drop(lab, run, fault, request):
    if fault.side == "after":
        await lab.forward(request[EXCHANGE])
    raise NoReply


async def _delay(lab, run, fault, request):
    await asyncio.sleep(fault.value)


async def _error(lab, run, fault, request):
    status, kind, body = fault.value
    if fault.side == "after":
        await lab.forward(request[EXCHANGE])
    return web.Response(status=status, body=body.encode(), headers={"Content-Type": kind})


async def _throttle(lab, run, fault, request):
    s3 = call_name(request[EXCHANGE], lab.store).startswith(("s3:", "state:", "op:"))
    status, kind, body = SLOW_DOWN if s3 else THROTTLED
    return web.Response(status=status, body=body.encode(), headers={"Content-Type": kind})


async def _stale(lab, run, fault, request):
    """The reply to the same question of an earlier time, if it was asked then."""
    exchange = request[EXCHANGE]
    asked = [one for one in lab.proxy.exchanges if one.status and
             (one.method, one.target, one.body) == (exchange.method, exchange.target, exchange.body)]
    if not asked:
        return None
    exchange.status, exchange.reply_headers = asked[0].status, asked[0].reply_headers
    exchange.reply_body = asked[0].reply_body
    return Proxy.answer(exchange)


async def _truncate(lab, run, fault, request):
    """Half a body, and no more."""
    exchange = request[EXCHANGE]
    await lab.forward(exchange)
    if len(exchange.reply_body) < 2:
        raise NoReply
    whole = Proxy.answer(exchange)
    reply = web.StreamResponse(status=whole.status, headers=whole.headers)
    reply.content_length = len(exchange.reply_body)
    try:
        await reply.prepare(request)
        await reply.write(exchange.reply_body[:len(exchange.reply_body) // 2])
    except ConnectionError as gone:
        raise NoReply from gone
    if request.transport:
        request.transport.close()
    return reply


async def _corrupt(lab, run, fault, request):
    """A reply of the right length, half of it noise."""
    exchange = request[EXCHANGE]
    await lab.forward(exchange)
    body = exchange.reply_body
    exchange.reply_body = body[:len(body) // 2] + b"\x00\xff<" * len(body)
    exchange.reply_body = exchange.reply_body[:len(body)]
    return Proxy.answer(exchange)


async def _rewrite(lab, run, fault, request):
    """A text of the reply in place of another one."""
    exchange = request[EXCHANGE]
    await lab.forward(exchange)
    old, new = fault.value
    exchange.reply_body = exchange.reply_body.replace(old.encode(), new.encode())
    return Proxy.answer(exchange)


ACTIONS = {
    "kill": _signal, "int": _signal, "stop": _signal, "drop": _drop, "delay": _delay,
    "error": _error, "throttle": _throttle, "stale": _stale, "truncate": _truncate,
    "corrupt": _corrupt, "rewrite": _rewrite,
}
