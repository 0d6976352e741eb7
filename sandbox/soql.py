"""A small SOQL reader: one SELECT with dotted fields and at most one level of parenthesised subqueries.

It parses; `soql_run` answers. What it does not know is a `Malformed` query, as with the real service.
"""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<word>[A-Za-z_][\w.]*)|(?P<number>-?\d[\w:.+-]*)|(?P<sign><=|>=|!=|<>|[=<>(),]))"""
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
KEYWORDS = {
    "select",
    "from",
    "where",
    "order",
    "by",
    "limit",
    "offset",
    "and",
    "or",
    "not",
    "in",
    "like",
    "asc",
    "desc",
    "nulls",
}


class Malformed(ValueError):
    """The query cannot be read."""


@dataclass
class Query:
    """`fields` are dotted names or nested Query; `where` is a tree of ("and", a, b), ("or", a, b), ("not", a) and tests
    (field, operator, value); `order` is (field, descending, nulls last)."""

    fields: list
    source: str
    where: tuple | None = None
    order: list = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    count: bool = False

    def wanted_ids(self):
        """Return the ids a query is limited to by `Id = ''` or `Id IN ()`, or None when it is not."""
        return _ids(self.where)


def _ids(test):
    if test is None or test[0] in ("or", "not"):
        return None
    if test[0] == "and":
        return _ids(test[1]) if _ids(test[1]) is not None else _ids(test[2])
    name, operator, value = test
    if name.lower() == "id" and operator in ("=", "in"):
        return [value] if operator == "=" else list(value)
    return None


def parse(text):
    """Return the Query. Raises Malformed with the token that was not understood."""
    reader = _Reader(_tokens(text))
    query = reader.query()
    if reader.kind != "end":
        raise Malformed(f"unexpected token: '{reader.value}'")
    return query


def _tokens(text):
    place, tokens = 0, []
    text = text.strip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found:
            raise Malformed(f"unexpected token: '{text[place:].split()[0]}'")
        tokens.append((found.lastgroup, found.group(found.lastgroup)))
        place = found.end()
    return [*tokens, ("end", "<EOF>")]


def _unquote(text):
    return re.sub(
        r"\\(.)", lambda found: ESCAPES.get(found.group(1).lower(), found.group(1)), text[1:-1], flags=re.DOTALL
    )


class _Reader:
    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    @property
    def kind(self):
        return self.tokens[self.at][0]

    @property
    def value(self):
        return self.tokens[self.at][1]

    def is_next(self, word):
        return self.kind in ("word", "sign") and self.value.lower() == word

    def take(self, word):
        if not self.is_next(word):
            return False
        self.at += 1
        return True

    def need(self, word):
        if not self.take(word):
            raise Malformed(f"expecting '{word}', found '{self.value}'")

    def name(self):
        if self.kind != "word" or self.value.lower() in KEYWORDS:
            raise Malformed(f"unexpected token: '{self.value}'")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def query(self):
        self.need("select")
        fields, count = [], False
        while True:
            if self.take("("):
                fields.append(self.query())
                self.need(")")
            else:
                name = self.name()
                if name.lower() == "count" and self.take("("):
                    self.need(")")
                    count = True
                else:
                    fields.append(name)
            if not self.take(","):
                break
        self.need("from")
        query = Query(fields, self.name(), count=count)
        if self.take("where"):
            query.where = self.either()
        if self.take("order"):
            self.need("by")
            query.order = self.orders()
        if self.take("limit"):
            query.limit = self.whole()
        if self.take("offset"):
            query.offset = self.whole()
        return query

    def whole(self):
        if self.kind != "number" or not self.value.isdigit():
            raise Malformed(f"unexpected token: '{self.value}'")
        self.at += 1
        return int(self.tokens[self.at - 1][1])

    def orders(self):
        orders = []
        while True:
            name = self.name()
            descending = self.take("desc") or (self.take("asc") and False)
            last = False
            if self.take("nulls"):
                last = self.take("last")
                if not last:
                    self.need("first")
            orders.append((name, descending, last))
            if not self.take(","):
                return orders

    def either(self):
        left = self.both()
        while self.take("or"):
            left = ("or", left, self.both())
        return left

    def both(self):
        left = self.single()
        while self.take("and"):
            left = ("and", left, self.single())
        return left

    def single(self):
        if self.take("not"):
            return ("not", self.single())
        if self.take("("):
            inner = self.either()
            self.need(")")
            return inner
        name = self.name()
        if self.take("in"):
            return (name, "in", self.values())
        if self.take("not"):
            self.need("in")
            return ("not", (name, "in", self.values()))
        operator = "like" if self.take("like") else self.sign()
        return (name, operator, self.constant())

    def sign(self):
        if self.kind != "sign" or self.value in "(),":
            raise Malformed(f"unexpected token: '{self.value}'")
        self.at += 1
        return self.tokens[self.at - 1][1].replace("<>", "!=")

    def values(self):
        self.need("(")
        values = [self.constant()]
        while self.take(","):
            values.append(self.constant())
        self.need(")")
        return values

    def constant(self):
        kind, value = self.kind, self.value
        self.at += 1
        if kind == "text":
            return _unquote(value)
        if kind == "number":
            return float(value) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
        if kind == "word" and value.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[value.lower()]
        raise Malformed(f"unexpected token: '{value}'")
