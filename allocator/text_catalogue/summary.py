"""The summary on the terminal."""

TEXTS = {
    "summary.title": {"en": "{plan} {name}", "zh": "{plan} {name}"},
    "summary.measure": {"en": "Measure", "zh": "指标"},
    "summary.target": {"en": "Target", "zh": "目标"},
    "summary.last_year": {"en": "Last year", "zh": "上年实际"},
    "summary.growth": {"en": "Growth", "zh": "增长率"},
    "summary.street": {"en": "Sum of reps", "zh": "人员合计"},
    "summary.reps": {"en": "Reps", "zh": "人员"},
    "summary.stretch": {"en": "Ratio to anchor (min - max)", "zh": "与综合值之比（最小 - 最大）"},
    "summary.node": {"en": "Node", "zh": "节点"},
    "summary.share": {"en": "Share", "zh": "占比"},
    "summary.ratio": {"en": "Ratio to anchor", "zh": "与综合值之比"},
    "summary.rules": {
        "en": "Rules: {binding} binding, {relaxed} relaxed, {slack} not binding.",
        "zh": "规则：{binding} 条起作用，{relaxed} 条已放宽，{slack} 条未起作用。",
    },
    "summary.tier": {
        "en": "  Tier {tier}: largest violation {largest}, sum {total}.",
        "zh": "  第 {tier} 层：最大偏离 {largest}，合计 {total}。",
    },
    "summary.binding_most": {"en": "Strongest rules:", "zh": "影响最大的规则："},
    "summary.relaxed_list": {"en": "Relaxed rules:", "zh": "已放宽的规则："},
    "summary.more": {"en": "  ... and {count} more (rules.csv)", "zh": "  ……另有 {count} 条（见 rules.csv）"},
    "summary.exact": {
        "en": "Every sum is exact in units of {unit}; optimality error {residual}.",
        "zh": "所有合计均精确到 {unit}；最优性误差 {residual}。",
    },
    "summary.seconds": {"en": "Seconds: {phases}", "zh": "用时（秒）：{phases}"},
}
