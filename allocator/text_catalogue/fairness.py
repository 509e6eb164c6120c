"""What is said about fairness."""

TEXTS = {
    "fairness.driver.size": {"en": "size of the seller", "zh": "规模"},
    "fairness.driver.tenure": {"en": "tenure", "zh": "司龄"},
    "fairness.driver.last_growth": {"en": "last year's growth", "zh": "上年增长"},
    "fairness.driver.last_attainment": {"en": "last year's attainment", "zh": "上年完成率"},
    "fairness.driver.manager": {"en": "manager", "zh": "主管"},
    "fairness.driver.region": {"en": "region", "zh": "大区"},
    "fairness.driver.role": {"en": "role", "zh": "岗位"},
    "fairness.driver.tenure_band": {"en": "tenure band", "zh": "司龄段"},
    "fairness.driver.ratchet": {
        "en": "ratchet (change of quota after a beat or a miss)",
        "zh": "鞭打快牛（上年超额或未达后的目标变动）",
    },
    "fairness.pass": {
        "en": "{driver}: no bias that counts (effect {effect}, gap of medians {gap}, p {p}, n {n})",
        "zh": "{driver}：没有需要处理的偏差（效应 {effect}，中位数差 {gap}，p {p}，n {n}）",
    },
    "fairness.fail": {
        "en": "{driver}: BIAS (effect {effect}, gap of medians {gap}, p {p}, n {n})",
        "zh": "{driver}：存在偏差（效应 {effect}，中位数差 {gap}，p {p}，n {n}）",
    },
    "fairness.status.too_few": {
        "en": "{driver}: too few to test (n {n})",
        "zh": "{driver}：样本太少，无法检验（n {n}）",
    },
    "fairness.status.unknown": {
        "en": "{driver}: not known, nothing is claimed",
        "zh": "{driver}：没有数据，不作判断",
    },
    "fairness.status.equal_ratios": {
        "en": "{driver}: all {n} targets stand in the same ratio to their anchors; no bias is possible",
        "zh": "{driver}：{n} 个目标与基准之比全部相同，不可能有偏差",
    },
    "fairness.status.nothing_to_compare": {
        "en": "{driver}: does not vary within peer groups; nothing to compare (n {n})",
        "zh": "{driver}：同组内没有差别，无从比较（n {n}）",
    },
    "fairness.causes": {
        "en": "Without rules every target stands in the same ratio to its anchor; what deviates is "
        "caused by: {rules}",
        "zh": "没有规则时，所有目标与基准之比相同；偏离来自以下规则：{rules}",
    },
    "fairness.no_causes": {
        "en": "No rule or pin takes hold: every target stands in the same ratio to its anchor.",
        "zh": "没有规则或指定目标起作用：所有目标与基准之比相同。",
    },
    "fairness.limit": {
        "en": "{index} of target / anchor in peer group {group} is {value}, the limit is {limit}",
        "zh": "同组 {group} 的目标/基准{index}为 {value}，标准为 {limit}",
    },
    "fairness.index.gini": {"en": "Gini", "zh": "基尼系数"},
    "fairness.index.max_over_min": {"en": "largest / smallest", "zh": "最大/最小"},
    "fairness.index.theil": {"en": "Theil", "zh": "泰尔指数"},
    "fairness.index.jain": {"en": "Jain index", "zh": "Jain 指数"},
    "fairness.title": {
        "en": "Fairness of plan {plan}: target / anchor within peer groups",
        "zh": "计划 {plan} 的公平性：同组内的目标/基准",
    },
    "fairness.measure": {"en": "{measure}: {n} reps", "zh": "{measure}：{n} 人"},
    "fairness.head": {
        "en": "    n    min    p10    p50    p90    max   gini   jain  theil  peer group",
        "zh": "    n    min    p10    p50    p90    max   gini   jain  theil  同组",
    },
    "fairness.overall": {"en": "all", "zh": "全部"},
    "gate.passed": {"en": "Gate passed.", "zh": "检验通过。"},
    "gate.failed": {"en": "Gate failed: {count} test(s).", "zh": "检验未通过：{count} 项。"},
    "curve.title": {
        "en": "  Price of fairness: bands around the peers' ratio from {widest} (changes nothing) to "
        "{tightest} (the tightest that the rules allow)",
        "zh": "  公平的代价：与同组之比的允许偏差从 {widest}（不改变结果）到 {tightest}（规则允许的最小值）",
    },
    "curve.point": {
        "en": "    band {band}  soft rules missed {violation}  expected sales given up {price}  "
        "stretch {stretch}  {mark}",
        "zh": "    偏差 {band}  软规则违反 {violation}  放弃的预期销售 {price}  拉伸 {stretch}  {mark}",
    },
    "curve.infeasible": {
        "en": "    band {band}  the rules do not allow it",
        "zh": "    偏差 {band}  规则不允许",
    },
    "curve.knee": {"en": "<- knee", "zh": "<- 拐点"},
    "audit.title": {
        "en": "Audit of plan {plan}: the answer beside the leximin of target / anchor under the same rules",
        "zh": "计划 {plan} 的审计：结果与同样规则下目标/基准的字典序最公平解（leximin）比较",
    },
    "audit.same": {
        "en": "{measure}: the answer is the leximin ({reps} reps, {programs} programs solved)",
        "zh": "{measure}：结果即为 leximin（{reps} 人，求解 {programs} 个规划）",
    },
    "audit.differs": {
        "en": "{measure}: {moved} of the targets would change hands to reach the leximin "
        "({reps} reps, {programs} programs solved)",
        "zh": "{measure}：若改为 leximin，{moved} 的目标将转移（{reps} 人，求解 {programs} 个规划）",
    },
    "audit.answer": {
        "en": "  answer   min {min}  median {median}  max {max}  Gini {gini}",
        "zh": "  结果     最小 {min}  中位 {median}  最大 {max}  基尼 {gini}",
    },
    "audit.leximin": {
        "en": "  leximin  min {min}  median {median}  max {max}  Gini {gini}",
        "zh": "  leximin  最小 {min}  中位 {median}  最大 {max}  基尼 {gini}",
    },
}
