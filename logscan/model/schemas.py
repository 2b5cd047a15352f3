"""What passes between the floors: ECS names, flat with dots; ours under `logscan.`. All times UTC, microseconds."""

import polars as pl

TIME = pl.Datetime("us", "UTC")
_TEXT = pl.String()

LINES = pl.Schema(
    {
        "logscan.line": pl.UInt64(),  # 1-based, what `sed -n` means
        "log.offset": pl.UInt64(),  # bytes, in the decompressed stream
        "event.original": _TEXT,
    }
)

EVENTS = pl.Schema(
    {
        "@timestamp": TIME,
        "log.file.path": _TEXT,
        "log.offset": pl.UInt64(),
        "logscan.line": pl.UInt64(),
        "event.original": _TEXT,
        "event.dataset": _TEXT,
        "event.timezone": _TEXT,  # of @timestamp: UTC, +01:00, CET, or what was assumed: Europe/Berlin (assumed)
        "service.name": _TEXT,
        "host.name": _TEXT,
        "source.address": _TEXT,
        "network.forwarded_ip": _TEXT,
        "user.name": _TEXT,  # on a 401: claimed, not verified
        "http.request.method": _TEXT,
        "url.original": _TEXT,
        "url.path": _TEXT,
        "url.query": _TEXT,
        "url.domain": _TEXT,
        "http.response.status_code": pl.UInt16(),
        "http.response.body.bytes": pl.UInt64(),
        "http.request.referrer": _TEXT,
        "user_agent.original": _TEXT,
        "http.request.id": _TEXT,
        "trace.id": _TEXT,
        "server.address": _TEXT,  # upstream
        "event.duration": pl.UInt64(),  # nanoseconds
        "log.level": _TEXT,
        "log.logger": _TEXT,
        "message": _TEXT,
        "error.type": _TEXT,
        "error.code": _TEXT,
        "error.message": _TEXT,
        "event.action": _TEXT,
        "event.outcome": _TEXT,
        "event.reason": _TEXT,
        "logscan.challenge": _TEXT,  # WWW-Authenticate
        "logscan.fields": _TEXT,  # what has no column, as JSON text
    }
)

# What a failure itself says of times and tokens, worked out before anything is hidden; see analysis/content.py.
CONTENT = pl.Schema(
    {
        "logscan.expired_s": pl.Float64(),  # how long ago what was presented ran out; negative: it still had so long
        "logscan.skew_s": pl.Float64(),  # the clock of who made it less that of who judged it; positive: it is ahead
        "logscan.lifetime_s": pl.Float64(),  # how long it is valid in all
        "logscan.expires": TIME,  # when it runs out
        "logscan.token": _TEXT,  # JSON: alg, kid, iss, aud ... and what the server wants; nobody's name
    }
)
RULE_COLUMNS = pl.Schema({**EVENTS, **CONTENT})  # what rules on events may read

CLASSIFIED = pl.Schema(
    {
        **RULE_COLUMNS,
        "logscan.endpoint": _TEXT,
        "http.version": _TEXT,  # of HTTP: 1.1, 2, where the line says so
        "logscan.credential": _TEXT,  # keyed fingerprint, never the credential
        "logscan.cause": _TEXT,
        "logscan.confidence": _TEXT,
        "logscan.alternatives": pl.List(_TEXT),  # other causes that rules named, best first
        "logscan.rules": pl.List(_TEXT),  # names of every rule that matched, best first
        "logscan.reason_from": _TEXT,  # path:line of the line that holds the reason, when another one does
    }
)

ANSWERED_S = 60.0  # seconds after a failure in which the report looks for a success

# Failures as the report lists them; see analysis/shown.py.
SHOWN = pl.Schema(
    {
        "t": TIME,  # null: no time in the line
        "finding": pl.UInt32(),  # its place in the order of the findings
        "path": _TEXT,
        "line": pl.UInt64(),
        "offset": pl.UInt64(),
        "client": _TEXT,
        "user": _TEXT,
        "method": _TEXT,
        "endpoint": _TEXT,
        "status": pl.UInt16(),
        "agent": _TEXT,
        "credential": _TEXT,
        "text": _TEXT,  # the line, redacted, cut to a bound
        "answer_s": pl.Float64(),  # to the first success of the same client on the same path; null: none in ANSWERED_S
    }
)

