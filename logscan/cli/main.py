"""The command `logscan`: names of the commands, each loaded only when it is called."""

import os
from importlib import import_module
from typing import Any

import click

from logscan import __version__
from logscan.cli.exits import ErrorGroup

# name -> (module, attribute, short help); the words stand here so that --help needs no import of the commands
COMMANDS = {
    "report": ("logscan.cli.report", "report_command", "Write one HTML page that explains the 401s in PATH..."),
    "scan": ("logscan.cli.scan", "scan_command", "Print the findings as a table or JSON."),
    "events": ("logscan.cli.events", "events_command", "Print the classified authentication failures, or every event."),
    "bundle": ("logscan.cli.bundle", "bundle_command", "Write a zip of report, findings, evidence and charts."),
    "init": (
        "logscan.cli.init",
        "init_command",
        "Write settings for scheduled runs, a systemd timer, a cron line.",
    ),
    "run": ("logscan.cli.run", "run_command", "Read what is new in the logs of a settings file, and report on it."),
    "alert": ("logscan.cli.alert", "alert_group", "Test sinks, list incidents, silence them or take them."),
    "status": (
        "logscan.cli.status",
        "status_command",
        "Say how scheduled runs stand: lag, last run, archive, what goes on.",
    ),
    "verify": ("logscan.cli.verify", "verify_command", "Say whether files are those that a report was made from."),
    "diff": ("logscan.cli.diff", "diff_command", "Say what changed between two scans, or two periods of a log."),
    "explain": ("logscan.cli.explain", "explain_command", "Say how a line was read, what matched and why."),
    "formats": ("logscan.cli.formats", "formats_group", "List, show, test, find and write log formats."),
    "rules": ("logscan.cli.rules", "rules_group", "List, show, check and test rules."),
}


class LazyGroup(ErrorGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, _, words) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=(
        "Exit codes: 0 ran; 1 findings at or above --fail-on, or inputs that are not those of a report (verify); "
        "2 usage; 3 nothing could be read or understood; "
        "4 a rule, format or setting is invalid; 130 interrupted (partial results are written and marked)."
    ),
)
@click.version_option(__version__, prog_name="logscan")
@click.pass_context
def cli(ctx: click.Context, /, **_: Any) -> None:
    """Says why HTTP 401s happened, since when, how they recur, who is hit and what to do.

    Example: logscan report /var/log/nginx -o report.html
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
