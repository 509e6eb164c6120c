"""What the terminal shows of fairness and of an audit."""

from typing import Any

from allocator.texts import text

FLAT = 1e-6
COLUMNS = ("min", "p10", "p50", "p90", "max", "gini", "jain", "theil")


def fairness_lines(document: dict[str, Any], lang: str) -> list[str]:
    """Return the tables and sentences of a fairness document."""
    lines = [text("fairness.title", lang, plan=document["plan"])]
    for measure, judged in document["measures"].items():
        lines += ["", text("fairness.measure", lang, measure=measure, n=judged["n"])]
        lines.append(text("fairness.head", lang))
        spread = judged["distributions"]["ratio"]
        rows = [(text("fairness.overall", lang), spread["overall"]), *spread["groups"].items()]
        lines += [_row(name, numbers) for name, numbers in rows]
        lines += [f"  {one['sentence']}" for one in judged["tests"]]
        lines.append(f"  {judged['by_construction']}")
        if "curve" in judged:
            lines += _curve_lines(judged["curve"], lang)
        lines += [f"  ! {one['sentence']}" for one in judged["failures"] if "group" in one]
    return lines


def audit_lines(document: dict[str, Any], lang: str) -> list[str]:
    """Return the comparison of the answer with the leximin, measure by measure."""
    lines = [text("audit.title", lang, plan=document["plan"])]
    for measure, audit in document["measures"].items():
        key = "audit.same" if audit["same"] else "audit.differs"
        values = {
            "measure": measure,
            "reps": audit["reps"],
            "programs": audit["programs"],
            "moved": f"{audit['moved_to_reach_it']:.2%}",
        }
        lines.append(text(key, lang, **values))
        for name in ("answer", "leximin"):
            numbers = {key: _number(value) for key, value in audit[name].items()}
            lines.append(text(f"audit.{name}", lang, **numbers))
    return lines


def _curve_lines(curve: dict[str, Any], lang: str) -> list[str]:
    if len(curve["points"]) == 1:
        return [
            text("curve.flat", lang)
            if curve["widest"] <= FLAT
            else text("curve.fixed", lang, widest=f"{curve['widest']:.1%}")
        ]
    lines = [text("curve.title", lang, widest=f"{curve['widest']:.1%}", tightest=f"{curve['tightest']:.1%}")]
    for at, point in enumerate(curve["points"]):
        if not point["feasible"]:
            lines.append(text("curve.infeasible", lang, band=f"{point['band']:7.2%}"))
            continue
        mark = text("curve.knee", lang) if at == curve["knee"] else ""
        values = {
            "band": f"{point['band']:7.2%}",
            "violation": f"{point['violation']:8.4f}",
            "price": f"{point['price']:8.3%}",
        }
        stretch = f"{point['stretch']:,.0f}"
        lines.append(text("curve.point", lang, **values, stretch=stretch, mark=mark).rstrip())
    return lines


def _row(name: str, numbers: dict[str, Any]) -> str:
    values = "".join(_number(numbers.get(column)).rjust(7) for column in COLUMNS)
    return f"{numbers['n']:>5}{values}  {name}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
