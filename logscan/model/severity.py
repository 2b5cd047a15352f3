"""The two scales of a finding, worst first where order matters."""

SEVERITIES = ("informational", "low", "medium", "high", "critical")
CONFIDENCES = ("low", "medium", "high")


def severity_rank(name: str) -> int:
    """0 for informational to 4 for critical."""
    return SEVERITIES.index(name)


def confidence_rank(name: str) -> int:
    """0 for low to 2 for high."""
    return CONFIDENCES.index(name)
