"""Answers a parsed query from rows: dictionaries in which a relationship is a dictionary, a child list a list."""

import re

from sandbox.salesforce_schema import OBJECTS


class InvalidField(ValueError):
    """A field or relationship that the object does not have, or that may not be read."""


class InvalidType(ValueError):
    """An object that does not exist."""


def run(query, rows, hidden=frozenset(), version="v62.0"):
    """Return the JSON answer to a query over `rows` of its object. Raises InvalidField or InvalidType."""
    if query.source not in OBJECTS:
        raise InvalidType(f"sObject type '{query.source}' is not supported. If you are attempting to use a custom object, "
                          "be sure to append the '__c' after the entity name.")  # fmt: skip
    return _answer(query, query.source, rows, hidden, version)


def _answer(query, kind, rows, hidden, version):
    for name in [*[f for f in query.fields if isinstance(f, str)], *_tested(query.where), *[o[0] for o in query.order]]:
        check_field(kind, name, hidden)
    rows = [row for row in rows if _passes(query.where, row)]
    for name, descending, nulls_last in reversed(query.order):
        present = [row for row in rows if _value(row, name) is not None]
        absent = [row for row in rows if _value(row, name) is None]
        present.sort(key=lambda row: _value(row, name), reverse=descending)
        rows = present + absent if nulls_last else absent + present
    total = len(rows)
    rows = rows[query.offset :]
    rows = rows if query.limit is None else rows[: query.limit]
    if query.count:
        return {"totalSize": total, "done": True, "records": []}
    records = [_record(query, kind, row, hidden, version) for row in rows]
    return {"totalSize": len(records), "done": True, "records": records}


def check_field(kind, path, hidden):
    """Raise InvalidField unless the dotted path leads to a readable field of the object."""
    *steps, last = path.split(".")
    for step in steps:
        target = _known(OBJECTS[kind]["parents"], step)
        if target is None or step in hidden:
            raise InvalidField(f"\n{path}\n^\nERROR at Row:1:Column:8\nDidn't understand relationship '{step}' in field path. If "
                               "you are attempting to use a custom relationship, be sure to append the '__r' after the custom "
                               "relationship name. Please reference your WSDL or the describe call for the appropriate names.")  # fmt: skip
        kind = OBJECTS[kind]["parents"][target]
    if _known(OBJECTS[kind]["fields"], last) is None or last in hidden:
        raise InvalidField(f"\n{path}\n^\nERROR at Row:1:Column:8\nNo such column '{last}' on entity '{kind}'. If you are attempting "
                           "to use a custom field, be sure to append the '__c' after the custom field name. Please reference "
                           "your WSDL or the describe call for the appropriate names.")  # fmt: skip


def _known(names, name):
    return next((known for known in names if known.lower() == name.lower()), None)


def _tested(test):
    if test is None:
        return []
    if test[0] in ("and", "or"):
        return [*_tested(test[1]), *_tested(test[2])]
    return _tested(test[1]) if test[0] == "not" else [test[0]]


def _value(row, path):
    for step in path.split("."):
        if row is None:
            return None
        row = row.get(_known(row, step))
    return row


def _passes(test, row):
    if test is None:
        return True
    if test[0] == "and":
        return _passes(test[1], row) and _passes(test[2], row)
    if test[0] == "or":
        return _passes(test[1], row) or _passes(test[2], row)
    if test[0] == "not":
        return not _passes(test[1], row)
    name, operator, wanted = test
    return _compare(_value(row, name), operator, wanted, is_id=name.split(".")[-1].endswith("Id"))


def _compare(value, operator, wanted, is_id):
    if operator == "in":
        return any(_compare(value, "=", one, is_id) for one in wanted)
    if operator == "like":
        pattern = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in str(wanted))
        return value is not None and re.fullmatch(pattern, str(value), re.IGNORECASE | re.DOTALL) is not None
    same = _same(value, wanted, is_id)
    if operator in ("=", "!="):
        return same == (operator == "=")
    if value is None or wanted is None:
        return False
    return {"<": value < wanted, ">": value > wanted, "<=": value <= wanted, ">=": value >= wanted}[operator]


def _same(value, wanted, is_id):
    if is_id and isinstance(value, str) and isinstance(wanted, str):
        return value.startswith(wanted) and len(wanted) in (15, 18)
    if isinstance(value, str) and isinstance(wanted, str):
        return value.lower() == wanted.lower()
    return value == wanted


def _record(query, kind, row, hidden, version):
    record = {"attributes": _attributes(kind, row, version)}
    for name in query.fields:
        if isinstance(name, str):
            _put(record, kind, row, name.split("."), version)
        else:
            child = _known(OBJECTS[kind]["children"], name.source)
            if child is None:
                raise InvalidField(f"\nDidn't understand relationship '{name.source}' in FROM part of query call.")
            answer = _answer(name, OBJECTS[kind]["children"][child], row[child], hidden, version)
            record[child] = answer if answer["records"] else None
    return record


def _attributes(kind, row, version):
    return {"type": kind, "url": f"/services/data/{version}/sobjects/{kind}/{row['Id']}"}


def _put(record, kind, row, steps, version):
    known = _known(row, steps[0])
    if len(steps) == 1:
        record[known] = row[known]
        return
    if row[known] is None:
        record[known] = None
        return
    target = OBJECTS[kind]["parents"][known]
    nested = record.setdefault(known, {"attributes": _attributes(target, row[known], version)})
    _put(nested, target, row[known], steps[1:], version)
