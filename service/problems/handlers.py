"""Every refusal of the framework and of the database, turned into a problem."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from allocator.errors import InputFaults
from scenarios.library_words import said_of
from service.problems.problem import FieldError, Problem, problem_response
from service.wire.methods import METHODS


def install_problem_handlers(app: FastAPI) -> None:
    """Answer with problems; what nobody expected is caught by `ObserveRequests`."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(StaleDataError, _stale)
    app.add_exception_handler(InputFaults, _faults)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error, request.scope)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [FieldError(_pointer(fault["loc"]), said_of(fault)) for fault in error.errors()]
    return problem_response(Problem("invalid", errors=errors, count=len(errors)), request.scope)


def _faults(request: Request, error: Exception) -> Response:
    """Every fault of a plan by file, row and column."""
    assert isinstance(error, InputFaults)
    errors = [
        FieldError(_pointer((fault.file, fault.row, fault.column)), fault.worded()) for fault in error.faults
    ]
    return problem_response(Problem("plan-at-fault", errors=errors, count=len(errors)), request.scope)


def _stale(request: Request, _error: Exception) -> Response:
    return problem_response(Problem("stale"), request.scope)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return problem_response(Problem("not-found"), request.scope)
    if error.status_code == 405:
        allow = ", ".join(_allowed(request))
        problem = Problem("method-not-allowed", headers={"Allow": allow}, method=request.method, allow=allow)
        return problem_response(problem, request.scope)
    return problem_response(Problem("refused", status=error.status_code), request.scope)


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes of this path; the framework names those of the first only.

    A path that stands as it is in the document has those of the document, not its neighbours' with an id.
    """
    own = request.app.openapi()["paths"].get(request.scope["path"])
    return [
        method
        for method in METHODS
        if (own is None or method.lower() in own)
        and any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.router.routes
        )
    ]


def _pointer(place: tuple[int | str, ...]) -> str:
    """Return a JSON pointer into the body; `header/x` and `query/x` keep their first word."""
    steps = place[1:] if place and place[0] == "body" else place
    return "/" + "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in steps)
