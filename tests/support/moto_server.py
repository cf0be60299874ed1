"""moto.server, at half its cost per request (connections are kept, nothing is logged), and with what
it leaves out.

    python -P moto_server.py -H 127.0.0.1 -p PORT
"""

import functools

from moto import server
from moto.dynamodb import responses as dynamodb
from moto.moto_server.werkzeug_app import DomainDispatcherApplication


class Handler(server.MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body of a reply are two writes

    def log_request(self, *_):
        pass


_update_table = dynamodb.DynamoHandler.update_table


def update_table(handler):
    """With the encryption, of which moto takes no update."""
    reply = _update_table(handler)
    wanted = handler.body.get("SSESpecification")
    if not wanted:
        return reply
    table = handler.dynamodb_backend.get_table(handler.body["TableName"])
    if wanted.get("Enabled") and "KMSMasterKeyId" not in wanted:
        wanted["KMSMasterKeyId"] = table._get_default_encryption_key(table.account_id, table.region_name)
    table.sse_specification = wanted
    return dynamodb.DynamoResult(table.describe())


def main():
    server.MotoRequestHandler = Handler
    # Hundreds of patterns, tried one by one.
    DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
    dynamodb.DynamoHandler.update_table = update_table
    server.main()


if __name__ == "__main__":
    main()
