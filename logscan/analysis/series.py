"""SERIES: one row per unit (a cause at the scope that explains it) with its measures; rules decide on these columns.

A column is null when it could not be measured; null never matches a rule.
Units are in the names: `_s` seconds; `_share`, `_score`, `_rate` 0..1 (rates: failures over all requests); else counts.
"""

import polars as pl

_COUNT, _NUMBER, _TEXT = pl.UInt64(), pl.Float64(), pl.String()

SERIES = pl.Schema(
    {
        # what it is
        "cause": _TEXT,  # named by text so far; `unclassified` when none was
        "family": _TEXT,
        "confidence": _TEXT,  # high | medium | low
        "dataset": _TEXT,  # dataset family
        "level": _TEXT,  # all | service | endpoint | upstream | client | user | credential
        "route": _TEXT,  # the endpoint that carries nearly all of its failures; null when several do
        "method": _TEXT,  # the same for the method
        "benign": _COUNT,  # 1: a benign family, else 0
        # how much
        "events": _COUNT,
        "episodes": _COUNT,  # retries collapsed
        "everybody": _COUNT,  # 1: found as what most clients fail at, at the same time; else 0
        "members": _COUNT,  # principals merged into this unit; 1 when it is one principal
        "clients": _COUNT,
        "users": _COUNT,
        "credentials": _COUNT,
        "endpoints": _COUNT,
        "paths": _COUNT,  # distinct endpoints asked for by its clients, whatever the answer
        # where in the log
        "covered_s": _NUMBER,  # length of the whole log
        "before_s": _NUMBER,  # log before the first failure
        "span_s": _NUMBER,  # first to last failure
        "after_s": _NUMBER,  # log after the last failure: how long it has been quiet
        "span_share": _NUMBER,  # span_s / covered_s
        "active_share": _NUMBER,  # windows with a failure / windows from first to last failure
        "resolution_s": _NUMBER,  # of the time stamps: 1 when no event has a fraction of a second
        # gaps between episode starts
        "gap_median_s": _NUMBER,
        "gap_mad_s": _NUMBER,  # median absolute deviation from the median
        "gap_cv": _NUMBER,  # standard deviation / mean
        "gap_max_s": _NUMBER,
        "gap_floor": _NUMBER,  # shortest gap / median gap: near 1 when nothing fails before a lifetime is over
        "quiet_gaps": _NUMBER,  # after_s / longest gap (of events while there is one episode)
        "quiet_medians": _NUMBER,  # after_s / median gap (of events while there is one episode)
        "quiet_spans": _NUMBER,  # after_s / span_s, the latter at least one second
        "timestamp_score": _NUMBER,  # 1: as regular as a beacon
        "period_s": _NUMBER,  # gaps folded: missed cycles do not lengthen it
        "period_cv": _NUMBER,  # deviation of the folded gaps / period
        "cycles": _NUMBER,  # span of the episodes / period
        "missed_share": _NUMBER,  # cycles without an episode / cycles
        "phase_clock": _NUMBER,  # 1: starts keep one phase of the clock
        "phase_success": _NUMBER,  # 1: each starts the same time after the previous recovery
        # gaps between events, retries not collapsed
        "event_gap_median_s": _NUMBER,
        "event_gap_cv": _NUMBER,
        "episode_s": _NUMBER,  # median length of an episode
        "episode_max_s": _NUMBER,
        "dispersion": _NUMBER,  # variance / mean of the events per window, over the log
        "flatness": _NUMBER,  # the same between onset and end
        "burst_share": _NUMBER,  # most events in any 5 % of the log / events
        "burst_after_share": _NUMBER,  # log after those / covered_s
        # how they run over the log: rates where successes were logged, else counts
        "trend_tau": _NUMBER,  # -1 always falling .. 1 always rising (Mann-Kendall)
        "trend_p": _NUMBER,  # probability of that by chance
        "trend_change": _NUMBER,  # (last quarter - first quarter) / the larger
        "ramp_ratio": _NUMBER,  # more than 1: bit by bit rather than at one moment
        "bursts": _COUNT,  # stretches in which far more fails than elsewhere
        "bursts_share": _NUMBER,  # failures in them / failures
        "bursts_gap_cv": _NUMBER,  # of the gaps between their starts
        "bursts_time_share": _NUMBER,  # time in them / covered_s
        "spells": _COUNT,  # failures less than a hundredth of the log apart are one
        "spell_s": _NUMBER,  # median length
        "spell_period_s": _NUMBER,
        "spell_period_cv": _NUMBER,
        "cycle_s": _NUMBER,  # a day or a week, whichever repeats better
        "cycle_strength": _NUMBER,  # correlation one cycle apart, less that half a cycle apart
        "cycle_noise": _NUMBER,  # what chance reaches once in twenty times
        "cycle_high": _NUMBER,  # rate in the worst quarter of the cycle
        "cycle_low": _NUMBER,  # and in the best
        "alternations": _COUNT,  # changes from success to failure or back, from onset to end
        "turn_share": _NUMBER,  # changes / requests, from onset to end; of several clients, their median
        "dry_max_s": _NUMBER,  # longest time without a success, from onset to end
        "turnover": _NUMBER,  # 1: other clients fail in each window than in the one before
        # what its clients did beside failing (the busiest few of them)
        "ok_other_routes": _COUNT,  # successes on routes where the unit does not fail
        "ok_same_routes": _COUNT,  # and on those where it does
        "ok_other_sites": _COUNT,  # successes on another host name than the one where it fails
        "ok_same_sites": _COUNT,
        "ok_other_clients": _COUNT,  # of its one user: successes from clients that do not fail
        "ok_same_clients": _COUNT,
        "named_ok_share": _NUMBER,  # successes on its route that name a user, where its failures name none
        "redirected_share": _NUMBER,  # failures that follow a redirect of the same client within 2 s
        "forbidden_before": _COUNT,  # 403 on the same routes, before the onset
        "forbidden_after": _COUNT,
        "error_ratio": _NUMBER,  # share of server errors (5xx) of the whole log, from onset to end / at other times
        "marks": _COUNT,  # marked moments in the log
        "marked_share": _NUMBER,  # episodes that begin soon after one / episodes
        "marked_chance": _NUMBER,  # the share that would by chance
        "marked_p": _NUMBER,  # probability that chance reaches marked_share
        # how it goes on: requests of the same principals (or scope) to routes that demand a credential
        "ok_before": _COUNT,  # successes before the onset
        "ok_before_windows": _COUNT,  # windows that hold one of them
        "ok_during": _COUNT,  # from onset to end
        "ok_after": _COUNT,  # after the last failure
        "ok_share": _NUMBER,  # ok / (ok + failures), over the log
        "ok_elsewhere": _COUNT,  # successes of the same clients on other routes
        "error_share": _NUMBER,  # other errors (404, 5xx …) / all requests of the same clients
        "recovered_share": _NUMBER,  # episodes followed by a success before the next one / episodes that end in the log
        "recovery_median_s": _NUMBER,  # last failure of an episode to the first success after it
        "recovery_cycle": _NUMBER,  # recovery_median_s / period_s
        "episode_cycle": _NUMBER,  # episode_s / period_s
        "rate_before": _NUMBER,
        "rate_during": _NUMBER,
        "rate_ratio": _NUMBER,  # rate_during / rate_before, the latter at least half an event
        "step_score": _NUMBER,  # log-likelihood gain of the best step up (and down)
        "stretch_share": _NUMBER,  # failures in the steepest stretch / failures; when few, onset is the first failure
        "step_open": _COUNT,  # 1: the last window of its traffic is still high, else 0
        "known_share": _NUMBER,  # clients with a success before the onset / clients
        "hit_before": _NUMBER,  # active clients hit before the onset / active clients
        "hit_during": _NUMBER,  # the same from onset to end
        "others_hit": _NUMBER,  # other clients that fail from onset to end and never succeed again / other clients
        # who tries what
        "users_tried_max": _COUNT,  # most users that failed from one client within tries_span_s
        "tries_per_user": _NUMBER,  # median
        "user_tries_max": _COUNT,  # most failures of one user within tries_span_s
        "user_networks_max": _COUNT,  # most networks (/24, /48) one user failed from within networks_span_s
        "sources_per_user": _NUMBER,  # most clients of one user
        "agents": _COUNT,  # distinct user agents
        "options_share": _NUMBER,  # failures that are OPTIONS
        # what the lines hold: of tokens and signatures that had run out, and of clocks that differ
        "expired_low_s": _NUMBER,  # least time since expiry, of what had run out
        "expired_median_s": _NUMBER,
        "expired_high_s": _NUMBER,
        "skew_low_s": _NUMBER,  # the other clock less the server's: negative is behind
        "skew_median_s": _NUMBER,
        "skew_high_s": _NUMBER,
        "lifetime_s": _NUMBER,  # median; how long what was presented is valid in all
        "status_share": _NUMBER,  # failures that carry the most frequent status
        # a challenge and its answer
        "paired_share": _NUMBER,  # failures followed by a success of the same client and route within 2 s
        "fresh_share": _NUMBER,  # successes that directly follow such a failure / successes
        "tries_per_ok": _NUMBER,  # failures per success that answers them
    }
)
