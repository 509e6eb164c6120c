"""The keys of plan.yaml with what an empty plan says and what they mean."""

from dataclasses import dataclass

from allocator.plan.template.wording import Wording as W


@dataclass(frozen=True)
class Key:
    """One line of plan.yaml (or one row of the sheet `plan`).

    Parameters
    ----------
    path
        Dotted key.
    value
        What the empty plan says, as YAML; empty where only the user knows.
    meaning
        What the key is for.
    is_branch
        True if further keys stand below instead of a value.
    is_example
        True if the line is only an example: a remark in plan.yaml, left out of the sheet.
    """

    path: str
    value: str
    meaning: W
    is_branch: bool = False
    is_example: bool = False


def _branch(path: str, meaning: W, *, is_example: bool = False) -> Key:
    return Key(path, "", meaning, is_branch=True, is_example=is_example)


def _example(path: str, value: str, meaning: W) -> Key:
    return Key(path, value, meaning, is_example=True)


KEYS: tuple[Key, ...] = (
    Key("plan", "", W("required: short id of the plan, e.g. fy2026", "必填：计划编号，例如 fy2026")),
    Key("name", "", W("name of the plan, for people", "计划名称")),
    Key("start", "", W("required: first month, e.g. 2026-01", "必填：起始月份，例如 2026-01")),
    Key("months", "12", W("how many months, 1 to 12", "月数，1 到 12")),
    Key("currency", "", W("e.g. USD", "币种，例如 CNY")),
    _example(
        "encoding",
        "gbk",
        W("only if the csv files are not saved as CSV UTF-8", "仅当 csv 文件不是 UTF-8 编码时填写"),
    ),
    _branch(
        "measures", W("required: what is allocated, one measure or more", "必填：要分解的指标，至少一个")
    ),
    _branch(
        "measures.revenue",
        W("id of the measure in the tables; rename it as you like", "指标编号，各表中引用；可改名"),
    ),
    Key(
        "measures.revenue.kind",
        "outcome",
        W(
            "outcome (revenue, profit ...) or activity (visits ...)",
            "outcome 结果性指标，或 activity 过程性指标",
        ),
    ),
    Key("measures.revenue.unit", "", W("required: e.g. USD or count", "必填：计量单位，例如 CNY 或 count")),
    Key(
        "measures.revenue.round_to",
        "1",
        W("every target is a whole multiple of this", "所有目标都是该数的整数倍（取整单位）"),
    ),
    Key(
        "measures.revenue.total",
        "",
        W(
            "required: company target, an amount or {growth: 0.1} over last year",
            "必填：公司总目标，金额，或 {growth: 0.1} 表示比上年增长 10%",
        ),
    ),
    _branch(
        "product_totals",
        W("totals of products or product lines, per measure", "按指标给出产品或产品线的总目标"),
        is_example=True,
    ),
    _branch("product_totals.revenue", W("id of the measure", "指标编号"), is_example=True),
    _example("product_totals.revenue.bikes", "34000000", W("a fixed amount", "固定金额")),
    _example("product_totals.revenue.service", "{growth: 0.1}", W("growth over last year", "比上年增长")),
    _example("product_totals.revenue.parts", "{min: 900000, max: 1400000}", W("a range", "区间")),
    Key(
        "baseline",
        "auto",
        W(
            "auto, or weights {history: 0.6, potential: 0.2, commitment: 0.2}",
            "auto 自动，或权重 {history: 0.6, potential: 0.2, commitment: 0.2}（历史/潜力/承诺）",
        ),
    ),
    Key(
        "commitment_cap",
        "0.5",
        W(
            "the most a target moves per unit that a rep's own commitment moves, 0 to 1",
            "本人承诺每变动 1，其目标最多变动多少，0 到 1",
        ),
    ),
    _branch(
        "over_assignment",
        W("per level: sum of the children / their parent - 1", "各层级的超额分配率：下级之和 / 上级 - 1"),
        is_example=True,
    ),
    _example(
        "over_assignment.rep", "0.03", W("the reps of a team carry 3 % more", "团队内个人目标之和高 3%")
    ),
    Key(
        "seasonality",
        "history",
        W(
            "history (learned), even, or table (seasonality.csv)",
            "history 由历史得出，even 平均，table 使用 seasonality.csv",
        ),
    ),
    _branch("stretch_levels", W("factors shown beside each target", "目标档位及系数（目标/冲刺/挑战）")),
    Key("stretch_levels.base", "1.0", W("the target itself", "目标")),
    Key("stretch_levels.stretch", "1.1", W("stretch", "冲刺")),
    Key("stretch_levels.challenge", "1.2", W("challenge", "挑战")),
    _branch(
        "fairness",
        W(
            "when a test of fairness.json fails (`allocator run --gate` ends with exit 5 then)",
            "fairness.json 检验的不合格标准（`allocator run --gate` 时退出码为 5）",
        ),
        is_example=True,
    ),
    _example(
        "fairness.alpha",
        "0.05",
        W("largest p-value (Holm) of a bias that counts", "视为偏差的最大 p 值（Holm 校正）"),
    ),
    _example(
        "fairness.effect", "0.3", W("smallest effect that counts, 0 to 1", "视为偏差的最小效应，0 到 1")
    ),
    _example("fairness.gap", "0.02", W("smallest gap of medians that counts", "视为偏差的最小中位数差")),
    _example(
        "fairness.max_gini",
        "0.1",
        W(
            "of target / anchor within a peer group; also max_spread, max_theil, min_jain",
            "同组目标/基准的基尼系数上限；另有 max_spread、max_theil、min_jain",
        ),
    ),
    _branch(
        "attainment",
        W(
            "what attainment.json calls healthy; written limits are gated",
            "attainment.json 的健康区间；写明的才会被检验",
        ),
        is_example=True,
    ),
    _example(
        "attainment.at_goal_min", "0.6", W("expected share of reps at goal, at least", "预计达标人员占比下限")
    ),
    _example("attainment.at_goal_max", "0.75", W("and at most", "及其上限")),
    _example(
        "attainment.company_min",
        "0.5",
        W("probability of the company total, at least", "公司总目标达成概率下限"),
    ),
    _example("attainment.confidence", "0.8", W("confidence that a hedge is to give", "超额分配要达到的把握")),
    _example(
        "attainment.growth",
        "0.05",
        W("growth expected without any plan; learned otherwise", "无计划时的预期增长；不填则由历史得出"),
    ),
    _branch(
        "payout",
        W("per measure: incentive pay of the reps by attainment", "各指标的激励：按完成率计发"),
        is_example=True,
    ),
    _branch("payout.revenue", W("by measure", "按指标"), is_example=True),
    _example(
        "payout.revenue.rate",
        "0.02",
        W("pay at an attainment of 1, as a share of the target", "完成率为 1 时的激励占目标的比例"),
    ),
    _branch(
        "payout.revenue.curve",
        W("attainment: multiple of that pay, straight between", "完成率：激励倍数，其间为直线"),
        is_example=True,
    ),
    _example("payout.revenue.curve.1", "1", W("full pay at the target", "达成目标时全额")),
    _branch(
        "accepted_warnings",
        W("warnings that may stand, each with its reason", "可接受的警告，逐条注明理由"),
        is_example=True,
    ),
    _example(
        "accepted_warnings.several-seats",
        "agreed with HR",
        W("code of the warning: why it is accepted", "警告代码：接受的理由"),
    ),
)
