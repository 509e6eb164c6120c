"""What is said about fairness."""

TEXTS = {
    "fairness.driver.size": {"en": "size of the seller", "zh": "规模"},
    "fairness.driver.tenure": {"en": "tenure", "zh": "司龄"},
    "fairness.driver.last_growth": {"en": "last year's growth", "zh": "上年增长"},
    "fairness.driver.last_attainment": {"en": "last year's attainment", "zh": "上年完成率"},
    "fairness.driver.manager": {"en": "manager", "zh": "主管"},
    "fairness.driver.region": {"en": "region", "zh": "区域"},
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
        "en": "{driver}: BIAS (effect {effect}, gap of medians {gap}, p {p}, n {n}){extremes}",
        "zh": "{driver}：存在偏差（效应 {effect}，中位数差 {gap}，p {p}，n {n}）{extremes}",
    },
    "fairness.extremes": {
        "en": "; lowest {low} {low_median}, highest {high} {high_median}",
        "zh": "；最低 {low} {low_median}，最高 {high} {high_median}",
    },
    "fairness.bucket.low": {"en": "lowest fifth", "zh": "最低五分之一"},
    "fairness.bucket.middle": {"en": "middle", "zh": "中间"},
    "fairness.bucket.high": {"en": "highest fifth", "zh": "最高五分之一"},
    "fairness.bucket.above": {"en": "after a beat", "zh": "上年超额者"},
    "fairness.bucket.below": {"en": "after a miss", "zh": "上年未达者"},
    "fairness.bucket.under_1_year": {"en": "under 1 year", "zh": "不足 1 年"},
    "fairness.bucket.1_to_3_years": {"en": "1 to 3 years", "zh": "1 至 3 年"},
    "fairness.bucket.over_3_years": {"en": "over 3 years", "zh": "3 年以上"},
    "fairness.empty_group": {
        "en": "peer group {group}: all {n} reps get 0, though their anchors add up to {anchor}. A fairn"
        "ess rule "
        "compares peers with the group's own ratio, and nobody is unequal where all get nothing; look at the "
        "ceilings and pins at 0 in this group ({rules})",
        "zh": "同组 {group}：{n} 人的目标全部为 0，而综合值合计为 {anchor}。公平规则与本组自身的比率比较"
        "，全部为 0 时"
        "不存在差异；请检查该组中为 0 的上限和锁定值（{rules}）",
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
        "zh": "{driver}：{n} 个目标与综合值之比全部相同，不可能有偏差",
    },
    "fairness.status.nothing_to_compare": {
        "en": "{driver}: does not vary within peer groups; nothing to compare (n {n})",
        "zh": "{driver}：同组内没有差别，无从比较（n {n}）",
    },
    "fairness.causes": {
        "en": "Without rules every target stands in the same ratio to its anchor; what deviates is "
        "caused by: {rules}",
        "zh": "没有规则时，所有目标与综合值之比相同；偏离来自以下规则：{rules}",
    },
    "fairness.no_causes": {
        "en": "No rule or pin takes hold: every target stands in the same ratio to its anchor.",
        "zh": "没有规则或锁定值起作用：所有目标与综合值之比相同。",
    },
    "fairness.limit": {
        "en": "{index} of target / anchor in peer group {group} is {value}, the limit is {limit}",
        "zh": "同组 {group} 的目标/综合值{index}为 {value}，标准为 {limit}",
    },
    "fairness.index.gini": {"en": "Gini", "zh": "基尼系数"},
    "fairness.index.max_over_min": {"en": "largest / smallest", "zh": "最大/最小"},
    "fairness.index.theil": {"en": "Theil", "zh": "泰尔指数"},
    "fairness.index.jain": {"en": "Jain index", "zh": "Jain 指数"},
    "fairness.title": {
        "en": "Fairness of plan {plan}: target / anchor within peer groups",
        "zh": "计划 {plan} 的公平性：同组内的目标/综合值",
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
        "en": "  Price of fairness: every rep within a band around his peers' ratio, from {widest} (changes "
        "nothing) to {tightest} (the tightest that the hard rules allow)\n"
        "       band   soft rules missed   expected sales given up   distance from the anchors",
        "zh": "  公平的代价：每人与同组比率的偏差限制在一定范围内，从 {widest}（不改变结果）到 {tightest}"
        "（硬规则允许的最小值）\n"
        "       范围   软规则未满足   放弃的预期销售   与综合值的距离",
    },
    "curve.point": {
        "en": "    {band}            {violation}                  {price}   {stretch:>25}  {mark}",
        "zh": "    {band}         {violation}         {price}   {stretch:>14}  {mark}",
    },
    "curve.infeasible": {
        "en": "    {band}   not possible under the hard rules",
        "zh": "    {band}   硬规则不允许",
    },
    "curve.knee": {"en": "<- from here on each step costs more", "zh": "<- 此后每收紧一步代价更大"},
    "curve.flat": {
        "en": "  Price of fairness: all reps already stand in the same ratio to their anchors; more fai"
        "rness costs nothing.",
        "zh": "  公平的代价：所有人与综合值之比已经相同，更公平没有代价。",
    },
    "curve.fixed": {
        "en": "  Price of fairness: reps differ by up to {widest} from their peers' ratio, and the hard"
        " rules allow "
        "nothing tighter.",
        "zh": "  公平的代价：与同组比率的偏差最大为 {widest}，硬规则不允许更小的范围。",
    },
    "audit.title": {
        "en": "Audit of plan {plan}: the targets beside the fairest ones under the same rules (leximin:"
        " the largest "
        "target / anchor as small as the rules allow, then the second largest, and so on)",
        "zh": "计划 {plan} 的审计：目标与同样规则下最公平目标的比较（leximin：先使最大的目标/综合值尽可"
        "能小，再使第二大的尽可能小，依此类推）",
    },
    "audit.same": {
        "en": "{measure}: the targets are the fairest possible ({reps} reps, {programs} programs solved)",
        "zh": "{measure}：目标已是最公平的（{reps} 人，求解 {programs} 个规划）",
    },
    "audit.differs": {
        "en": "{measure}: {moved} of all targets would have to change hands to be the fairest possible "
        "({reps} reps, {programs} programs solved)",
        "zh": "{measure}：若要最公平，全部目标的 {moved} 需要转移（{reps} 人，求解 {programs} 个规划）",
    },
    "audit.answer": {
        "en": "  targets  min {min}  median {median}  max {max}  Gini {gini}",
        "zh": "  目标     最小 {min}  中位 {median}  最大 {max}  基尼 {gini}",
    },
    "audit.leximin": {
        "en": "  fairest  min {min}  median {median}  max {max}  Gini {gini}",
        "zh": "  最公平   最小 {min}  中位 {median}  最大 {max}  基尼 {gini}",
    },
}