# Every event counted in the denominator: for timelines and shares by upstream. Not by endpoint: there may be as many of
# them as events, and VISITS know them.
TOTALS = pl.Schema(
    {
        "bucket": TIME,  # start of the minute (coarser when there would be too many rows); null: no time in the line
        "event.dataset": _TEXT,
        "server.address": _TEXT,
        "outcome": _TEXT,  # ok | auth_failure | error | other
        "events": pl.UInt64(),
    }
)

# Every event's part in the denominator, one row each but small: who came when, and how it went. Hashes, never printed.
VISITS = pl.Schema(
    {
        "@timestamp": TIME,
        "client": pl.UInt64(),  # hash of source.address; 0: none
        "user": pl.UInt64(),  # hash of user.name; 0: none
        "endpoint": pl.UInt64(),  # hash of logscan.endpoint; 0: none
        "outcome": pl.UInt8(),  # index in OUTCOMES
        "site": pl.UInt32(),  # hash of url.domain; 0: none
        "status": pl.UInt16(),  # of the response; 0: none
    }
)
OUTCOMES = ("other", "ok", "auth_failure", "error")

# One row for each finding, as the rules on what is worth an alert read it; see alert/rows.py.
FINDINGS = pl.Schema(
    {
        "id": _TEXT,
        "cause": _TEXT,
        "family": _TEXT,
        "severity": _TEXT,
        "confidence": _TEXT,
        "pattern": _TEXT,
        "state": _TEXT,
        "level": _TEXT,  # of the scope: all, service, endpoint, client, user, credential, upstream
        "scope": _TEXT,  # its values, after one another
        "rule": _TEXT,  # of a detection: the rule that found it
        "tags": _TEXT,  # of a detection, after one another
        "first_seen": TIME,
        "last_seen": TIME,
        "age_s": pl.Float64(),  # since it was last seen
        "lasted_s": pl.Float64(),  # from first to last
        "events": pl.UInt64(),
        "episodes": pl.UInt64(),
        "clients": pl.UInt64(),
        "users": pl.UInt64(),
        "endpoints": pl.UInt64(),
        "rate_before": pl.Float64(),
        "rate_during": pl.Float64(),
        "period_s": pl.Float64(),
        "next_expected": TIME,
        "next_in_s": pl.Float64(),  # until it is expected again
        "next_within_s": pl.Float64(),  # so near, 19 times of 20
        "expires": TIME,  # the last of what was presented runs out
        "expires_in_s": pl.Float64(),
        "lifetime_s": pl.Float64(),  # of what was presented
    }
)

# Of some successes, what they had: to compare failures with. Hashes, never printed; 0: none. See analysis/let_in.py.
LET_IN = pl.Schema(
    {
        "rank": pl.UInt64(),  # the lowest are kept
        "@timestamp": TIME,
        "client": pl.UInt64(),
        "user": pl.UInt64(),
        "endpoint": pl.UInt64(),
        "site": pl.UInt64(),
        "method": pl.UInt64(),
        "agent": pl.UInt64(),
        "program": pl.UInt64(),  # the agent without versions
        "protocol": pl.UInt64(),
        "upstream": pl.UInt64(),
        "credential": pl.UInt64(),
    }
)

# Moments at which a program said that it starts, stops or takes a new configuration.
MARKS = pl.Schema({"@timestamp": TIME, "label": _TEXT})

REJECTS = pl.Schema(
    {
        "log.file.path": _TEXT,
        "logscan.line": pl.UInt64(),
        "reason": _TEXT,  # nearest format and how far it got, in words
        "event.original": _TEXT,  # cut and redacted
    }
)
