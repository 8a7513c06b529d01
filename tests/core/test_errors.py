"""The errors: what they say and what they carry."""

import copy
import inspect

import pytest

from connectors_core import errors
from connectors_core.errors import ConnectorsError, Problem, RateLimited, Retry, SettingsError, defect

EVERY = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, ConnectorsError) and kind is not SettingsError
]


@pytest.mark.parametrize("kind", EVERY)
def test_an_error_without_a_text_says_its_docstring(kind):
    """The documentation and the text of an error cannot drift apart."""
    assert str(kind()) == kind.__doc__.splitlines()[0]


@pytest.mark.parametrize("kind", EVERY)
def test_an_error_keeps_text_and_code(kind):
    """People read the text, machines read the code."""
    error = kind("said no", code=131047)
    assert (str(error), error.text, error.code) == ("said no", "said no", 131047)


@pytest.mark.parametrize("kind", EVERY)
def test_the_tree_at_the_top_names_every_error(kind):
    """The drawing in the module is complete."""
    assert kind.__name__ in (errors.__doc__ or "")


def test_retry_and_rate_limited_carry_what_has_to_wait_and_how_long():
    """The worker reads both."""
    error = RateLimited(after=4.0, scope="pair")
    assert isinstance(error, Retry)
    assert (error.after, error.scope) == (4.0, "pair")


def test_settings_error_lists_every_problem_on_a_line_of_its_own():
    """Nobody has to start the program once for each mistake."""
    error = SettingsError([Problem("endpoints.a", "no type"), Problem("", "no routes")])
    assert str(error) == "endpoints.a: no type\nno routes"


def test_errors_can_be_copied():
    """Observers are told of a copy."""
    error = RateLimited("slow down", code=80007, after=3.0, scope="pair")
    assert vars(copy.copy(error)) == vars(error)


def test_a_defect_is_named_by_class_and_line_never_by_its_words():
    """The words of an unexpected error may be somebody's telephone number."""
    with pytest.raises(KeyError) as caught:
        {}["+4915112345678"]
    text = defect(caught.value)
    assert text.startswith("KeyError in test_errors.py:")
    assert "4915" not in text


def test_a_defect_that_was_never_raised_has_no_line():
    """An error value without a traceback can be named too."""
    assert defect(ValueError("words")) == "ValueError"
