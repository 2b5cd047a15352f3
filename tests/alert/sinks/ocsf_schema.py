"""OCSF 1.4, class Detection Finding, as far as logscan writes it: written from the public description of the schema.

https://schema.ocsf.io/1.4.0/classes/detection_finding and the objects that it names.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

Check = Callable[[Any], bool]


class Known(NamedTuple):
    """Attributes of a class or an object. pairs: an enum's number, and the attribute that has its caption"""

    of: Mapping[str, "Check | Known | list[Check | Known]"]
    required: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    pairs: Mapping[str, str] = {}


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _moment(value: Any) -> bool:
    """Milliseconds since the epoch, of this century."""
    return _whole(value) and 946_684_800_000 <= value < 4_102_444_800_000


def _json(value: Any) -> bool:
    return value is not None


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _version(value: Any) -> bool:
    return bool(re.fullmatch(r"\d+\.\d+\.\d+", value))


def _address(value: Any) -> bool:
    return bool(ipaddress.ip_address(value))


def _one_of(*values: int) -> Check:
    return lambda value: _whole(value) and value in values


_CAPTIONS: Mapping[str, Mapping[int, str]] = {
    "activity_id": {0: "Unknown", 1: "Create", 2: "Update", 3: "Close"},
    "status_id": {0: "Unknown", 1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved", 5: "Archived"},
    "severity_id": {
        0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical", 6: "Fatal",
    },
    "confidence_id": {0: "Unknown", 1: "Low", 2: "Medium", 3: "High"},
    "category_uid": {2: "Findings"},
    "class_uid": {2004: "Detection Finding"},
}  # fmt: skip
_ENUMS = {name: _one_of(*captions, *([99] if name.endswith("_id") else [])) for name, captions in _CAPTIONS.items()}
_OBSERVABLES = {1: "Hostname", 2: "IP Address", 4: "User Name", 6: "URL String"}
_PRODUCT = Known(
    {"name": _text, "vendor_name": _text, "version": _text, "uid": _text}, any_of=frozenset({"name", "uid"})
)
_METADATA = Known(
    {"product": _PRODUCT, "version": _version, "uid": _text, "logged_time": _moment}, frozenset({"product", "version"})
)
_ANALYTIC = Known(
    {"type_id": _one_of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99), "type": _text, "name": _text, "uid": _text},
    frozenset({"type_id"}),
    frozenset({"name", "uid"}),
)
_INFO = Known(
    {
        "uid": _text, "title": _text, "desc": _text, "types": [_text], "analytic": _ANALYTIC, "src_url": _text,
        "created_time": _moment, "modified_time": _moment, "first_seen_time": _moment, "last_seen_time": _moment,
    },
    frozenset({"uid"}),
)  # fmt: skip
_ENDPOINT = Known({"ip": _address, "hostname": _text}, any_of=frozenset({"ip", "hostname"}))
_USER = Known({"name": _text, "uid": _text}, any_of=frozenset({"name", "uid"}))
_URL = Known({"path": _text, "hostname": _text, "url_string": _text})
_EVIDENCE = Known(
    {"data": _json, "src_endpoint": _ENDPOINT, "user": _USER, "url": _URL},
    any_of=frozenset({"data", "src_endpoint", "user", "url"}),
)
_OBSERVABLE = Known(
    {"name": _text, "value": _text, "type": _text, "type_id": _one_of(*_OBSERVABLES, 99)}, frozenset({"type_id"})
)
_CAPTION = dict.fromkeys(("activity_name", "category_name", "class_name", "severity", "status", "confidence"), _text)
_FINDING = Known(
    {
        **_ENUMS, **_CAPTION, "type_uid": _whole, "type_name": _text, "message": _text, "count": _whole,
        "time": _moment, "start_time": _moment, "end_time": _moment, "is_alert": _flag,
        "metadata": _METADATA, "finding_info": _INFO, "evidences": [_EVIDENCE], "observables": [_OBSERVABLE],
        "remediation": Known({"desc": _text}, frozenset({"desc"})), "unmapped": _json,
    },
    frozenset(
        {"activity_id", "category_uid", "class_uid", "finding_info", "metadata", "severity_id", "time", "type_uid"}
    ),
    pairs={
        "activity_id": "activity_name", "category_uid": "category_name", "class_uid": "class_name",
        "severity_id": "severity", "status_id": "status", "confidence_id": "confidence",
    },
)  # fmt: skip


def faults(event: Mapping[str, Any]) -> list[str]:
    """Everything in an event that the schema does not allow."""
    found = list(_of(_FINDING, event, ""))
    if event.get("type_uid") != event.get("class_uid", 0) * 100 + event.get("activity_id", 0):
        found.append("type_uid is not class_uid * 100 + activity_id")
    if event.get("type_name") != f"{event.get('class_name')}: {event.get('activity_name')}":
        found.append("type_name is not that of type_uid")
    for each in event.get("observables", []):
        caption = _OBSERVABLES.get(each["type_id"], each.get("type"))
        if each.get("type") != caption:
            found.append(f"observable {each} is no {caption}")
        if each["value"] not in _values(event, each["name"].replace("[]", "").split(".")):
            found.append(f"observable {each} points to nothing")
    return found


def _of(known: Known, event: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from (f"{place}{name} is required" for name in sorted(known.required - event.keys()))
    if known.any_of and not known.any_of & event.keys():
        yield f"{place} has none of {sorted(known.any_of)}"
    for name, value in event.items():
        if name not in known.of:
            yield f"{place}{name} is unknown"
            continue
        yield from _one(known.of[name], value, f"{place}{name}")
    for number, caption in known.pairs.items():
        if number in event and event.get(caption) != _CAPTIONS[number].get(event[number]):
            yield f"{place}{caption} is not that of {number} {event[number]}"


def _one(check: "Check | Known | list[Check | Known]", value: Any, place: str) -> Iterator[str]:
    if isinstance(check, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for each in value:
            yield from _one(check[0], each, place)
    elif isinstance(check, Known):
        yield from _of(check, value, f"{place}.")
    elif not check(value):
        yield f"{place} may not be {value!r}"


def _values(event: Any, names: list[str]) -> list[Any]:
    if isinstance(event, list):
        return [value for each in event for value in _values(each, names)]
    if not names:
        return [event]
    return _values(event[names[0]], names[1:]) if isinstance(event, Mapping) and names[0] in event else []
