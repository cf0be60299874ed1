"""Request bodies, headers and paths, decoded to an operation's input.

The opposite of botocore's serializers.  What does not fit the model is noted in
`problems`; values of the wrong type go through as they are, for the check of
the input to find.
"""

import base64
import binascii
import json
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import unquote
from xml.etree import ElementTree

INTEGER = re.compile(r"-?\d+")
PLAIN = ("string", "character")


def local_name(tag):
    return tag.rpartition("}")[2]


class Decoder:
    def __init__(self, problems):
        self.problems = problems

    def problem(self, path, text):
        self.problems.append(f"{path or 'input'}: {text}")

    # Text: headers, query strings, labels, forms, XML.

    def scalar(self, shape, text, path, timestamp="iso8601"):
        kind = shape.type_name
        if kind in PLAIN:
            return self._json_in_header(shape, text, path)
        if kind in ("integer", "long"):
            return int(text) if INTEGER.fullmatch(text) else text
        if kind in ("float", "double"):
            return self._or_text(float, text)
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if kind == "blob":
            return self._base64(text, path)
        if kind == "timestamp":
            return self._timestamp(shape, text, path, timestamp)
        self.problem(path, f"a {kind} cannot be text")
        return text

    def _json_in_header(self, shape, text, path):
        if not shape.serialization.get("jsonvalue"):
            return text
        return self._json_text(base64.b64decode(text), path)

    @staticmethod
    def _or_text(convert, text):
        try:
            return convert(text)
        except ValueError:
            return text

    def _base64(self, text, path):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError, TypeError):
            self.problem(path, "not base64")
            return b""

    def _timestamp(self, shape, value, path, default):
        form = shape.serialization.get("timestampFormat", default).lower()
        try:
            if form == "unixtimestamp":
                return datetime.fromtimestamp(float(value), timezone.utc)
            if form == "rfc822":
                return parsedate_to_datetime(value)
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        except (ValueError, TypeError, AttributeError):
            self.problem(path, f"not a timestamp of the form {form}: {value!r}")
            return value

    # JSON.

    def _json_text(self, body, path):
        try:
            return json.loads(body)
        except ValueError as error:
            self.problem(path, f"not JSON: {error}")
            return {}

    def json_body(self, shape, body):
        """A whole body; nothing is the same as {}."""
        value = self._json_text(body, "body") if body else {}
        return self.json(shape, value, "")

    def json(self, shape, value, path):
        if getattr(shape, "is_document_type", False):
            return value
        convert = getattr(self, f"_json_{shape.type_name}", None)
        return convert(shape, value, path) if convert else value

    def _json_structure(self, shape, value, path):
        if not isinstance(value, dict):
            return value
        names = {
            member.serialization.get("name", name): name
            for name, member in shape.members.items() if "location" not in member.serialization
        }
        result = {}
        for key, item in value.items():
            if key in names:
                name = names[key]
                result[name] = self.json(shape.members[name], item, f"{path}.{name}")
            else:
                self.problem(path, f"unknown member {key}")
        return result

    def _json_list(self, shape, value, path):
        if not isinstance(value, list):
            return value
        return [self.json(shape.member, item, f"{path}[{i}]") for i, item in enumerate(value)]

    def _json_map(self, shape, value, path):
        if not isinstance(value, dict):
            return value
        return {key: self.json(shape.value, item, f"{path}.{key}") for key, item in value.items()}

    def _json_blob(self, _shape, value, path):
        return self._base64(value, path)

    def _json_timestamp(self, shape, value, path):
        return self._timestamp(shape, value, path, "unixtimestamp")

    # Forms, as the query protocol has them.

    def form(self, shape, form, prefix=""):
        convert = getattr(self, f"_form_{shape.type_name}", None)
        if convert:
            return convert(shape, form, prefix)
        return self.scalar(shape, form[prefix], prefix)

    @staticmethod
    def _in_form(form, prefix):
        return prefix in form or any(key.startswith(prefix + ".") for key in form)

    def _form_structure(self, shape, form, prefix):
        result = {}
        for name, member in shape.members.items():
            key = self._form_key(member, name)
            key = f"{prefix}.{key}" if prefix else key
            if self._in_form(form, key):
                result[name] = self.form(member, form, key)
        return result

    @staticmethod
    def _form_key(member, name):
        """A flattened list stands under its item's name."""
        if member.type_name == "list" and member.serialization.get("flattened"):
            return member.member.serialization.get("name", name)
        return member.serialization.get("name", name)

    def _form_items(self, form, prefix):
        number = 1
        while self._in_form(form, f"{prefix}.{number}"):
            yield f"{prefix}.{number}"
            number += 1

    def _form_list(self, shape, form, prefix):
        if not shape.serialization.get("flattened"):
            prefix += "." + shape.member.serialization.get("name", "member")
        return [self.form(shape.member, form, key) for key in self._form_items(form, prefix)]

    def _form_map(self, shape, form, prefix):
        if not shape.serialization.get("flattened"):
            prefix += ".entry"
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        result = {}
        for key in self._form_items(form, prefix):
            name = form.get(f"{key}.{key_name}")
            if name is None or not self._in_form(form, f"{key}.{value_name}"):
                self.problem(key, f"an entry needs .{key_name} and .{value_name}")
                continue
            result[name] = self.form(shape.value, form, f"{key}.{value_name}")
        return result

    # XML.

    def xml_body(self, shape, body):
        try:
            root = ElementTree.fromstring(body)
        except ElementTree.ParseError as error:
            self.problem("body", f"not XML: {error}")
            return {}
        name = shape.serialization.get("name", shape.name)
        space = shape.serialization.get("xmlNamespace", {}).get("uri")
        if root.tag not in (name, f"{{{space}}}{name}"):
            self.problem("body", f"root element {root.tag} where {{{space}}}{name} belongs")
        return self.xml(shape, [root], "")

    def xml(self, shape, elements, path):
        """`elements`: all that bear the member's name; one, unless the list is flattened."""
        convert = getattr(self, f"_xml_{shape.type_name}", None)
        if shape.type_name == "list" and shape.serialization.get("flattened"):
            return [self.xml(shape.member, [item], path) for item in elements]
        if len(elements) > 1:
            self.problem(path, f"{len(elements)} times")
        if convert:
            return convert(shape, elements[0], path)
        if len(elements[0]):
            self.problem(path, "text expected, elements found")
        return self.scalar(shape, elements[0].text or "", path)

    def _xml_structure(self, shape, element, path):
        result, names, attributes = {}, {}, {}
        for name, member in shape.members.items():
            where = member.serialization
            if where.get("xmlAttribute"):
                attributes[where["name"].rpartition(":")[2]] = name
            elif not where.get("location"):
                names[where.get("name", name)] = name
        for key, text in element.attrib.items():
            if local_name(key) in attributes:
                result[attributes[local_name(key)]] = text
            else:
                self.problem(path, f"unknown attribute {key}")
        groups = {}
        for child in element:
            groups.setdefault(local_name(child.tag), []).append(child)
        for key, children in groups.items():
            if key in names:
                name = names[key]
                result[name] = self.xml(shape.members[name], children, f"{path}.{name}")
            else:
                self.problem(path, f"unknown element {key}")
        return result

    def _xml_list(self, shape, element, path):
        name = shape.member.serialization.get("name", "member")
        for child in element:
            if local_name(child.tag) != name:
                self.problem(path, f"element {local_name(child.tag)} where {name} belongs")
        return [self.xml(shape.member, [child], f"{path}[{i}]") for i, child in enumerate(element)]

    def _xml_map(self, shape, element, path):
        self.problem(path, "maps in XML are not decoded")
        return {}

    # REST: labels, query string and headers.

    def rest(self, route, path, query, exchange):
        """The members that are not in the body."""
        operation, result = route.operation, {}
        if operation.input_shape is None:
            return result
        labels = route.labels(path)
        for name, shape in operation.input_shape.members.items():
            where = shape.serialization
            key = where.get("name", name)
            if where.get("location") == "uri":
                if key in labels:
                    result[name] = self.scalar(shape, labels[key], name)
            elif where.get("location") == "querystring":
                self._query_member(result, name, shape, query, operation)
            elif where.get("location") == "header":
                text = exchange.header(key)
                if text is not None:
                    result[name] = self._header_member(shape, text, name)
            elif where.get("location") == "headers":
                self._prefixed_headers(result, name, key, exchange)
        return result

    def _query_member(self, result, name, shape, query, operation):
        if shape.type_name == "map":
            claimed = {member.serialization.get("name", other)
                       for other, member in operation.input_shape.members.items()}
            result[name] = {key: value for key, value in query if key not in claimed}
            return
        key = shape.serialization.get("name", name)
        values = [value for other, value in query if other == key]
        if shape.type_name == "list" and values:
            result[name] = [self.scalar(shape.member, value, name) for value in values]
        elif values:
            if len(values) > 1:
                self.problem(name, f"{len(values)} times in the query string")
            result[name] = self.scalar(shape, values[0], name)

    def _header_member(self, shape, text, name):
        if shape.type_name == "list":
            return [self.scalar(shape.member, item.strip(), name) for item in text.split(",")]
        return self.scalar(shape, text, name, "rfc822")

    @staticmethod
    def _prefixed_headers(result, name, prefix, exchange):
        found = {
            key[len(prefix):]: value for key, value in exchange.headers
            if key.lower().startswith(prefix.lower())
        }
        if found:
            result[name] = found


def split_target(target):
    """Raw path, and query as decoded pairs (a `+` is no blank)."""
    path, _, text = target.partition("?")
    pairs = [item.partition("=") for item in text.split("&") if item]
    return path, [(unquote(name), unquote(value)) for name, _, value in pairs]
