"""Why a plan is impossible, and ways out."""

TEXTS = {
    "diagnosis.summary": {
        "en": "{measure}: the plan is impossible. Together the rules ask for at least {least} {unit} where at most "
        "{most} {unit} are allowed: {short} {unit} short. These cannot hold together: {rules}.",
        "zh": "{measure}：计划无法实现。规则合计至少要求 {least} {unit}，而最多只允许 {most} {unit}，"
        "相差 {short} {unit}。以下规则不能同时成立：{rules}。",
    },
    "diagnosis.lower": {
        "en": "{kind} {rule} asks for at least {amount} {unit} of {nodes}{owner}",
        "zh": "{kind} {rule} 要求 {nodes} 至少 {amount} {unit}{owner}",
    },
    "diagnosis.upper": {
        "en": "{kind} {rule} allows at most {amount} {unit} for {nodes}{owner}",
        "zh": "{kind} {rule} 限定 {nodes} 至多 {amount} {unit}{owner}",
    },
    "diagnosis.owner": {"en": " (owner: {owner})", "zh": "（负责人：{owner}）"},
    "diagnosis.and_more": {"en": " and {count} more", "zh": " 等另外 {count} 个"},
    "diagnosis.ways_out": {
        "en": "Ways out, each proved by solving it:",
        "zh": "可行的调整（均已求解验证）：",
    },
    "diagnosis.conflict": {"en": "What cannot hold together:", "zh": "不能同时成立的规则："},
    "diagnosis.at_node": {
        "en": "The organisation alone shows it at {node}.",
        "zh": "仅看组织树，矛盾出现在 {node}。",
    },
    "repair.totals": {"en": "Change the totals: {changes}", "zh": "调整总目标：{changes}"},
    "repair.maxima": {"en": "Raise upper limits: {changes}", "zh": "放宽上限：{changes}"},
    "repair.minima": {"en": "Lower minimums: {changes}", "zh": "降低下限：{changes}"},
    "repair.totals_and_minima": {
        "en": "Plan for less, totals and minimums: {changes}",
        "zh": "下调总目标与下限：{changes}",
    },
    "repair.one_rule": {"en": "Change one rule: {changes}", "zh": "只调整一条规则：{changes}"},
    "repair.more": {"en": " and {count} more", "zh": " 等另外 {count} 项"},
    "kind.total": {"en": "The company total", "zh": "公司总目标"},
    "kind.product_total": {"en": "A product total", "zh": "产品总目标"},
    "kind.range": {"en": "Range rule", "zh": "区间规则"},
    "kind.growth": {"en": "Growth rule", "zh": "增长规则"},
    "kind.capacity": {"en": "Capacity rule", "zh": "容量规则"},
    "kind.mix": {"en": "Mix rule", "zh": "结构规则"},
    "kind.fairness": {"en": "Fairness rule", "zh": "公平规则"},
    "kind.commitment": {"en": "Commitment rule", "zh": "承诺规则"},
    "kind.link": {"en": "Link rule", "zh": "联动规则"},
    "kind.pin": {"en": "Pin", "zh": "锁定值"},
}
