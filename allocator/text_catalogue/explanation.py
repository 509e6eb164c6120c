"""The steps of a waterfall."""

TEXTS = {
    "step.last_year": {
        "en": "Last year {node} made {amount} with {product}.",
        "zh": "上年实际：{node}，{product} {amount}。",
    },
    "step.trend": {
        "en": "Level and trend of the years on file: {signed}.",
        "zh": "历年水平与趋势：{signed}。",
    },
    "step.potential": {"en": "Market potential: {signed}.", "zh": "市场潜力：{signed}。"},
    "step.commitment": {
        "en": "The own commitment, corrected for past bias: {signed}.",
        "zh": "本人承诺（按以往偏差修正后）：{signed}。",
    },
    "step.company_growth": {
        "en": "Scaling to the company and product totals: {signed}.",
        "zh": "按公司与产品总目标同比调整：{signed}。",
    },
    "step.own_rules": {
        "en": "Rules on {node} itself or below it: {signed}{rule}.",
        "zh": "{node} 自身及下级规则：{signed}{rule}。",
    },
    "step.team_and_region_rules": {
        "en": "Rules of the team or region above: {signed}{rule}.",
        "zh": "所属团队或区域规则：{signed}{rule}。",
    },
    "step.fairness": {"en": "Fairness among peers: {signed}{rule}.", "zh": "同组公平：{signed}{rule}。"},
    "step.pins": {"en": "Numbers fixed by a person: {signed}{rule}.", "zh": "锁定值：{signed}{rule}。"},
    "step.shared_load": {
        "en": "Share of what rules took from or gave to others, so that the totals hold: {signed}.",
        "zh": "为保证总目标，分担其他人因规则增减的部分：{signed}。",
    },
    "step.over_assignment": {
        "en": "Over-assignment of the levels above: {signed}.",
        "zh": "上级超额分配：{signed}。",
    },
    "step.rounding": {
        "en": "Rounding to whole units of {unit}: {signed}.",
        "zh": "取整到 {unit}：{signed}。",
    },
    "step.rule": {
        "en": ", most by {rule} ({kind}{owner})",
        "zh": "，主要由 {rule}（{kind}{owner}）引起",
    },
    "step.rule_owner": {"en": ", owner {owner}", "zh": "，负责人 {owner}"},
    "explain.total": {
        "en": "= Target {node}, {product}: {amount}",
        "zh": "= 目标 {node}，{product}：{amount}",
    },
    "explain.unknown_node": {"en": "no node {value!r}", "zh": "没有节点 {value!r}"},
}
