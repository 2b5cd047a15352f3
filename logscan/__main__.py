"""`python -m logscan` and the console script."""

import gc


def main() -> None:
    # Little of what a run makes is thrown away before it ends: the collector's walks took a sixth of a small report.
    gc.set_threshold(100_000)
    from logscan.cli.main import cli  # noqa: PLC0415 (start-up time)

    cli()


if __name__ == "__main__":
    main()
