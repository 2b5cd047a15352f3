"""The field names of Sigma's own taxonomy, for rules written for any SIEM.

Source: https://github.com/SigmaHQ/sigma-specification, appendix "taxonomy", categories webserver and proxy
"""

from collections.abc import Mapping

# In practice rules look for the whole request in cs-uri-query, hence url.original and not url.query.
SIGMA_FIELDS: Mapping[str, str] = {
    "c-ip": "source.address",
    "cs-bytes": "http.request.body.bytes",
    "cs-cookie": "http.request.headers.cookie",
    "cs-host": "url.domain",
    "cs-method": "http.request.method",
    "cs-referer": "http.request.referrer",
    "cs-referrer": "http.request.referrer",
    "cs-uri": "url.original",
    "cs-uri-query": "url.original",
    "cs-uri-stem": "url.path",
    "cs-user-agent": "user_agent.original",
    "cs-username": "user.name",
    "cs-version": "http.version",
    "c-uri": "url.original",
    "c-uri-extension": "url.extension",
    "c-uri-query": "url.original",
    "c-uri-stem": "url.path",
    "c-useragent": "user_agent.original",
    "dst_ip": "server.address",
    "r-dns": "url.domain",
    "s-ip": "server.address",
    "sc-bytes": "http.response.body.bytes",
    "sc-status": "http.response.status_code",
    "src_ip": "source.address",
    "time-taken": "event.duration",
}
