from logscan.model.errors import Faults, RuleError, SourceError, Where


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = RuleError("unknown key `caus`", where=Where("a.yml", 3, "logscan.caus"), hint="did you mean `cause`?")
    assert str(error) == "a.yml:3 logscan.caus: unknown key `caus`\n  hint: did you mean `cause`?"


def test_a_place_without_line_or_key_is_the_path_alone() -> None:
    assert str(Where("a.log")) == "a.log"
    assert str(SourceError("is missing", where=Where("a.log"))) == "a.log: is missing"


def test_faults_are_all_kept_in_the_order_of_their_places() -> None:
    errors = [RuleError("w", where=Where(path, line)) for path, line in (("b", 1), ("a", 9), ("a", 2))]
    assert [str(error.where) for error in Faults(errors).errors] == ["a:2", "a:9", "b:1"]
    assert str(Faults(errors)).count("\n") == 2
