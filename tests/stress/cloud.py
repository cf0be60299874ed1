"""A small AWS that misbehaves as it is told: STS, queues and log groups, over real sockets.

    with Cloud() as cloud:
        cloud.fault = lambda call: REPLY_LOST if call.operation == "CreateQueue" and call.nth == 1 else None

A fault is asked for each request; what it returns is a function of the handler and the call, which
answers in place of the cloud or after it. It is asked under a lock, so that it may count.
"""

import json
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ACCOUNT, REGION = "123456789012", "eu-west-1"
ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@dataclass
class Call:
    service: str
    operation: str
    input: dict
    headers: dict  # names in lower case
    key: str  # access key it is signed with
    nth: int  # of this operation, from 1
    number: int  # of all
    on_connection: int  # from 1

    @property
    def mutating(self):
        return not self.operation.startswith(("Get", "List", "Describe"))


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict = field(default_factory=dict)


class Refused(Exception):
    """An error as AWS words it."""


def error(code, status=400, **headers):
    return Reply(status, json.dumps({"__type": code, "message": "no"}).encode(), headers)


class Cloud:
    def __init__(self, context=None):
        self.fault = lambda call: None
        self.date_offset = 0  # seconds that the cloud's clock is ahead
        self.queues, self.groups = {}, {}
        self.calls = []
        self.connections = 0
        self.lock = threading.Lock()
        self.seen = threading.Condition(self.lock)
        self.over = threading.Event()
        self.server = Server(self, context)
        self.endpoint = f"http{'s' if context else ''}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, condition, timeout=60):
        """Until `condition()`, looked at after each request."""
        with self.lock:
            assert self.seen.wait_for(condition, timeout), f"seen: {self.counts()}"

    def counts(self):
        return Counter(call.operation for call in self.calls)

    def note(self, call):
        with self.lock:
            call.nth = 1 + sum(1 for other in self.calls if other.operation == call.operation)
            call.number = 1 + len(self.calls)
            self.calls.append(call)
            self.seen.notify_all()
            return self.fault(call)

    def answer(self, call):
        """What a well-behaved cloud says."""
        with self.lock:
            try:
                body = getattr(self, call.operation)(call.input)
            except Refused as refused:
                return error(str(refused))
        return Reply(body=body if isinstance(body, bytes) else json.dumps(body or {}).encode())

    # --- the services; names are the operations' ---

    def GetCallerIdentity(self, given):
        return (f"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{ACCOUNT}</Account>"
                f"<Arn>arn:aws:iam::{ACCOUNT}:user/t</Arn></GetCallerIdentityResult>"
                "</GetCallerIdentityResponse>").encode()

    def queue(self, name):
        if name not in self.queues:
            raise Refused("com.amazonaws.sqs#QueueDoesNotExist")
        return self.queues[name]

    def GetQueueUrl(self, given):
        self.queue(given["QueueName"])
        return {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{given['QueueName']}"}

    def CreateQueue(self, given):
        self.queues.setdefault(given["QueueName"], {"attributes": given.get("Attributes", {}), "tags": given["tags"]})
        return self.GetQueueUrl(given)

    def GetQueueAttributes(self, given):
        name = given["QueueUrl"].rpartition("/")[2]
        usual = {"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "VisibilityTimeout": "30",
                 "DelaySeconds": "0", "MessageRetentionPeriod": "345600", "MaximumMessageSize": "1048576",
                 "ReceiveMessageWaitTimeSeconds": "0", "SqsManagedSseEnabled": "true"}
        return {"Attributes": {**usual, **self.queue(name)["attributes"]}}

    def ListQueueTags(self, given):
        return {"Tags": self.queue(given["QueueUrl"].rpartition("/")[2])["tags"]}

    def DeleteQueue(self, given):
        self.queue(given["QueueUrl"].rpartition("/")[2])
        del self.queues[given["QueueUrl"].rpartition("/")[2]]

    def CreateLogGroup(self, given):
        if given["logGroupName"] in self.groups:
            raise Refused("ResourceAlreadyExistsException")
        self.groups[given["logGroupName"]] = {"tags": given["tags"]}

    def PutRetentionPolicy(self, given):
        self.groups[given["logGroupName"]]["retention"] = given["retentionInDays"]

    def DescribeLogGroups(self, given):
        prefix = given.get("logGroupNamePrefix", "")
        return {"logGroups": [
            {"logGroupName": name, "logGroupClass": "STANDARD", "creationTime": 1795279494579,
             "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*",
             **({"retentionInDays": group["retention"]} if "retention" in group else {})}
            for name, group in sorted(self.groups.items()) if name.startswith(prefix)]}

    def ListTagsForResource(self, given):
        return {"tags": self.groups[given["resourceArn"].partition(":log-group:")[2]]["tags"]}

    def DeleteLogGroup(self, given):
        if self.groups.pop(given["logGroupName"], None) is None:
            raise Refused("ResourceNotFoundException")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, cloud, context):
        self.cloud = cloud
        super().__init__(("127.0.0.1", 0), Handler)
        self.context = context

    def finish_request(self, request, address):
        self.cloud.connections += 1
        if self.context:
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, address)

    def handle_error(self, request, address):
        pass  # a client that went away, or did not like our certificate


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    requests = 0

    def do_POST(self):
        self.requests += 1
        cloud = self.server.cloud
        call = self.read_call()
        fault = cloud.note(call)
        if fault:
            fault(self, call)
        else:
            self.send(cloud.answer(call))

    def do_GET(self):
        """Credentials, as a container's endpoint gives them."""
        self.send(self.server.cloud.credentials())

    def read_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        target = self.headers.get("X-Amz-Target", "")
        if target:
            service, _, operation = target.partition(".")
            given = json.loads(body)
        else:
            service, given = "sts", {name: values[0] for name, values in parse_qs(body).items()}
            operation = given["Action"]
        key = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Call(service, operation, given, headers, key, 0, 0, self.requests)

    def send(self, reply):
        self.send_response_only(reply.status)
        offset = self.server.cloud.date_offset
        for name, value in {"Date": formatdate(time.time() + offset, usegmt=True), "Content-Length": len(reply.body),
                            "x-amzn-RequestId": "r", **reply.headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(reply.body)

    def send_raw(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, *arguments):
        pass


# --- faults: functions of handler and call ---


def reply_with(reply):
    return lambda handler, call: handler.send(reply)


def close(handler, call):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def reset(handler, call):
    """RST in place of a reply."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def hang(handler, call):
    """No reply while the cloud is there."""
    handler.server.cloud.over.wait()
    handler.close_connection = True


def after(fault):
    """The call is carried out, and then its reply goes wrong."""
    def both(handler, call):
        handler.server.cloud.answer(call)
        fault(handler, call)
    return both


def raw(data):
    """These bytes and no more."""
    def send(handler, call):
        handler.send_raw(data)
        close(handler, call)
    return send
