"""`logscan init`: what a machine needs to run logscan on schedule, and a look at what a run would do."""

import os
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from logscan.cli.exits import visible
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
    config = _whole(out)
    folders = [_whole(text) if text else config.parent / name for text, name in ((data, "data"), (reports, "reports"))]
    _write(tuple(str(_whole(glob)) for glob in sources or _SOURCES), folders[0], folders[1], config, force=force)


def _whole(text: str) -> Path:
    return Path(os.path.abspath(text))  # noqa: PTH100 - links stay as they are named


def _write(sources: tuple[str, ...], data: Path, reports: Path, config: Path, *, force: bool) -> None:
    from logscan.batch.setup import Setup, setup_files  # noqa: PLC0415 (start-up time)

    program = shutil.which("logscan")
    words = (program,) if program else (sys.executable, "-m", "logscan")
    files = setup_files(Setup(config, data, reports, sources, words))
    if not config.parent.is_dir():
        raise click.UsageError(f"there is no folder {str(config.parent)!r}; make it first")
    there = [path.name for path in files if os.path.lexists(path)]
    if there and not force:
        raise click.UsageError(f"{', '.join(there)} in {config.parent} would be replaced; --force does so")
    for path, text in files.items():
        write_text(str(path), text)
        click.echo(f"wrote {_shown(path)}", err=True)
    click.echo(_next(config), err=True)


def _shown(path: Path) -> str:
    """From where the person stands, if it is there or below."""
    here = Path.cwd()
    return visible(shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path)))


def _next(config: Path) -> str:
    shown, unit = _shown(config), config.stem
    return (
        f"next:\n  1. look through {shown}\n  2. logscan init --check {shown}\n  3. logscan run -c {shown}\n"
        f"  4. every five minutes: copy {unit}.service and {unit}.timer to /etc/systemd/system, then\n"
        f"     systemctl daemon-reload && systemctl enable --now {unit}.timer\n"
        f"     without systemd: copy {unit}.cron to /etc/cron.d/{unit}"
    )


def _check(path: Path) -> None:
    """Errors: Faults, with every fault of the settings, and of the rules and formats that they name"""
    from logscan.batch.config import load_config  # noqa: PLC0415 (start-up time)
    from logscan.batch.definitions import check_named  # noqa: PLC0415
    from logscan.batch.preview import preview  # noqa: PLC0415
    from logscan.cli.place import cache_dir, installation_key  # noqa: PLC0415

    config, key = load_config(path, os.environ), installation_key()
    found = check_named(config, key, cache_dir(), datetime.now(UTC))
    click.echo(preview(config, found.plan.formats, key, config.alerts.words), nl=False)
