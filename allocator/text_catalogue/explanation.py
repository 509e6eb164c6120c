"""The steps of a waterfall."""

TEXTS = {
    "step.published": {
        "en": "Targets in force for these months, with moves of territory: {node} {amount} of {product}.",
        "zh": "这些月份的现行目标（含区域划转）：{node}，{product} {amount}。",
    },
    "step.last_year": {
        "en": "Last year {node} made {amount} with {product}.{presence}",
        "zh": "上年实际：{node}，{product} {amount}。{presence}",
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
        "en": "What rules on others leave to it or take from it, as the totals stay the same: {signed}.",
        "zh": "总目标不变，其他人受规则影响而转入或转出的部分：{signed}。",
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
    "stepname.published": {"en": "As published", "zh": "已发布"},
    "stepname.moves": {"en": "Territory moves", "zh": "区域划转"},
    "stepname.productivity": {"en": "Productivity", "zh": "达成系数"},
    "stepname.last_year": {"en": "Last year", "zh": "上年实际"},
    "stepname.trend": {"en": "Trend", "zh": "趋势"},
    "stepname.potential": {"en": "Potential", "zh": "潜力"},
    "stepname.commitment": {"en": "Commitment", "zh": "承诺"},
    "stepname.company_growth": {"en": "Company growth", "zh": "公司增长"},
    "stepname.own_rules": {"en": "Own rules", "zh": "自身规则"},
    "stepname.team_and_region_rules": {"en": "Team, region rules", "zh": "团队与区域规则"},
    "stepname.fairness": {"en": "Fairness", "zh": "公平"},
    "stepname.pins": {"en": "Pins", "zh": "锁定值"},
    "stepname.shared_load": {"en": "Shared load", "zh": "共同分担"},
    "stepname.over_assignment": {"en": "Over-assignment", "zh": "超额分配"},
    "stepname.rounding": {"en": "Rounding", "zh": "取整"},
    "explain.target": {"en": "Target", "zh": "目标"},
    "explain.title": {
        "en": "{measure}, {node}, product {product}: target {target}",
        "zh": "{measure}，{node}，产品 {product}：目标 {target}",
    },
    "explain.facts": {
        "en": "last year {last_year}{growth}; anchor {anchor}{ratio}",
        "zh": "上年 {last_year}{growth}；综合值 {anchor}{ratio}",
    },
    "explain.growth": {"en": " ({value} growth)", "zh": "（增长 {value}）"},
    "explain.ratio": {"en": ", target / anchor {value}", "zh": "，目标/综合值 {value}"},
    "explain.steps": {"en": "How it came about:", "zh": "构成说明："},
    "explain.rules": {
        "en": "Rules that bind here, above or below (price: points of stretch per unit):",
        "zh": "本节点及其上下级起约束作用的规则（价格：每单位的压力点数）：",
    },
    "explain.no_rules": {
        "en": "No rule binds here, above or below.",
        "zh": "本节点及其上下级没有起约束作用的规则。",
    },
    "explain.rule": {"en": "  {rule} [{price}] {text}", "zh": "  {rule} [{price}] {text}"},
    "explain.more": {
        "en": "  ... and {count} more (--json lists all)",
        "zh": "  ……另有 {count} 条（--json 列出全部）",
    },
    "explain.dropped": {
        "en": "The rules that moved this number most, each dropped and solved again:",
        "zh": "对该数字影响最大的规则（逐条去掉后重新求解）：",
    },
    "explain.dropped_rule": {
        "en": "  without {rule} ({kind}{owner}): {delta} {unit} -> {target}",
        "zh": "  去掉 {rule}（{kind}{owner}）：{delta} {unit} -> {target}",
    },
    "explain.dropped_none": {
        "en": "  no single rule changes it when dropped",
        "zh": "  去掉任何一条规则都不改变该数字",
    },
    "explain.prices": {
        "en": "What one step of relaxation frees (imbalance) and whom it moves most:",
        "zh": "放宽一步可减少的失衡额及受影响最大的目标：",
    },
    "explain.price": {
        "en": "  {rule}: by {step} frees {money} {unit} by its price; solved again {solved} {unit}{moves}",
        "zh": "  {rule}：放宽 {step}，按价格减少 {money} {unit}；重新求解减少 {solved} {unit}{moves}",
    },
    "explain.price_forbidden": {
        "en": "  {rule}: by {step} frees {money} {unit} by its price",
        "zh": "  {rule}：放宽 {step}，按价格减少 {money} {unit}",
    },
    "explain.moves": {"en": "; {list}", "zh": "；{list}"},
    "explain.appeal": {
        "en": "If {node} gets {share}: {before} -> {after} {unit}. It costs {cost} {unit} of imbalance.",
        "zh": "若 {node} 调整 {share}：{before} -> {after} {unit}。失衡额变化 {cost} {unit}。",
    },
    "explain.carried": {"en": "Who carries it:", "zh": "由谁承担："},
    "explain.carried_within": {"en": "  others in {node}: {delta}", "zh": "  {node} 内其他人：{delta}"},
    "explain.product_moves": {
        "en": "  the company's total of this product moves by {delta}, all products of {node} by {own}",
        "zh": "  公司该产品合计变化 {delta}，{node} 全部产品变化 {own}",
    },
    "explain.carrier": {"en": "  {node} {delta} -> {target}", "zh": "  {node} {delta} -> {target}"},
    "explain.then_bind": {"en": "Rules that bind then and did not before:", "zh": "新起约束作用的规则："},
    "explain.then_none": {"en": "No other rule begins to bind.", "zh": "没有新的规则起约束作用。"},
    "explain.then_rule": {
        "en": "  {rule} on {node}, {product} ({status})",
        "zh": "  {rule}：{node}，{product}（{status}）",
    },
    "explain.appeal_forbidden": {
        "en": "{node} cannot get {share}: {rules} cannot hold with it, by {short} {unit}.",
        "zh": "{node} 无法调整 {share}：与 {rules} 冲突，相差 {short} {unit}。",
    },
    "explain.appeal_itself": {"en": "the appeal", "zh": "该申诉"},
}
