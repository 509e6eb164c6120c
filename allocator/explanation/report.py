"""The answer of `allocator explain`: a document for programs, lines for people."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from allocator.explanation.chart import waterfall_lines
from allocator.explanation.counterfactuals import (
    APPEAL,
    Case,
    Change,
    Forbidden,
    appeal,
    carried_within,
    carriers,
    price_of_a_step,
    relaxed_a_little,
    step_of,
    strongest_by_dropping,
)
from allocator.explanation.numbers import ExplainedNumber
from allocator.texts import text

SHOWN_RULES = 8
SHOWN_CARRIERS = 10
PRICED_RULES = 5
MOVED = 3
NOTICED = 1e-6


def number_json(number: ExplainedNumber) -> dict[str, Any]:
    """Return a number of a result folder as plain JSON types; amounts are written as in the files."""
    return {
        "measure": number.measure,
        "node_id": number.node_id,
        "product_id": number.product_id,
        **{key: number.target[key] or None for key in ("target", "last_year", "growth", "anchor", "ratio")},
        "steps": [{key: step[key] for key in ("step", "amount", "text")} for step in number.steps],
        "rules": number.rules,
    }


def number_lines(number: ExplainedNumber, lang: str) -> list[str]:
    """Return the waterfall with bars, its sentences and the rules that bind."""
    row = number.target
    growth, ratio = row["growth"], row["ratio"]
    facts = text(
        "explain.facts",
        lang,
        last_year=_amount(row["last_year"]),
        growth=text("explain.growth", lang, value=f"{float(growth):+.1%}") if growth else "",
        anchor=_amount(row["anchor"]),
        ratio=text("explain.ratio", lang, value=f"{float(ratio):.3f}") if ratio else "",
    )
    steps = [
        (text(f"stepname.{step['step']}", lang), float(step["amount"]), _amount(step["amount"], sign=k > 0))
        for k, step in enumerate(number.steps)
    ]
    total = (text("explain.target", lang), float(row["target"]), _amount(row["target"]))
    title = text(
        "explain.title",
        lang,
        measure=number.measure,
        node=number.node_id,
        product=number.product_id,
        target=_amount(row["target"]),
    )
    sentences = [f"  {step['text']}" for step in number.steps]
    return [
        title,
        facts,
        "",
        *waterfall_lines(steps, total),
        "",
        text("explain.steps", lang),
        *sentences,
        "",
        *_rule_lines(number, lang),
    ]


def _rule_lines(number: ExplainedNumber, lang: str) -> list[str]:
    if not number.rules:
        return [text("explain.no_rules", lang)]
    lines = [text("explain.rules", lang)]
    for rule in number.rules[:SHOWN_RULES]:
        price = f"{float(rule['price']):+.4f}"
        lines.append(text("explain.rule", lang, rule=rule["rule_id"], price=price, text=rule["text"]))
    if len(number.rules) > SHOWN_RULES:
        lines.append(text("explain.more", lang, count=len(number.rules) - SHOWN_RULES))
    return lines


def _amount(written: str, *, sign: bool = False) -> str:
    """Return an amount of a file with thousands separators; long fractions are cut to two digits."""
    value = Decimal(written)
    exponent = value.normalize().as_tuple().exponent
    digits = min(max(0, -exponent), 2) if isinstance(exponent, int) else 0
    return f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"


def questions_json(case: Case, node_id: str, product_id: str, share: float | None) -> dict[str, Any]:
    """Answer what needs solving: rules dropped, rules relaxed a little, the appeal if `share` is given."""
    node, product = case.labels.node_code[node_id], case.labels.product_code[product_id]
    answers = {
        "counterfactuals": _dropped(case, node, product),
        "prices": _prices(case, node, product),
    }
    return answers if share is None else answers | {"appeal": _appeal(case, node, product, share)}


def _dropped(case: Case, node: int, product: int) -> list[dict[str, Any]]:
    return [
        {
            "rule_id": dropped.rule_id,
            "kind": dropped.kind,
            "owner": dropped.owner,
            "delta": dropped.delta,
            "target": float(dropped.change.targets[node, product]),
            "imbalance": dropped.change.imbalance,
        }
        for dropped in strongest_by_dropping(case, node, product)
    ]


def _prices(case: Case, node: int, product: int) -> list[dict[str, Any]]:
    """Prices in money of the rules that bind on the node, above it or below it, dearest first."""
    org, rules = case.labels.grid.org, case.result.rules
    at = rules["node"].to_numpy(np.int64)
    below = (at >= node) & (at < org.subtree_end[node])
    above = (at <= node) & (node < org.subtree_end[at])
    bound = rules[(below | above) & (rules["price"] != 0).to_numpy(bool)]
    found = []
    for rule_id in dict.fromkeys(bound["rule_id"]):
        found.append((price_of_a_step(case, rule_id), rule_id))
    found.sort(key=lambda entry: (-entry[0], entry[1]))
    return [_price(case, rule_id, money, product) for money, rule_id in found[:PRICED_RULES]]


def _price(case: Case, rule_id: str, money: float, product: int) -> dict[str, Any]:
    change = relaxed_a_little(case, rule_id)
    entry: dict[str, Any] = {"rule_id": rule_id, "step": step_of(case, rule_id), "frees_by_price": money}
    if isinstance(change, Forbidden):
        return entry
    delta = change.exact_delta[:, product]
    order = [
        int(v)
        for v in np.argsort(-np.abs(delta), kind="stable")[:MOVED]
        if abs(delta[v]) > NOTICED * case.unit
    ]
    moved = [{"node_id": case.labels.node_id[v], "delta": float(delta[v])} for v in order]
    return entry | {"frees_solved": -change.imbalance, "moves": moved}


def _appeal(case: Case, node: int, product: int, share: float) -> dict[str, Any]:
    """Who carries it, which rules begin to bind, what it costs; or which rules forbid it."""
    change = appeal(case, node, product, share)
    before = float(case.targets[node, product])
    entry: dict[str, Any] = {"share": share, "before": before}
    if isinstance(change, Forbidden):
        return entry | {"possible": False, "rules": list(change.rule_ids), "short_by": change.short_by}
    carried = [
        {"node_id": case.labels.node_id[v], "delta": delta, "target": float(change.targets[v, product])}
        for v, delta in carriers(case, change, node, product)
    ]
    return entry | {
        "possible": True,
        "after": float(change.targets[node, product]),
        "imbalance": change.imbalance,
        "node_all_products": float(change.delta[node, 0]),
        "company_product": float(change.delta[0, product]),
        "carried_within": [
            {"node_id": case.labels.node_id[v], "delta": delta}
            for v, delta in carried_within(case, change, node, product)
        ],
        "carried_by": carried,
        "then_bind": _newly_bound(case, change),
    }


def _newly_bound(case: Case, change: Change) -> list[dict[str, Any]]:
    """Rules that bind or give way after the change and did not before."""
    key = ["rule_id", "node", "product", "kind"]

    def tight(rules: pd.DataFrame) -> pd.DataFrame:
        return rules[(rules["status"] != "slack") & (rules["rule_id"] != APPEAL)]

    before = set(map(tuple, tight(case.result.rules)[[*key, "status"]].to_numpy().tolist()))
    now = tight(change.rules)[[*key, "status"]].to_numpy().tolist()
    return [
        {
            "rule_id": rule_id,
            "kind": kind,
            "node_id": case.labels.node_id[node],
            "product_id": case.labels.product_id[product],
            "status": status,
        }
        for rule_id, node, product, kind, status in now
        if (rule_id, node, product, kind, status) not in before
    ]


def questions_lines(case: Case, node_id: str, answers: dict[str, Any], lang: str) -> list[str]:
    """Say the answers of `questions_json`."""
    unit = case.plan.spec.measures[case.measure].unit
    lines = ["", text("explain.dropped", lang)]
    for dropped in answers["counterfactuals"]:
        owner = text("step.rule_owner", lang, owner=dropped["owner"]) if dropped["owner"] else ""
        kind = text(f"kind.{dropped['kind']}", lang)
        delta, target = _money(case, dropped["delta"], sign=True), _money(case, dropped["target"])
        values = {"rule": dropped["rule_id"], "kind": kind, "owner": owner, "delta": delta, "target": target}
        lines.append(text("explain.dropped_rule", lang, unit=unit, **values))
    if not answers["counterfactuals"]:
        lines.append(text("explain.dropped_none", lang))
    if answers["prices"]:
        lines += ["", text("explain.prices", lang)]
        lines += [_price_line(case, price, unit, lang) for price in answers["prices"]]
    if "appeal" in answers:
        lines += ["", *_appeal_lines(case, node_id, answers["appeal"], unit, lang)]
    return lines


def _price_line(case: Case, price: dict[str, Any], unit: str, lang: str) -> str:
    values = {
        "rule": price["rule_id"],
        "step": f"{price['step']:g}",
        "money": f"{price['frees_by_price']:,.2f}",
    }
    if "frees_solved" not in price:
        return text("explain.price_forbidden", lang, unit=unit, **values)
    listed = ", ".join(f"{move['node_id']} {move['delta']:+,.1f}" for move in price["moves"])
    moves = text("explain.moves", lang, list=listed) if listed else ""
    solved = f"{price['frees_solved']:,.2f}"
    return text("explain.price", lang, unit=unit, solved=solved, moves=moves, **values)


def _appeal_lines(case: Case, node_id: str, answer: dict[str, Any], unit: str, lang: str) -> list[str]:
    share = f"{answer['share']:+.1%}"
    if not answer["possible"]:
        names = [text("explain.appeal_itself", lang) if r == APPEAL else r for r in answer["rules"]]
        short = f"{answer['short_by']:,.2f}"
        values = {"node": node_id, "share": share, "rules": ", ".join(names), "short": short}
        return [text("explain.appeal_forbidden", lang, unit=unit, **values)]
    lines = [
        text(
            "explain.appeal",
            lang,
            node=node_id,
            share=share,
            before=_money(case, answer["before"]),
            after=_money(case, answer["after"]),
            cost=f"{answer['imbalance']:+,.2f}",
            unit=unit,
        ),
        text("explain.carried", lang),
    ]
    carried = answer["carried_by"]
    for entry in answer["carried_within"]:
        delta = _money(case, entry["delta"], sign=True)
        lines.append(text("explain.carried_within", lang, node=entry["node_id"], delta=delta))
    if answer["company_product"]:
        moved = _money(case, answer["company_product"], sign=True)
        own = _money(case, answer["node_all_products"], sign=True)
        lines.append(text("explain.product_moves", lang, node=node_id, delta=moved, own=own))
    for entry in carried[:SHOWN_CARRIERS]:
        delta, target = _money(case, entry["delta"], sign=True), _money(case, entry["target"])
        lines.append(text("explain.carrier", lang, node=entry["node_id"], delta=delta, target=target))
    if len(carried) > SHOWN_CARRIERS:
        lines.append(text("explain.more", lang, count=len(carried) - SHOWN_CARRIERS))
    return lines + _then_lines(answer["then_bind"], lang)


def _then_lines(bound: list[dict[str, Any]], lang: str) -> list[str]:
    if not bound:
        return [text("explain.then_none", lang)]
    lines = [text("explain.then_bind", lang)]
    for entry in bound[:SHOWN_RULES]:
        status = text(f"status.{entry['status']}", lang)
        place = {"node": entry["node_id"], "product": entry["product_id"]}
        lines.append(text("explain.then_rule", lang, rule=entry["rule_id"], status=status, **place))
    if len(bound) > SHOWN_RULES:
        lines.append(text("explain.more", lang, count=len(bound) - SHOWN_RULES))
    return lines


def _money(case: Case, value: float, *, sign: bool = False) -> str:
    """Return an amount of the case with the digits of its unit."""
    round_to = case.plan.spec.measures[case.measure].round_to
    exponent = round_to.normalize().as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"
