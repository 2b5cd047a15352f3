"""`logscan formats`: what is read, whether the definitions are right, and how to add one."""

from pathlib import Path
from typing import Any

import click

from logscan.cli.exits import ErrorGroup, Exit, visible
from logscan.cli.formats_made import from_apache_command, from_nginx_command, new_command
from logscan.model.errors import Faults, SettingsError, Where
from logscan.model.resources import rules_dir
from logscan.rules.shape import suggest

_STYLE = click.option(
    "--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How."
)
_FOLDERS = click.option(
    "--formats", "folders", multiple=True, type=click.Path(), help="A folder of format files beside the shipped ones."
)


@click.group("formats", cls=ErrorGroup)
def formats_group() -> None:
    """List, show, test, find and write log formats.

    Example: logscan formats detect /var/log
    """


@formats_group.command("list")
@_FOLDERS
@_STYLE
def list_command(folders: tuple[str, ...], style: str) -> None:
    """List every format: its id, kind, order, log source and title.

    Example: logscan formats list --formats my-formats
    """
    from logscan.report.formats import formats_json, formats_table  # noqa: PLC0415 (start-up time)

    found = _load(folders)
    click.echo(formats_json(found) if style == "json" else formats_table(found), nl=False)


@formats_group.command("show")
@click.argument("name", metavar="ID")
@_FOLDERS
def show_command(name: str, folders: tuple[str, ...]) -> None:
    """Show one format: what it reads, its columns and layouts, and a sample read into fields.

    Example: logscan formats show nginx-error
    """
    from logscan.ingest.check import read_sample  # noqa: PLC0415
    from logscan.report.formats import format_shown  # noqa: PLC0415

    found = _find(name, _load(folders))
    sample = next((each for each in found.samples if each.expect is not None), None)
    click.echo(format_shown(found, sample, read_sample(sample, [found]) if sample else None), nl=False)


@formats_group.command("test")
@click.argument("places", nargs=-1, type=click.Path(), metavar="[DIR|FILE]...")
def test_command(places: tuple[str, ...]) -> None:
    """Run the samples of format files, by default of all that ship with logscan.

    Example: logscan formats test my-formats/
    """
    from logscan.ingest.check import check_formats  # noqa: PLC0415

    shipped = rules_dir() / "formats"
    tested = check_formats([Path(place) for place in places] or [shipped], [shipped])
    for note in tested.notes:
        click.echo(visible(f"note: {note}"), err=True)
    if tested.faults:
        raise Faults(tested.faults)
    click.echo(f"{tested.formats:,} format{'s' * (tested.formats != 1)}, {tested.samples:,} samples: all as expected")


@formats_group.command("detect")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_FOLDERS
@_STYLE
def detect_command(paths: tuple[str, ...], folders: tuple[str, ...], style: str) -> None:
    """Say for each file in PATH... which formats it is written in, why, and how far the lines got that none reads.

    Example: logscan formats detect /var/log
    """
    from logscan.cli.place import installation_key  # noqa: PLC0415
    from logscan.cli.reading import standard_input  # noqa: PLC0415
    from logscan.engine.detected import detect_paths  # noqa: PLC0415
    from logscan.report.formats import detected_json, detected_text  # noqa: PLC0415

    found = detect_paths(paths, _load(folders), installation_key(), standard_input(paths))
    click.echo(detected_json(found) if style == "json" else detected_text(found), nl=False)
    if not any(each.shares for each in found):
        raise SystemExit(Exit.NO_EVENTS)


def _load(folders: tuple[str, ...]) -> Any:
    from logscan.engine.request import format_folders  # noqa: PLC0415
    from logscan.ingest.format import load_formats  # noqa: PLC0415

    own = [Path(folder) for folder in folders]
    hint = "name an existing folder"
    missing = [folder for folder in own if not folder.is_dir()]
    if missing:
        raise Faults(
            [SettingsError("is not a folder of formats", where=Where(str(each)), hint=hint) for each in missing]
        )
    return load_formats(format_folders([rules_dir()], own))


def _find(name: str, formats: Any) -> Any:
    names = {fmt.id: fmt for fmt in formats}
    if name in names:
        return names[name]
    hint = suggest(name, names) or "see: logscan formats list"
    raise SettingsError(f"there is no format `{name}`", where=Where("ID"), hint=hint)


formats_group.add_command(from_nginx_command)
formats_group.add_command(from_apache_command)
formats_group.add_command(new_command)
