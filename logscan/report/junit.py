"""What became of the hits and misses of rules, as a build server reads it.

Source: the schema of JUnit XML, https://github.com/windyroad/JUnit-Schema, and what Jenkins and GitLab read of it
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

from logscan.model.document import parse_document
from logscan.model.errors import LogscanError, Where
from logscan.report.show import visible
from logscan.rules.correlate import Correlation
from logscan.rules.load import Rule

_NAME = "logscan rules test"
_LONG = 10_000  # characters of one text


def junit_of_samples(rules: Sequence[Rule | Correlation], faults: Sequence[LogscanError]) -> str:
    """A suite for each kind of rule, a case for each hit and miss.

    In: faults: of samples, as `check` gives them; of a sample with several, all are told
    """
    told: dict[Where, list[LogscanError]] = {}
    for fault in faults:
        sample = ".".join(fault.where.key.split(".")[:3])  # a fault may be that of one column of it
        told.setdefault(replace(fault.where, key=sample), []).append(fault)
    suites = []
    for kind in dict.fromkeys(rule.kind for rule in rules):
        cases = [case for rule in rules if rule.kind == kind for case in _cases(rule, told)]
        suites.append(_suite(kind, cases))
    return _document(suites)


def junit_of_faults(faults: Sequence[LogscanError]) -> str:
    """A case for each fault that kept the rules from being loaded."""
    cases = []
    for fault in faults:
        case = ET.Element("testcase", name=_seen(str(fault.where)), classname="load", time="0")
        error = ET.SubElement(case, "error", message=_seen(fault.what), type=type(fault).__name__)
        error.text = _seen(str(fault))
        cases.append(case)
    return _document([_suite("load", cases)])


def _cases(rule: Rule | Correlation, told: dict[Where, list[LogscanError]]) -> Iterable[ET.Element]:
    document = parse_document(rule.text, rule.path)
    for kind in ("hits", "misses"):
        for at in range(len(rule.meaning[kind])):
            case = ET.Element("testcase", name=f"{_seen(rule.name)} {kind}.{at}", classname=_seen(rule.path), time="0")
            found = told.get(document.where(f"logscan.{kind}.{at}"), [])
            if found:
                failure = ET.SubElement(case, "failure", message=_seen(found[0].what), type=type(found[0]).__name__)
                failure.text = _seen("\n".join(map(str, found)))
            yield case


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": errors, "skipped": 0}
    suite = ET.Element("testsuite", {"name": name, **{key: str(count) for key, count in counts.items()}, "time": "0"})
    suite.extend(cases)
    return suite


def _document(suites: Sequence[ET.Element]) -> str:
    whole = ET.Element("testsuites", {"name": _NAME})
    for key in ("tests", "failures", "errors"):
        whole.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    whole.extend(suites)
    ET.indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(whole, encoding="unicode")}\n'


def _seen(text: str) -> str:
    """XML 1.0 has no place for most control characters."""
    return "\n".join(visible(line, _LONG) for line in text.split("\n"))
