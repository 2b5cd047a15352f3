"""The numbers by which failures are measured and grouped: rules/measures.yml, checked whole."""

from dataclasses import dataclass, fields
from typing import Any

from logscan.model.document import Document
from logscan.model.errors import LogscanError
from logscan.rules.shape import Shape


@dataclass(frozen=True)
class Measures:
    """The numbers of rules/measures.yml, where each is explained with its unit."""

    retry_gap_s: float
    finest_gap_s: float
    finest_stamps: float
    regular_cv: float
    fine_episodes: int
    fine_failures: int
    period_episodes: int
    period_quantiles: tuple[float, ...]
    period_missed_share: float
    minute_stamps: int
    spread_windows: int
    tries_span_s: float
    networks_span_s: float
    windows: int
    window_events: float
    window_s: float
    burst_width_share: float
    stretch_share: float
    open_chance: float
    pair_s: float
    reason_s: float
    id_lines: int
    neighbour_s: float
    clock_reach_s: float
    clock_near_s: float
    clock_pairs: int
    clock_share: float
    clock_lead_share: float
    link_share: float
    link_met_share: float
    link_lead: float
    link_clients: int
    concentration_share: float
    proxy_ok_share: float
    dominant_share: float
    dominant_events: int
    few_principals: int
    stray_clusters: int
    named_principals: int
    principals: int
    rows: int
    wide_clients: int
    wide_share: float
    wide_known_share: float
    wide_turn_share: float
    wide_fading_share: float
    wide_score: float
    bout_recent_s: float
    bout_window_s: float
    bout_calm_share: float
    wide_windows: int
    wide_endpoints: int
    wide_rounds: int
    wide_looks: int
    wide_dense_share: float
    reach: float
    reach_events: int
    period_spread: float
    onset_windows: float
    onset_gaps: float
    gap_s: float
    gap_share: float
    gap_times: float
    jump_s: float
    trend_windows: int
    trend_events: int
    ramp_clients: int
    ramp_p: float
    ramp_ratio: float
    ramp_share: float
    burst_windows: int
    burst_times: float
    burst_events: int
    burst_least: int
    spell_share: float
    cycle_times: float
    cycle_more: float
    cycle_pairs_share: float
    sine_times: float
    sine_chance: float
    turn_clients: int
    turn_requests: int
    turnover_clients: int
    beside_clients: int
    redirect_s: float
    dips: int
    dips_again: int
    dip_s: float
    dip_clients: int
    dip_share: float
    marks_least: int
    marked_share: float
    errors_least: int
    diff_times: float
    diff_chance: float
    mark_s: float
    mark_chance: float
    mark_shifts: int
    leeway_s: float
    contrast_sample: int
    contrast_least: int
    contrast_failures: int
    contrast_values: int
    contrast_share: float
    contrast_odds: float
    contrast_low: float
    contrast_q: float
    contrast_tied: float
    contrast_days: float
    evidence_lines: int
    listed: int
    episodes_listed: int
    events_listed: int


def read_measures(document: Document, faults: list[LogscanError]) -> Measures | None:
    """The numbers of a document; every fault is added to `faults`, and None comes back when there are some."""
    shape = Shape(document, document.value, "", faults)
    kinds = {field.name: field.type for field in fields(Measures)}
    shape.refuse_unknown(kinds)
    good: dict[str, Any] = {}
    for name, kind in kinds.items():
        got: Any = shape.value.get(name)
        several = kind not in (int, float)
        numbers = got if several and isinstance(got, list) and got else [got]
        if several is not isinstance(got, list) or not all(_positive(number, whole=kind is int) for number in numbers):
            wanted = "a list of positive numbers" if several else "a positive number"
            hint = f"write `{name}: [1]`" if several else f"write `{name}: 1`"
            shape.add(name, "is missing" if got is None else f"is not {wanted}", hint)
        else:
            good[name] = tuple(numbers) if several else got
    return Measures(**good) if len(good) == len(kinds) else None


def _positive(number: Any, *, whole: bool) -> bool:
    kinds = int if whole else int | float
    return isinstance(number, kinds) and not isinstance(number, bool) and number > 0
