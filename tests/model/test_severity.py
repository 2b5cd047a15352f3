from logscan.model.severity import CONFIDENCES, SEVERITIES, confidence_rank, severity_rank


def test_ranks_grow_with_severity_and_confidence() -> None:
    assert [severity_rank(name) for name in SEVERITIES] == [0, 1, 2, 3, 4]
    assert severity_rank("critical") > severity_rank("informational")
    assert [confidence_rank(name) for name in CONFIDENCES] == [0, 1, 2]
    assert confidence_rank("high") == 2
