"""Why a plan is impossible, and ways out."""

TEXTS = {
    "diagnosis.summary": {
        "en": "{measure}: the plan is impossible. Together the rules ask for at least {least} {unit} where "
        "at most {most} {unit} are allowed: {short} {unit} short. These cannot hold together: {rules}.",
        "zh": "{measure}：计划无法实现。规则合计至少要求 {least} {unit}，而最多只允许 {most} {unit}，"
        "相差 {short} {unit}。以下规则不能同时成立：{rules}。",
    },
    "diagnosis.summary_mixed": {
        "en": "{measure}: the plan is impossible. Weighed against each other, the rules are {short} {unit} "
        "apart. These cannot hold together: {rules}.",
        "zh": "{measure}：计划无法实现。规则相互折算后相差 {short} {unit}。以下规则不能同时成立：{rules}。",
    },
    "diagnosis.unnamed": {
        "en": "{measure}: the plan is impossible: the hard rules cannot hold together. Which of them stand in "
        "each other's way could not be told apart from rounding; make rules soft (tier 1) one by one.",
        "zh": "{measure}：计划无法实现：硬规则不能同时成立。相互冲突的规则差距过小，无法与舍入误差区分；"
        "请逐条将规则改为软规则（tier 1）再试。",
    },
    "diagnosis.more_members": {"en": "and {count} more", "zh": "另有 {count} 条"},
    "diagnosis.unproved_one": {
        "en": "One more way out was found, but it could be proved neither possible nor impossible; "
        "it is left out.",
        "zh": "另找到 1 种调整，但既未能证明可行，也未能证明不可行，故未列出。",
    },
    "diagnosis.unproved": {
        "en": "{count} more ways out were found, but they could be proved neither possible nor impossible; "
        "they are left out.",
        "zh": "另找到 {count} 种调整，但既未能证明可行，也未能证明不可行，故未列出。",
    },
    "diagnosis.lower": {
        "en": "{kind}{rule} asks for at least {amount}{products} of {nodes}{owner}",
        "zh": "{kind}{rule} 要求 {nodes}{products} 至少 {amount}{owner}",
    },
    "diagnosis.upper": {
        "en": "{kind}{rule} allows at most {amount}{products} for {nodes}{owner}",
        "zh": "{kind}{rule} 限定 {nodes}{products} 至多 {amount}{owner}",
    },
    "diagnosis.products": {"en": " of {products},", "zh": "（产品 {products}）"},
    "diagnosis.owner": {"en": " (owner: {owner})", "zh": "（负责人：{owner}）"},
    "diagnosis.and_more": {"en": " and {count} more", "zh": " 等另外 {count} 个"},
    "diagnosis.ways_out": {
        "en": "Ways out, each proved by solving it:",
        "zh": "可行的调整（均已求解验证）：",
    },
    "diagnosis.conflict": {"en": "What cannot hold together:", "zh": "不能同时成立的规则："},
    "diagnosis.at_node": {
        "en": "The trees alone show it at {node}, product {product}.",
        "zh": "仅看组织树与产品树即可发现：{node}，产品 {product}。",
    },
    "repair.soften": {
        "en": "Make a hard rule a wish of the first tier: {changes}",
        "zh": "将硬规则改为一级软规则：{changes}",
    },
    "repair.totals": {"en": "Change the totals: {changes}", "zh": "调整总目标：{changes}"},
    "repair.maxima": {"en": "Raise upper limits: {changes}", "zh": "放宽上限：{changes}"},
    "repair.minima": {"en": "Lower minimums: {changes}", "zh": "降低下限：{changes}"},
    "repair.totals_and_minima": {
        "en": "Plan for less, totals and minimums: {changes}",
        "zh": "下调总目标与下限：{changes}",
    },
    "repair.rules": {
        "en": "Widen rules and pins where needed: {changes}",
        "zh": "按需放宽规则与锁定值：{changes}",
    },
    "repair.one_rule": {"en": "Change one rule: {changes}", "zh": "只调整一条规则：{changes}"},
    "repair.all": {
        "en": "Change totals, rules and pins where needed: {changes}",
        "zh": "按需调整总目标、规则与锁定值：{changes}",
    },
    "repair.more": {"en": " and {count} more", "zh": " 等另外 {count} 项"},
    "diagnosis.kind.total": {"en": "The company total", "zh": "公司总目标"},
    "diagnosis.kind.product_total": {"en": "A product total", "zh": "产品总目标"},
    "diagnosis.kind.range": {"en": "Range rule", "zh": "区间规则"},
    "diagnosis.kind.growth": {"en": "Growth rule", "zh": "增长规则"},
    "diagnosis.kind.capacity": {"en": "Capacity rule", "zh": "产能规则"},
    "diagnosis.kind.mix": {"en": "Mix rule", "zh": "结构规则"},
    "diagnosis.kind.fairness": {"en": "Fairness rule", "zh": "公平规则"},
    "diagnosis.kind.commitment": {"en": "Commitment rule", "zh": "承诺规则"},
    "diagnosis.kind.link": {"en": "Link rule", "zh": "联动规则"},
    "diagnosis.kind.pin": {"en": "Pin", "zh": "锁定值"},
}
