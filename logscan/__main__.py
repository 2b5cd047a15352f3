"""`python -m logscan` and the console script."""


def main() -> None:
    from logscan.cli.main import cli  # noqa: PLC0415 (start-up time)

    cli()


if __name__ == "__main__":
    main()
