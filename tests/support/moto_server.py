"""moto.server, at half its cost per request: connections are kept, and nothing is logged.

    python -P moto_server.py -H 127.0.0.1 -p PORT
"""

import functools

from moto import server
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


class Handler(server.MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body of a reply are two writes

    def log_request(self, *_):
        pass


def main():
    server.MotoRequestHandler = Handler
    # Hundreds of patterns, tried one by one.
    DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
    server.main()


if __name__ == "__main__":
    main()
