"""What HTTP says to each kind of error."""

import inspect
import json

from shared import errors
from shared.errors import ClaimsError, FieldError, InvalidInput, TooManyRequests
from triggers.http.problems import PROBLEMS
from triggers.http.responses import problem


def test_every_error_that_a_caller_is_told_has_a_status_of_its_own() -> None:
    kinds = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, ClaimsError)}
    assert PROBLEMS.keys() == kinds
    assert len({kind.status for kind in PROBLEMS.values()}) == len(PROBLEMS)


def test_a_problem_has_the_status_of_its_kind_and_the_words_of_the_error() -> None:
    response = problem(
        InvalidInput("claim_amount is wrong", [FieldError(field="claim_amount", message="no")])
    )
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    assert json.loads(response.get_body()) == {
        "type": "about:blank",
        "title": "Invalid input",
        "status": 422,
        "detail": "claim_amount is wrong",
        "errors": [{"field": "claim_amount", "message": "no"}],
    }
    assert "Retry-After" not in response.headers


def test_a_limit_that_frees_by_itself_says_when() -> None:
    response = problem(TooManyRequests("later", retry_after=12))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "12")
