"""One change of every kind for the tiny company, what it does to the tables, and what it conflicts with."""

from dataclasses import dataclass, field
from typing import Any

R = "revenue"


@dataclass(frozen=True)
class Case:
    """A change, the things its log must name, and a second change that touches the same thing."""

    change: dict[str, Any]
    log: dict[str, str]
    rival: dict[str, Any]
    after: tuple[dict[str, Any], ...] = field(default=())


CASES: dict[str, Case] = {
    "set_total": Case(
        {"kind": "set_total", "measure": R, "amount": "43000000"},
        {"measures.revenue.total": "43000000"},
        {"kind": "set_total", "measure": R, "growth": "0.1"},
    ),
    "set_total of a product": Case(
        {"kind": "set_total", "measure": R, "product": "accessories", "amount": "9000000"},
        {"product_totals.revenue.accessories": "9000000"},
        {"kind": "drop_total", "measure": R, "product": "accessories"},
    ),
    "set_total of a region": Case(
        {"kind": "set_total", "measure": R, "node": "east", "amount": "24000000"},
        {"pins.revenue.east.*": "node_id=east, product_id=*, measure=revenue, amount=24000000"},
        {"kind": "set_pin", "measure": R, "node": "east", "amount": "1000"},
    ),
    "scale_total": Case(
        {"kind": "scale_total", "measure": R, "factor": "1.1"},
        {"measures.revenue.total": "46200000"},
        {"kind": "set", "path": "measures.revenue.total", "value": "40000000"},
    ),
    "scale_total of a growth": Case(
        {"kind": "scale_total", "measure": "new_customers", "factor": "1.1"},
        {"measures.new_customers.total": "{growth: 0.265}"},
        {"kind": "set_total", "measure": "new_customers", "growth": "0.1"},
    ),
    "scale_total of a range": Case(
        {"kind": "scale_total", "measure": R, "product": "accessories", "factor": "0.9"},
        {"product_totals.revenue.accessories": "{min: 6300000, max: 8550000}"},
        {"kind": "set", "path": "product_totals.revenue.accessories.min", "value": "1000"},
    ),
    "drop_total": Case(
        {"kind": "drop_total", "measure": R, "product": "accessories"},
        {"product_totals.revenue.accessories": ""},
        {"kind": "scale_total", "measure": R, "product": "accessories", "factor": "1.1"},
    ),
    "add_rule": Case(
        {
            "kind": "add_rule",
            "rule_id": "n",
            "rule": "range",
            "measure": R,
            "level": "team",
            "max": "20000000",
        },
        {
            "rules.n": "rule_id=n, kind=range, measure=revenue, level=team, product_id=*, max=20000000,"
            " tier=hard"
        },
        {"kind": "set_rule", "rule_id": "n", "max": "1000"},
    ),
    "set_rule": Case(
        {"kind": "set_rule", "rule_id": "r-growth", "min": None, "max": "0.5"},
        {"rules.r-growth.min": "", "rules.r-growth.max": "0.5"},
        {"kind": "drop_rule", "rule_id": "r-growth"},
    ),
    "relax_rule by tier": Case(
        {"kind": "relax_rule", "rule_id": "r-range", "tier": "2"},
        {"rules.r-range.tier": "2"},
        {"kind": "set_rule", "rule_id": "r-range", "tier": "3"},
    ),
    "relax_rule by width": Case(
        {"kind": "relax_rule", "rule_id": "r-range", "widen": "0.1"},
        {"rules.r-range.min": "9000000", "rules.r-range.max": "35200000"},
        {"kind": "set_rule", "rule_id": "r-range", "max": "33000000"},
    ),
    "drop_rule": Case(
        {"kind": "drop_rule", "rule_id": "r-fair"},
        {"rules.r-fair": ""},
        {"kind": "set_rule", "rule_id": "r-fair", "max": "0.2"},
    ),
    "set_capacity": Case(
        {"kind": "set_capacity", "measure": R, "node": "e11", "amount": "5500000"},
        {"rules.r-capacity.max": "5500000"},
        {"kind": "set", "path": "rules.r-capacity.max", "value": "5000000"},
    ),
    "set_capacity of a node without one": Case(
        {"kind": "set_capacity", "measure": R, "node": "e12", "amount": "5000000"},
        {
            "rules.capacity-e12": "rule_id=capacity-e12, kind=capacity, measure=revenue, node_id=e12,"
            " product_id=*, max=5000000, basis=amount, tier=hard"
        },
        {"kind": "set_capacity", "measure": R, "node": "e12", "amount": "4000000"},
    ),
    "set_fairness_band": Case(
        {"kind": "set_fairness_band", "measure": R, "max": "0.2"},
        {"rules.r-fair.max": "0.2"},
        {"kind": "set_rule", "rule_id": "r-fair", "max": "0.3"},
    ),
    "set_head_count": Case(
        {"kind": "set_head_count", "node": "w2", "count": "3"},
        {
            "org.w2-seat-1": "node_id=w2-seat-1, parent_id=w2, level=rep, name=w2-seat-1 (2019-07),"
            " role=open, start=2019-07-01"
        },
        {"kind": "set_head_count", "node": "w2", "count": "4"},
    ),
    "hire": Case(
        {"kind": "hire", "node": "e24", "parent": "e2", "month": "2019-10", "ramp": "0/0.5"},
        {"org.e24": "node_id=e24, parent_id=e2, level=rep, start=2019-10-01, ramp=0/0.5"},
        {"kind": "leave", "node": "e24", "month": "2020-03"},
    ),
    "leave": Case(
        {"kind": "leave", "node": "e12", "month": "2020-01"},
        {"org.e12.end": "2019-12-31"},
        {"kind": "leave", "node": "e1", "month": "2019-12"},
    ),
    "leave with open seats": Case(
        {"kind": "leave", "node": "e12", "month": "2020-01", "backfill": "true", "ramp": "3"},
        {
            "org.e12.end": "2019-12-31",
            "org.e12-open": "node_id=e12-open, parent_id=e1, level=rep, name=e12-open (2020-01), role=open,"
            " start=2020-01-01, ramp=3, peer_group=senior",
        },
        {"kind": "leave", "node": "e12", "month": "2019-12"},
    ),
    "move": Case(
        {"kind": "move", "node": "e21", "parent": "w1"},
        {"org.e21.parent_id": "w1"},
        {"kind": "move", "node": "e21", "parent": "w2"},
    ),
    "merge_regions": Case(
        {"kind": "merge_regions", "nodes": ["e1", "e2"], "into": "e1"},
        {"org.e21.parent_id": "e1", "org.e22.parent_id": "e1", "org.e23.parent_id": "e1", "org.e2": ""},
        {"kind": "move", "node": "e21", "parent": "w1"},
    ),
    "split_region": Case(
        {
            "kind": "split_region",
            "node": "west",
            "parts": [{"node": "west", "children": ["w1"]}, {"node": "south", "children": ["w2"]}],
        },
        {"org.south": "node_id=south, parent_id=acme, level=region, name=south", "org.w2.parent_id": "south"},
        {"kind": "move", "node": "w2", "parent": "east"},
    ),
    "add_product": Case(
        {"kind": "add_product", "product": "ebike", "parent": "bikes", "margin": "0.3", "effort": "0.001"},
        {"products.ebike": "product_id=ebike, parent_id=bikes, margin=0.3, effort=0.001"},
        {"kind": "drop_product", "product": "ebike"},
    ),
    "drop_product": Case(
        {"kind": "drop_product", "product": "helmets"},
        {"products.helmets": "", "pins.revenue.w11.helmets": "", "history.by_product.helmets": ""},
        {"kind": "set_pin", "measure": R, "node": "w11", "product": "helmets", "amount": "1000"},
    ),
    "set_blend": Case(
        {"kind": "set_blend", "history": "1"},
        {"baseline": "{history: 1.0}"},
        {"kind": "set_blend", "auto": "true"},
    ),
    "set_over_assignment": Case(
        {"kind": "set_over_assignment", "level": "rep", "share": "0.05"},
        {"over_assignment.rep": "0.05"},
        {"kind": "set", "path": "over_assignment.rep", "value": "0"},
    ),
    "set_seasonality": Case(
        {"kind": "set_seasonality", "pattern": "even"},
        {"seasonality": "even"},
        {"kind": "set_seasonality", "weights": ["1"] * 12},
    ),
    "set_pin": Case(
        {"kind": "set_pin", "measure": R, "node": "w11", "product": "helmets", "amount": "500000"},
        {"pins.revenue.w11.helmets.amount": "500000"},
        {"kind": "drop_pin", "measure": R, "node": "w11", "product": "helmets"},
    ),
    "drop_pin": Case(
        {"kind": "drop_pin", "measure": R, "node": "w11", "product": "helmets"},
        {"pins.revenue.w11.helmets": ""},
        {"kind": "set_pin", "measure": R, "node": "w11", "product": "helmets", "amount": "500000"},
    ),
    "set_commitment": Case(
        {"kind": "set_commitment", "measure": R, "node": "e11", "amount": "4000000"},
        {"commitments.revenue.e11.*.amount": "4000000"},
        {"kind": "scale_commitments", "measure": R, "factor": "1.1", "node": "e1"},
    ),
    "scale_commitments": Case(
        {"kind": "scale_commitments", "measure": R, "factor": "1.1", "node": "e1"},
        {
            "commitments.revenue.e11.*.amount": "4840000",
            "commitments.revenue.e12.*.amount": "3850000",
            "commitments.revenue.e13.*.amount": "3190000",
        },
        {"kind": "set_commitment", "measure": R, "node": "e12", "amount": "1"},
    ),
    "drop_commitment": Case(
        {"kind": "drop_commitment", "measure": R, "node": "e11"},
        {"commitments.revenue.e11.*": ""},
        {"kind": "set_commitment", "measure": R, "node": "e11", "amount": "4000000"},
    ),
    "scatter_commitments": Case(
        {"kind": "scatter_commitments", "measure": R, "spread": "0.1", "seed": "7"},
        {},
        {"kind": "set_commitment", "measure": R, "node": "e11", "amount": "4000000"},
    ),
    "attrition": Case(
        {"kind": "attrition", "rate": "1", "seed": "7", "backfill": "false"},
        {},
        {"kind": "leave", "node": "e11", "month": "2019-08"},
    ),
    "set": Case(
        {"kind": "set", "path": "rules.r-mix.max", "value": "0.5"},
        {"rules.r-mix.max": "0.5"},
        {"kind": "relax_rule", "rule_id": "r-mix", "widen": "0.1"},
    ),
    "set of a pin": Case(
        {"kind": "set", "path": "pins.revenue.w11.helmets.amount", "value": "500000"},
        {"pins.revenue.w11.helmets.amount": "500000"},
        {"kind": "drop_pin", "measure": R, "node": "w11", "product": "helmets"},
    ),
}

