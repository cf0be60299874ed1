"""Requests as they went over the wire: read, written, and what they were for."""

import base64
import json
from dataclasses import dataclass, field


@dataclass
class Exchange:
    """One request and the reply to it (status 0: none came)."""

    method: str
    target: str  # path and query, as sent
    headers: list  # of (name, value), as sent
    body: bytes = b""
    status: int = 0
    reply_headers: list = field(default_factory=list)
    reply_body: bytes = b""
    started: float = 0.0
    seconds: float = 0.0

    def header(self, name, default=None):
        """The value of a request header; several are joined as HTTP joins them."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ",".join(values) if values else default

    def to_json(self):
        row = dict(self.__dict__)
        for name in ("body", "reply_body"):
            row[name] = base64.b64encode(row[name]).decode()
        return json.dumps(row)

    @classmethod
    def from_json(cls, line):
        row = json.loads(line)
        for name in ("body", "reply_body"):
            row[name] = base64.b64decode(row[name])
        for name in ("headers", "reply_headers"):
            row[name] = [tuple(pair) for pair in row[name]]
        return cls(**row)


def read(path):
    """The exchanges of a file of JSON lines."""
    with open(path, encoding="utf-8") as lines:
        return [Exchange.from_json(line) for line in lines]
