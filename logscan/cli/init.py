"""`logscan init`: what a machine needs to run logscan on schedule, and a look at what a run would do."""

import os
import shutil
import sys
from pathlib import Path

import click

from logscan.cli.exits import Exit, visible
from logscan.cli.output import write_text

_SOURCES = ("/var/log/nginx/*.log*",)


@click.command("init", epilog="Example: logscan init --source '/var/log/nginx/*.log*' -o /etc/logscan/logscan.toml")
@click.option("--source", "sources", multiple=True, metavar="GLOB", help="Logs to read; may be given several times.")
@click.option("--data", metavar="DIR", help="Where a run keeps what it needs; default: data, beside the settings.")
@click.option("--reports", metavar="DIR", help="Where reports go; default: reports, beside the settings.")
@click.option("-o", "--output", "out", default="logscan.toml", show_default=True, metavar="FILE", help="The settings.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@click.option("--check", metavar="FILE", help="Check these settings, say what a run would do, and write nothing.")
def init_command(
    sources: tuple[str, ...], data: str | None, reports: str | None, out: str, check: str | None, *, force: bool
) -> None:
    """Write commented settings, a hardened systemd service and timer, and a cron line; or check settings.

    Nothing is installed or started, and no file is replaced without --force.
    """
    if check is not None:
        if sources or data or reports or force:
            raise click.UsageError("--check writes nothing: give it alone.")
        _check(Path(check))
        return
    _write(sources or _SOURCES, data, reports, Path(os.path.abspath(out)), force=force)  # noqa: PTH100 - links stay


def _write(sources: tuple[str, ...], data: str | None, reports: str | None, config: Path, *, force: bool) -> None:
    from logscan.batch.setup import Setup, setup_files  # noqa: PLC0415 (start-up time)

    folder = config.parent
    places = [Path(os.path.abspath(text)) if text else folder / name for text, name in ((data, "data"), (reports, "reports"))]  # noqa: PTH100
    program = shutil.which("logscan")
    words = (program,) if program else (sys.executable, "-m", "logscan")
    globs = tuple(os.path.abspath(glob) for glob in sources)  # noqa: PTH100 - a glob is no path
    files = setup_files(Setup(config, *places, globs, words))
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {str(folder)!r}; make it first")
    there = [path.name for path in files if os.path.lexists(path)]
    if there and not force:
        raise click.UsageError(f"{', '.join(there)} in {folder} would be replaced; --force does so")
    for path, text in files.items():
        write_text(str(path), text)
        click.echo(f"wrote {visible(str(path))}", err=True)
    click.echo(_next(config), err=True)


def _next(config: Path) -> str:
    shown, unit = visible(str(config)), config.stem
    return (
        f"next:\n  1. look through {shown}\n  2. logscan init --check {shown}\n  3. logscan run -c {shown}\n"
        f"  4. every five minutes: copy {unit}.service and {unit}.timer to /etc/systemd/system, then\n"
        f"     systemctl daemon-reload && systemctl enable --now {unit}.timer\n"
        f"     without systemd: copy {unit}.cron to /etc/cron.d/{unit}"
    )
