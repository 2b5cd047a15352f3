"""Why HTTP 401s happened, since when, how they recur, who is hit and what to do."""

__version__ = "0.1.0"
