"""Templates of webhooks: a person's own JSON, which no text of a log can break or add to."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

_LONGEST = 1 << 20  # characters of what a template makes
_TAKEN = ("safe", "urlize", "xmlattr", "escape", "e", "forceescape")  # make what is not JSON, or get round it

Render = Callable[[Mapping[str, Any]], str]


def read_template(path: Path) -> Render:
    """A function from a document to the text of a body.

    In:     a Jinja template of JSON; a value within quotes is escaped for JSON, `|tojson` writes a whole one
    Law:    it runs in a sandbox; what it makes of any document is JSON, or a fault that tells so
    Errors: ValueError with the line when it is no template; OSError
    """
    import jinja2  # noqa: PLC0415 - start-up time

    environment = _environment()
    try:
        template = environment.from_string(path.read_text("utf-8"))
    except jinja2.TemplateSyntaxError as fault:
        raise ValueError(f"line {fault.lineno}: {fault.message}") from fault

    def render(document: Mapping[str, Any]) -> str:
        try:
            made = template.render({name: value for name, value in document.items() if name.isidentifier()})
        except (jinja2.TemplateError, TypeError, ArithmeticError, LookupError, OverflowError) as fault:
            raise ValueError(f"the template fails: {fault}") from fault
        if len(made) > _LONGEST:
            raise ValueError("the template makes more than a receiver can want")
        try:
            return json.dumps(json.loads(made), ensure_ascii=False)
        except ValueError as fault:
            raise ValueError(f"the template makes no JSON: {fault}") from fault

    return render


def _environment() -> "jinja2.Environment":
    from jinja2 import StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    def within_quotes(value: Any) -> Any:
        # What `tojson` wrote is JSON already; all else stands between the quotes of the template.
        if isinstance(value, Markup):
            return value
        return json.dumps(value if isinstance(value, str) else _plain(value), ensure_ascii=False)[1:-1]

    environment = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, finalize=within_quotes)
    for name in _TAKEN:
        environment.filters.pop(name, None)
    environment.filters["tojson"] = lambda value: Markup(json.dumps(value, ensure_ascii=False))  # noqa: S704
    environment.globals.clear()
    return environment


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
