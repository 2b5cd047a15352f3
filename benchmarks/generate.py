"""Makes the logs to measure on: the same every time, with sets of clients, paths and agents that grow with the log."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

START = datetime(2026, 3, 12, tzinfo=UTC)
_BLOCK = 250_000  # lines made at a time
_STATUS = np.array([200, 200, 200, 200, 200, 200, 204, 301, 304, 404, 500], np.uint16)
_WORDS = np.array(["users", "orders", "items", "carts", "invoices", "search", "sessions", "reports", "files", "teams"])


def combined(path: Path, lines: int) -> None:
    """A combined access log of about 150 bytes a line; 3 % answers are 401."""
    _write(path, lines, _combined_block)


def json_lines(path: Path, lines: int) -> None:
    """An ECS JSON log of about 290 bytes a line; 3 % answers are 401, with a reason in the message."""
    _write(path, lines, _json_block)


def _write(path: Path, lines: int, block) -> None:
    rng = np.random.default_rng(401)
    with path.open("wb") as file:
        for first in range(0, lines, _BLOCK):
            size = min(_BLOCK, lines - first)
            text = block(_requests(rng, first, size))
            file.write(("\n".join(text.to_list()) + "\n").encode())


def _requests(rng: np.random.Generator, first: int, size: int) -> pl.DataFrame:
    at = np.arange(first, first + size)
    client = (rng.random(size) ** 2 * (300 + at // 40)).astype(np.int64)
    word = _WORDS[rng.integers(0, len(_WORDS), size)]
    number = (rng.random(size) * (1 + at // 3)).astype(np.int64)
    return pl.DataFrame(
        {
            "ts": [START + timedelta(seconds=0.034) * int(i) for i in at],
            "client": client,
            "word": word,
            "number": np.where(rng.random(size) < 0.5, number, -1),
            "agent": (client % (40 + at // 20_000)).astype(np.int64),
            "status": np.where(rng.random(size) < 0.03, 401, _STATUS[rng.integers(0, len(_STATUS), size)]),
            "bytes": rng.integers(0, 9000, size),
        }
    ).with_columns(
        address=pl.format(
            "10.{}.{}.{}", pl.col("client") // 65536, pl.col("client") // 256 % 256, pl.col("client") % 256
        ),
        path=pl.when(pl.col("number") < 0)
        .then(pl.format("/api/v1/{}?page={}", "word", pl.col("bytes") % 40))
        .otherwise(pl.format("/api/v1/{}/{}", "word", "number")),
    )


def _combined_block(rows: pl.DataFrame) -> pl.Series:
    return rows.select(
        pl.format(
            '{} - {} [{}] "GET {} HTTP/1.1" {} {} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Firefox/{}.0"',
            "address",
            pl.when(pl.col("client") % 3 == 0).then(pl.format("user{}", "client")).otherwise(pl.lit("-")),
            pl.col("ts").dt.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "path",
            "status",
            "bytes",
            pl.col("agent"),
            pl.col("agent"),
        )
    ).to_series()


def _json_block(rows: pl.DataFrame) -> pl.Series:
    failed = pl.col("status") == 401
    return rows.select(
        pl.format(
            '{{"@timestamp":"{}","log.level":"{}","message":"{}","service.name":"orders-api","http":{{"request":'
            '{{"method":"GET"}},"response":{{"status_code":{},"body":{{"bytes":{}}}}}}},"url":{{"path":"{}"}},'
            '"source":{{"ip":"{}"}},"user":{{"name":"user{}"}},"event":{{"duration":{}}}}}',
            pl.col("ts").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
            pl.when(failed).then(pl.lit("warn")).otherwise(pl.lit("info")),
            pl.when(failed).then(pl.lit("rejected: token has expired")).otherwise(pl.lit("request completed")),
            "status",
            "bytes",
            "path",
            "address",
            "client",
            pl.col("bytes") * 1000,
        )
    ).to_series()


if __name__ == "__main__":
    {"combined": combined, "json_lines": json_lines}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
