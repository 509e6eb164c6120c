"""The history review."""

TEXTS = {
    "review.title": {"en": "History review of {plan} {name}", "zh": "历史复盘：{plan} {name}"},
    "review.heading": {"en": "History review", "zh": "市场与历史复盘"},
    "review.measure": {"en": "{measure} ({unit})", "zh": "{measure}（{unit}）"},
    "review.company": {"en": "Company", "zh": "公司"},
    "review.line": {"en": "Product line", "zh": "产品线"},
    "review.product": {"en": "Product", "zh": "产品"},
    "review.segment": {"en": "Customer segment", "zh": "客户类型"},
    "review.no_segment": {"en": "(no segment given)", "zh": "（未填客户类型）"},
    "review.growth": {"en": "Growth", "zh": "增长率"},
    "review.mix": {"en": "Share", "zh": "占比"},
    "review.year": {"en": "Year", "zh": "年度"},
    "review.month": {"en": "Month", "zh": "月份"},
    "review.season": {
        "en": "Season: month / mean month (full years)",
        "zh": "季节指数：当月 / 月均（完整年度平均）",
    },
    "review.season_short": {"en": "Season index", "zh": "季节指数"},
    "review.concentration": {"en": "Concentration", "zh": "集中度"},
    "review.of_rep": {"en": "Reps", "zh": "人员"},
    "review.of_product": {"en": "Products", "zh": "产品"},
    "review.of_segment": {"en": "Segments", "zh": "客户类型"},
    "review.count": {"en": "Number", "zh": "数量"},
    "review.largest": {"en": "Largest", "zh": "最大占比"},
    "review.top_fifth": {"en": "Largest fifth", "zh": "前 20% 占比"},
    "review.hhi": {"en": "HHI", "zh": "HHI"},
    "review.gini": {"en": "Gini", "zh": "基尼系数"},
    "review.order_value": {
        "en": "Average order value: {measure} / {orders}",
        "zh": "客单价：{measure} / {orders}",
    },
    "review.partial_mark": {"en": "{label} ({months}/12 months)", "zh": "{label}（{months}/12 个月）"},
    "review.more": {
        "en": "  ... and {count} more (--json lists all)",
        "zh": "  ……另有 {count} 行（--json 列出全部）",
    },
    "review.more_rows": {
        "en": "The largest {shown} of {count}; `allocator review --json` lists all.",
        "zh": "仅列最大的 {shown} 项，共 {count} 项；全部见 `allocator review --json`。",
    },
    "review.note_none": {"en": "There is no history of {measure}.", "zh": "{measure} 没有历史数据。"},
    "review.note_years": {
        "en": "The history of {measure} reaches back {count} of 3 years; older years are not guessed.",
        "zh": "{measure} 的历史仅覆盖 3 年中的 {count} 年；更早年度不作推测。",
    },
    "review.note_partial": {
        "en": "{label} is covered for {months} of 12 months: no growth from or to it, and it stays out "
        "of the season index.",
        "zh": "{label} 仅有 12 个月中的 {months} 个月数据：不计算与之相关的增长率，也不计入季节指数。",
    },
    "review.note_silent": {
        "en": "Months without any row of {measure}: {months}. They count as 0.",
        "zh": "{measure} 无任何数据的月份：{months}，按 0 计。",
    },
    "review.note_outside": {
        "en": "{count} row(s) of {measure} lie before the years shown or after the plan starts and are "
        "left out.",
        "zh": "{measure} 有 {count} 行在所示年度之前或计划开始之后，未计入。",
    },
    "review.note_segments": {
        "en": "The history of {measure} names no customer segment (column segment).",
        "zh": "{measure} 的历史数据未填客户类型（segment 列）。",
    },
    "review.note_unnamed": {
        "en": "{share} of {measure} names no segment.",
        "zh": "{measure} 中 {share} 未填客户类型。",
    },
    "review.note_orders": {
        "en": "No measure counts orders, so there is no average order value (add one with the id `orders`).",
        "zh": "没有统计订单数的指标，因此不计算客单价（可增加编号为 `orders` 的指标）。",
    },
    "review.note_money": {
        "en": "{orders} counts orders, but no outcome measure is in the plan's currency, so there is no "
        "average order value.",
        "zh": "{orders} 统计订单数，但没有以计划币种计量的结果性指标，因此不计算客单价。",
    },
    "review.written": {"en": "The review was written to {path}.", "zh": "历史复盘已写入 {path}。"},
}
