"""The short form of the fuzzer over importers and parsers; the long one is `python -m tests.fuzz_inputs`."""

import pytest

from tests import fuzz_inputs

pytestmark = pytest.mark.slow
EACH = 30  # inputs a parser


@pytest.mark.parametrize("parser", fuzz_inputs.parsers(), ids=lambda one: one.name.replace(" ", "-"))
def test_a_parser_reads_or_refuses_what_is_hostile(parser: fuzz_inputs.Parser) -> None:
    wrong = [what for number in range(EACH) if (what := fuzz_inputs.ask(parser, number, fuzz_inputs.SEED)[1])]
    assert wrong == []


def test_most_parsers_read_some_and_refuse_some() -> None:
    """A fuzzer whose inputs are all refused at the door proves nothing."""
    ends = {
        parser.name: {fuzz_inputs.ask(parser, number, fuzz_inputs.SEED)[0] for number in range(EACH)}
        for parser in fuzz_inputs.parsers()
    }
    assert sum("read" in ended for ended in ends.values()) > len(ends) // 2
