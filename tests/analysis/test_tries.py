"""Who tries what: names from one client, tries of one name, networks that one name comes from."""

from dataclasses import replace
from typing import Any

import numpy as np

from logscan.analysis.failures import Columns, read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.tries import measure_tries
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])


def tries(requests: list[Request], **changed: Any) -> dict[str, Any]:
    columns = Columns(read_failures(observe(map(bad, requests)).classified.lazy(), JUDGEMENT))
    return measure_tries(np.arange(columns.height), columns, replace(JUDGEMENT.measures, **changed))


GUESSES = [Request(10.0 * n, "203.0.113.1", user=f"u{n % 20}") for n in range(60)]


def test_who_tries_what() -> None:
    found = tries([*GUESSES, Request(9000, "203.0.113.2", user="u1")])
    assert (found["users_tried_max"], found["tries_per_user"], found["sources_per_user"]) == (20, 3, 2)
    assert found["user_tries_max"] == 3


def test_a_shorter_span_holds_fewer() -> None:
    found = tries(GUESSES, tries_span_s=55)
    assert (found["users_tried_max"], found["user_tries_max"]) == (6, 1)


def test_networks_of_one_user() -> None:
    spread = [Request(60.0 * n, f"198.{n}.100.7", user="root") for n in range(12)]
    spread += [Request(700.0 + n, f"2001:db8:{n}::1", user="root") for n in range(4)]
    assert tries(spread)["user_networks_max"] == 16
    assert tries(spread, networks_span_s=120)["user_networks_max"] == 6


def test_nothing_is_said_without_names() -> None:
    assert tries([Request(1.0, "203.0.113.1")]) == {}
    assert "user_networks_max" not in tries([Request(1.0, None, user="ada")])
