"""Laws of ids: unique, and the same for what goes on, whatever is lost at the beginning or added at the end."""

from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.identity import Identity, identities

HOUR = 3600.0


def outage(first: float, last: float, *, pattern: str = "sustained_closed", everybody: bool = True) -> Identity:
    return Identity(
        "server_auth_config", "all", (), "access", everybody, pattern, (1_700_000_000 + first, 1_700_000_000 + last)
    )


SPANS = st.tuples(st.floats(0, 90 * HOUR), st.floats(0, 90 * HOUR)).map(sorted)
SEVERAL = st.lists(
    st.builds(
        lambda span, pattern, everybody, level: outage(*span, pattern=pattern, everybody=everybody)._replace(
            level=level
        ),
        SPANS,
        st.sampled_from(["flapping", "irregular"]),
        st.booleans(),
        st.sampled_from(["all", "endpoint"]),
    ),
    max_size=9,
)


@given(SEVERAL)
def test_ids_are_unique_in_a_document(findings: list[Identity]) -> None:
    assert len(set(identities(findings))) == len(findings)


@given(SEVERAL)
def test_ids_do_not_depend_on_the_order_of_the_findings(findings: list[Identity]) -> None:
    several = sorted(set(findings))
    assert identities(several[::-1]) == identities(several)[::-1]


def test_one_alone_has_the_plain_id_whatever_its_times_and_pattern() -> None:
    one, two = outage(0, HOUR), outage(5 * HOUR, 9 * HOUR, pattern="flapping", everybody=False)
    assert identities([one]) == identities([two]) == identities([one._replace(spanned=None)])


def test_ids_differ_by_cause_scope_and_family() -> None:
    one = outage(0, HOUR)
    others = [one._replace(cause="clock_skew"), one._replace(level="service"), one._replace(family="error")]
    assert len(set(identities([one, one._replace(values=("a",)), *others]))) == 5


def test_the_loss_of_older_lines_leaves_every_other_id() -> None:
    stretches = [outage(at * 10 * HOUR, at * 10 * HOUR + 2 * HOUR) for at in range(4)]
    whole = identities(stretches)
    for lost in range(4):
        assert identities(stretches[lost:]) == whole[lost:]
        cut = stretches[lost]._replace(spanned=(1_700_000_000 + lost * 10 * HOUR + HOUR, stretches[lost].spanned[1]))  # type: ignore[index]
        assert identities([cut, *stretches[lost + 1 :]]) == whole[lost:]


def test_a_new_stretch_takes_the_plain_id_and_the_ends_of_the_others_stay_their_names() -> None:
    first, second, third = (outage(at * 10 * HOUR, at * 10 * HOUR + 2 * HOUR) for at in range(3))
    plain = identities([first])[0]
    one, two = identities([first, second])
    assert two == plain
    assert identities([first, second, third])[0] == one
    assert identities([first, second, third])[2] == plain


def test_what_goes_on_keeps_its_id_while_it_grows() -> None:
    over = outage(0, HOUR)
    assert identities([over, outage(5 * HOUR, 6 * HOUR)]) == identities([over, outage(5 * HOUR, 30 * HOUR)])


def test_scattered_failures_never_take_the_id_of_what_hits_everybody() -> None:
    alone = identities([outage(5 * HOUR, 6 * HOUR)])[0]
    scattered = outage(0, 90 * HOUR, pattern="irregular", everybody=False)
    both = identities([scattered, outage(5 * HOUR, 6 * HOUR)])
    assert both[1] == alone
    assert both[0] != alone


def test_two_at_the_same_time_differ_by_their_pattern() -> None:
    slow = outage(0, 90 * HOUR, pattern="fixed_interval", everybody=False)
    fast = outage(HOUR, 89 * HOUR, pattern="lifetime_cycle", everybody=False)
    one, two = identities([slow, fast])
    assert one == identities([slow])[0]
    assert two == identities([slow, fast._replace(spanned=(fast.spanned[0], slow.spanned[1] + HOUR))])[1]  # type: ignore[index]
