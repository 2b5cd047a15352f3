"""A person's own JSON, which no text of a log can break."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.alert.template import read_template
from tests.alert.documents import told

TEMPLATE = """{"text": "{{ title }}", "all": {{ finding.evidence|tojson }}, "n": {{ finding.counts.events }}
{%- if severity == "high" %}, "to": "{{ incident.group.cause|upper }}"{% endif %},
"lines": [{% for each in finding.evidence %}"{{ each.text }} {{ each.line }}"{{ "," if not loop.last }}{% endfor %}],
"none": "{{ finding.period_s }}", "flag": {{ incident.over|tojson }}}"""


def made(folder: Path, template: str = TEMPLATE, **changes: object) -> object:
    (folder / "own.j2").write_text(template, "utf-8")
    return json.loads(read_template(folder / "own.j2")({**told("new"), **changes}))


def test_a_template_gives_what_it_says(tmp_path: Path) -> None:
    assert made(tmp_path) == {
        "text": "[high] New: Token has expired, client 192.0.2.7",
        "all": [{"path": "api.log", "line": 7, "text": "401 token rejected: expired"}],
        "n": 12,
        "to": "TOKEN_EXPIRED",
        "lines": ["401 token rejected: expired 7"],
        "none": "",
        "flag": False,
    }


HOSTILE = st.text() | st.sampled_from(
    ['", "x": "', "\\", "\\u0000", "{{ 7*7 }}", "</script>", "\u2028", "\x00", '"}', "{% raw %}"]
)


@given(HOSTILE)
def test_no_text_breaks_out_of_its_quotes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    found = made(tmp_path_factory.mktemp("t"), title=text)
    assert isinstance(found, dict)
    assert found["text"] == text
    assert set(found) == {"text", "all", "n", "to", "lines", "none", "flag"}


@pytest.mark.parametrize(
    "template",
    [
        '{"x": "{{ title.__class__.__mro__ }}"}',
        '{"x": "{{ ().__class__.__base__.__subclasses__() }}"}',
        '{"x": "{{ finding.__init__.__globals__ }}"}',
        '{"x": "{{ cycler.__init__ }}"}',
        '{"x": {% for a in range(9999999999) %}1{% endfor %}}',
        '{"x": "{{ missing }}"}',
        '{"x": {{ finding.counts.pop("events") }}}',
        "{% include '/etc/passwd' %}",
        "{{ 1 / 0 }}",
        '{"x": {{ title }}}',
        "plain words",
        "",
    ],
)
def test_what_is_no_json_or_reaches_out_is_a_fault(tmp_path: Path, template: str) -> None:
    with pytest.raises(ValueError, match="the template"):
        made(tmp_path, template)


@pytest.mark.parametrize("name", ["safe", "escape", "xmlattr"])
def test_filters_that_get_round_the_quotes_are_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="No filter named"):
        made(tmp_path, f'{{"x": "{{{{ title|{name} }}}}"}}')


def test_what_is_too_long_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="more than a receiver"):
        made(tmp_path, '{"x": "{{ title * 100000 }}"}')
