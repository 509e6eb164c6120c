"""GET /problems/{code}: the page behind the `type` of a problem."""

import html
import re
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from allocator.texts import CATALOGUE
from service.problems.problem import STATUS, Problem

router = APIRouter(tags=["health"])
_FIELD = re.compile(r"\{[^{}]+\}")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.6 sans-serif;max-width:44rem;margin:3rem auto}}code{{color:#555}}</style>
</head><body><h1>{title} <code>{status}</code></h1>{parts}</body></html>
"""


@router.get("/problems/{code}", response_class=HTMLResponse)
def explain_problem(code: Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]) -> HTMLResponse:
    """Say in English and Chinese what a problem means and what to do about it."""
    if code not in STATUS:
        raise Problem("not-found")
    key = f"problem.{code}"
    parts = "".join(
        f'<p lang="{lang}">{_open(key, lang)}<br><em>{_open(f"{key}.hint", lang)}</em></p>'
        for lang in ("en", "zh")
    )
    title = html.escape(code.replace("-", " ").capitalize())
    return HTMLResponse(PAGE.format(title=title, status=STATUS[code], parts=parts))


def _open(key: str, lang: str) -> str:
    """Return a sentence with an ellipsis wherever a request fills something in."""
    return html.escape(_FIELD.sub("…", CATALOGUE[key][lang]))
