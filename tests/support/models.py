"""botocore's service models: which operation is a request for?"""

import functools
import re
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.model import ServiceModel

# A credential scope's service name, where it is not the model's own name.
BY_SCOPE = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "cloudcontrolapi": ("cloudcontrol",),
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}
# Same method and path as another operation, at an endpoint of its own.
ELSEWHERE = {("s3", "ListDirectoryBuckets")}
LABEL = re.compile(r"\{([\w-]+)(\+?)\}")


@functools.cache
def service(name):
    loader = botocore.session.get_session().get_component("data_loader")
    return ServiceModel(loader.load_service_model(name, "service-2"), name)


@functools.cache
def known_services():
    loader = botocore.session.get_session().get_component("data_loader")
    return frozenset(loader.list_available_services("service-2"))


def services_for(scope_name):
    """The models that requests signed for a service name may belong to."""
    names = BY_SCOPE.get(scope_name, (scope_name,))
    return [service(name) for name in names if name in known_services()]


class Route:
    """Method, path template and fixed query of one operation of a REST service."""

    def __init__(self, operation):
        self.operation = operation
        self.method = operation.http["method"]
        path, _, query = operation.http["requestUri"].partition("?")
        self.fixed_query = parse_qsl(query, keep_blank_values=True)
        pieces = LABEL.split(path)
        pattern = re.escape(pieces[0])
        for greedy, literal in zip(pieces[2::3], pieces[3::3]):
            pattern += f"({'.+' if greedy else '[^/]+'})" + re.escape(literal)
        self._labels = pieces[1::3]
        self.pattern = re.compile(pattern)
        self.literal_length = sum(map(len, pieces[0::3]))
        self.required = self._required_outside_path()

    def _required_outside_path(self):
        shape = self.operation.input_shape
        if shape is None:
            return []
        found = []
        for name in shape.required_members:
            where = shape.members[name].serialization
            if where.get("location") in ("querystring", "header"):
                found.append((where["location"], where.get("name", name).lower()))
        return found

    def score(self, exchange, path, query):
        """How well this route fits; None where it does not."""
        match = self.pattern.fullmatch(path)
        if exchange.method != self.method or not match:
            return None
        if any(pair not in query for pair in self.fixed_query):
            return None
        names = {"querystring": {name.lower() for name, _ in query},
                 "header": {name.lower() for name, _ in exchange.headers}}
        there = sum(name in names[location] for location, name in self.required)
        return (len(self.fixed_query), self.literal_length, there == len(self.required), there,
                not self.operation.deprecated)

    def labels(self, path):
        """Names of the path's labels with their decoded values."""
        values = map(unquote, self.pattern.fullmatch(path).groups())
        return dict(zip(self._labels, values))


@functools.cache
def routes(service_name):
    model = service(service_name)
    return [
        Route(model.operation_model(name)) for name in model.operation_names
        if (service_name, name) not in ELSEWHERE
    ]


def find_route(models, exchange, path, query):
    """The route of these services that fits a REST request best, or None."""
    best, best_score = None, None
    for model in models:
        for route in routes(model.service_name):
            score = route.score(exchange, path, query)
            if score is not None and (best_score is None or score > best_score):
                best, best_score = route, score
    return best