NAMING_NOTHING: dict[str, tuple[dict[str, Any], str]] = {
    "set_total": ({"kind": "set_total", "measure": "revenu", "amount": "1"}, "revenue"),
    "scale_total": ({"kind": "scale_total", "measure": R, "node": "eats", "factor": "1.1"}, "east"),
    "drop_total": ({"kind": "drop_total", "measure": R, "product": "accesories"}, "accessories"),
    "add_rule": (
        {"kind": "add_rule", "rule_id": "n", "rule": "range", "measure": R, "level": "tem", "max": "1"},
        "team",
    ),
    "set_rule": ({"kind": "set_rule", "rule_id": "r-rang", "max": "1"}, "r-range"),
    "relax_rule": ({"kind": "relax_rule", "rule_id": "r-rang", "tier": "1"}, "r-range"),
    "drop_rule": ({"kind": "drop_rule", "rule_id": "r-rang"}, "r-range"),
    "set_capacity": ({"kind": "set_capacity", "measure": R, "node": "e111", "amount": "1"}, "e11"),
    "set_fairness_band": (
        {"kind": "set_fairness_band", "measure": R, "max": "0.1", "rule_id": "r-fai"},
        "r-fair",
    ),
    "set_head_count": ({"kind": "set_head_count", "node": "w22x", "count": "1"}, "w22"),
    "hire": ({"kind": "hire", "node": "x", "parent": "wesst"}, "west"),
    "leave": ({"kind": "leave", "node": "wesst"}, "west"),
    "move": ({"kind": "move", "node": "e11", "parent": "wesst"}, "west"),
    "merge_regions": ({"kind": "merge_regions", "nodes": ["east", "wesst"], "into": "east"}, "west"),
    "split_region": (
        {
            "kind": "split_region",
            "node": "wesst",
            "parts": [{"node": "a", "children": ["w1"]}, {"node": "b", "children": ["w2"]}],
        },
        "west",
    ),
    "add_product": ({"kind": "add_product", "product": "x", "parent": "bike"}, "bikes"),
    "drop_product": ({"kind": "drop_product", "product": "glove"}, "gloves"),
    "set_over_assignment": ({"kind": "set_over_assignment", "level": "repp", "share": "0.1"}, "rep"),
    "set_pin": (
        {"kind": "set_pin", "measure": R, "node": "w11", "product": "helmet", "amount": "1"},
        "helmets",
    ),
    "drop_pin": ({"kind": "drop_pin", "measure": R, "node": "w12"}, "w11"),
    "set_commitment": ({"kind": "set_commitment", "measure": R, "node": "e111", "amount": "1"}, "e11"),
    "scale_commitments": ({"kind": "scale_commitments", "measure": "revenu", "factor": "1.1"}, "revenue"),
    "drop_commitment": ({"kind": "drop_commitment", "measure": R, "node": "w21"}, "commitments.csv"),
    "scatter_commitments": (
        {"kind": "scatter_commitments", "measure": "revenu", "spread": "0.1", "seed": "1"},
        "revenue",
    ),
    "set": ({"kind": "set", "path": "measures.revenu.total", "value": "1"}, "revenue"),
    "set of a pin": ({"kind": "set", "path": "pins.revenue.w12.helmets.amount", "value": "1"}, "w11"),
}
