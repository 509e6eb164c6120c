"""Path parameters that leave the verbs (`/runs/{id}:stop`) and fixed words of their neighbours alone."""

from starlette.convertors import Convertor, register_url_convertor


class _Id(Convertor[str]):
    """An id: no colon, with which a verb begins."""

    regex = "[^/:]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Table(_Id):
    """A table of a plan; `plan` is no table, it has an address of its own."""

    regex = "(?!plan$)[^/]+"


def name_kinds_of_parameters() -> None:
    """Let routes say {run_id:id}: else GET /runs/x:stop would be a GET of the run `x:stop`, and no 405."""
    register_url_convertor("id", _Id())
    register_url_convertor("table", _Table())
