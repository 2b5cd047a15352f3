"""The templates of the page: those that ship with logscan, and a person's own in their place."""

import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, NamedTuple

from logscan.model.cache import Cache
from logscan.model.errors import Faults, SettingsError, Where
from logscan.model.resources import reports_dir
from logscan.report import show
from logscan.rules.shape import suggest

if TYPE_CHECKING:
    import jinja2

EVIDENCE = 4_000  # characters shown of one log line
LABEL = 160  # characters shown of what stands in a heading or a sentence
STYLE = "report.css"
_CODE = re.compile(r"`([^`]+)`")


class Templates(NamedTuple):
    """environment of the page; style: its style sheet; own: the folder whose files stand in place of the shipped."""

    environment: "jinja2.Environment"
    style: str
    own: Path | None = None

    def render(self, name: str, **values: Any) -> str:
        """Errors: SettingsError, with its line, when one of the own templates fails; a shipped one crashes loudly"""
        try:
            return self.environment.get_template(name).render(**values)
        except Exception as fault:
            places = [step for step in extract_tb(fault.__traceback__) if self._owns(step.filename)]
            if not places:
                raise
            where = Where(places[-1].filename, places[-1].lineno or 0)
            hint = "docs/report.md says what a template is given"
            raise SettingsError(f"the template fails: {fault}", where=where, hint=hint) from fault

    def _owns(self, path: str) -> bool:
        return self.own is not None and Path(path).is_relative_to(self.own)


def shipped(cache: Cache | None = None) -> Templates:
    """In: cache: where they are kept compiled, which saves a fifth of a second"""
    folder = reports_dir() / "html"
    environment = page_environment(folder)
    if cache and environment.bytecode_cache is None:
        from logscan.report.compiled import compile_once  # noqa: PLC0415 - start-up time

        compile_once(environment, cache)
    return Templates(environment, (folder / STYLE).read_text("utf-8"))


def load_templates(own: Path) -> Templates:
    """The shipped templates, with a person's own in their place.

    In:     own: a folder of files named like those of reports/html: *.j2 and report.css; others of its files are faults
    Errors: Faults: every file that is not named so, cannot be read, or is no template
    """
    import jinja2  # noqa: PLC0415 - start-up time

    folder = reports_dir() / "html"
    known = sorted([path.name for path in folder.glob("*.j2")] + [STYLE])
    environment = page_environment(own, folder)
    faults: list[SettingsError] = []
    style = folder / STYLE
    for path in _files(own, faults):
        try:
            text = path.read_text("utf-8")
            if path.name not in known:
                hint = suggest(path.name, known)
                faults.append(SettingsError("is no template of the page", where=Where(str(path)), hint=hint))
            elif path.name == STYLE:
                style = path
            else:
                environment.parse(text, path.name, str(path))
        except jinja2.TemplateSyntaxError as fault:
            place = Where(str(path), fault.lineno)
            faults.append(
                SettingsError(f"is no template: {fault.message}", where=place, hint="see Jinja's documentation")
            )
        except (OSError, UnicodeDecodeError) as fault:
            faults.append(SettingsError(f"cannot be read: {fault}", where=Where(str(path)), hint="save it as UTF-8"))
    if faults:
        raise Faults(faults)
    return Templates(environment, style.read_text("utf-8"), own)


def _files(own: Path, faults: list[SettingsError]) -> Sequence[Path]:
    try:
        found = sorted(path for path in own.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as fault:
        hint = "name a folder with templates"
        faults.append(SettingsError(f"cannot be read: {fault.strerror}", where=Where(str(own)), hint=hint))
        return ()
    if not found:
        faults.append(
            SettingsError("holds no template", where=Where(str(own)), hint="copy one of reports/html into it")
        )
    return found


@cache
def page_environment(*folders: Path) -> "jinja2.Environment":
    """Templates of the first folder that has them: all they print is escaped, nothing unknown is printed or hidden."""
    import jinja2  # noqa: PLC0415 - start-up time
    import markupsafe  # noqa: PLC0415

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=partial(_shown, markupsafe.Markup),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["safe"] = markupsafe.Markup
    environment.filters |= {
        "n": show.number,
        "pc": show.percent,
        "span_s": show.duration,
        "bytes": show.size,
        "moment": show.moment,
        "machine": show.machine_time,
        "path": markupsafe.Markup.escape,  # our own drawing, of any length
        "seen": markupsafe.Markup.escape,  # text that was made visible before it was cut to pieces
        "upfirst": lambda text: text[:1].upper() + text[1:],
        "lowfirst": lambda text: text[:1].lower() + text[1:],
        "short": lambda text: show.visible(text, LABEL),
        "line": lambda text: markupsafe.Markup.escape(show.visible(text, EVIDENCE, keep="\n\t")),
        "prose": lambda text: _prose(markupsafe.Markup, text),
    }
    environment.globals["between"] = show.span
    return environment


def _prose(markup: Any, text: str) -> Any:
    """Sentences in which `this` is code; escaped first, so that nothing but <code> can come of it."""
    return markup(_CODE.sub(r'<code class="q">\1</code>', str(markup.escape(show.visible(text)))))


def _shown(markup: type, value: Any) -> Any:
    """What a template may print: markup of its own, whole numbers, and text made visible; never None or a float."""
    if isinstance(value, markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) or value is None or isinstance(value, bool):
        raise TypeError(f"a template prints {value!r}, which needs words of its own")
    return show.visible(str(value))
