"""Texts of the page of a re-plan."""

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "replan.over": {"en": "Mid-year re-plan", "zh": "年中目标调整"},
    "replan.facts": {
        "en": "Actuals to {as_of} locked ({done} of {months} months) · {keep} of the gap is made up · "
        "{stability} · anchors: {anchors}",
        "zh": "实际锁定至 {as_of}（{months} 个月中的 {done} 个月）· 差距由剩余月份补回 {keep} · "
        "{stability} · 基准：{anchors}",
    },
    "replan.stability_only": {
        "en": "the rest stays as published unless totals or hard rules forbid it; soft rules move nobody",
        "zh": "除非总额或硬规则不允许，剩余目标保持不变；软规则不改变任何人的目标",
    },
    "replan.stability_auto": {
        "en": "soft rules that the published year did not keep move no rep beyond ±{width}",
        "zh": "已发布全年目标未满足的软规则，对个人剩余目标的改变不超过 ±{width}",
    },
    "replan.stability_first": {
        "en": "soft rules move no rep beyond ±{width}",
        "zh": "软规则对个人剩余目标的改变不超过 ±{width}",
    },
    "replan.stability_last": {
        "en": "all soft rules come before the stability of the targets",
        "zh": "所有软规则均优先于目标稳定",
    },
    "replan.stability_tier": {
        "en": "soft rules of tier {tier} and later move no rep beyond ±{width}",
        "zh": "优先级 {tier} 及之后的软规则，对个人剩余目标的改变不超过 ±{width}",
    },
    "replan.left_out": {
        "en": "{count} rows of actuals are after {as_of} and were left out.",
        "zh": "{count} 行实际数据晚于 {as_of}，未计入。",
    },
    "replan.without_actuals": {
        "en": "{measure}: {count} reps have targets to date and no row of actuals; they were taken to have "
        "sold nothing: {names}",
        "zh": "{measure}：{count} 人有累计目标但没有实际数据，按未销售处理：{names}",
    },
    "replan.step_published": {
        "en": "Published for the months that remain: {amount}.",
        "zh": "剩余月份已发布目标：{amount}。",
    },
    "replan.step_moves": {"en": "Territory moves: {signed}.", "zh": "区域划转：{signed}。"},
    "replan.step_productivity": {"en": "Productivity to date: {signed}.", "zh": "累计达成系数：{signed}。"},
    "replan.explain_year": {
        "en": "These are the months that remain. Year now {target} = {actual_to_date} sold to {as_of} + "
        "{remaining}; published: year {published}, these months {published_remaining}.",
        "zh": "以上为剩余月份。调整后全年 {target} = 截至 {as_of} 实际 {actual_to_date} + 剩余 {remaining}；"
        "已发布：全年 {published}，剩余月份 {published_remaining}。",
    },
    "replan.from_nothing": {"en": "from nothing", "zh": "从无到有"},
    "replan.cause_moves": {"en": "territory moves", "zh": "区域划转"},
    "replan.cause_productivity": {"en": "productivity to date", "zh": "累计达成系数"},
    "replan.cause_total": {"en": "totals of the rest", "zh": "剩余总额变化"},
    "replan.cause_rounding": {"en": "rounding", "zh": "取整"},
    "replan.cause_none": {"en": "-", "zh": "-"},
    "replan.anchors_keep": {"en": "current targets", "zh": "现行目标"},
    "replan.anchors_learn": {
        "en": "current targets × productivity to date",
        "zh": "现行目标 × 累计达成系数",
    },
    "replan.footer": {
        "en": "Input {digest}. Prove it with: allocator verify OUT (the folder of this page).",
        "zh": "输入 {digest}。验证命令：allocator verify OUT（本页所在文件夹）。",
    },
    "replan.part_year": {"en": "The year", "zh": "全年"},
    "replan.part_where": {"en": "Regions and products", "zh": "区域与产品"},
    "replan.part_months": {"en": "Months", "zh": "月度"},
    "replan.part_movers": {"en": "Largest changes", "zh": "变动最大"},
    "replan.part_rules": {"en": "Rules of the year", "zh": "全年规则"},
    "replan.card_published": {"en": "Published year", "zh": "已发布全年目标"},
    "replan.card_actual": {"en": "Actual to date", "zh": "累计实际"},
    "replan.card_remaining": {"en": "Remaining, now", "zh": "剩余月份新目标"},
    "replan.card_target": {"en": "Year now", "zh": "调整后全年"},
    "replan.of_published": {"en": "{share} of what was published to date", "zh": "累计目标达成 {share}"},
    "replan.against_published": {"en": "{change} against the published rest", "zh": "较原剩余目标 {change}"},
    "replan.against_year": {"en": "{change} against the published year", "zh": "较已发布全年 {change}"},
    "replan.reps": {"en": "{count} reps, {changed} changed", "zh": "{count} 人，其中 {changed} 变动"},
    "replan.step_actual": {"en": "Actual to date, locked", "zh": "累计实际（锁定）"},
    "replan.step_rest": {"en": "Remaining, as published", "zh": "剩余月份原目标"},
    "replan.step_kept": {"en": "Gap that is made up", "zh": "补回的差距"},
    "replan.step_ahead": {"en": "Surplus that lowers the rest", "zh": "超额冲减剩余目标"},
    "replan.step_year": {"en": "Year now", "zh": "调整后全年"},
    "replan.gap_behind": {
        "en": "Behind by {gap} to date: {kept} is made up in the months that remain, {forgiven} is forgiven.",
        "zh": "累计落后 {gap}：其中 {kept} 由剩余月份补回，{forgiven} 核减。",
    },
    "replan.gap_ahead": {
        "en": "Ahead by {gap} to date: the company has that much less left to sell.",
        "zh": "累计超前 {gap}：公司剩余目标相应减少。",
    },
    "replan.gap_none": {"en": "To date just what was published.", "zh": "累计与目标一致。"},
    "replan.col_node": {"en": "Node", "zh": "节点"},
    "replan.col_product": {"en": "Product", "zh": "产品"},
    "replan.col_published": {"en": "Published year", "zh": "已发布全年"},
    "replan.col_to_date": {"en": "Actual to date", "zh": "累计实际"},
    "replan.col_attained": {"en": "of target", "zh": "完成率"},
    "replan.col_expected": {"en": "Expected rest", "zh": "预期剩余"},
    "replan.where_note": {
        "en": "Expected rest: remaining targets of the reps before this re-plan × what they sold of their "
        "targets so far, shrunk towards their peers.",
        "zh": "预期剩余：个人原剩余目标 × 累计达成系数（向同组均值收缩）之和。",
    },
    "replan.col_before": {"en": "Remaining before", "zh": "原剩余"},
    "replan.col_now": {"en": "Remaining now", "zh": "新剩余"},
    "replan.col_change": {"en": "Change", "zh": "变动"},
    "replan.col_year": {"en": "Year now", "zh": "调整后全年"},
    "replan.col_delta": {"en": "against published", "zh": "较已发布"},
    "replan.col_month": {"en": "Month", "zh": "月份"},
    "replan.col_kind": {"en": "", "zh": ""},
    "replan.col_rep": {"en": "Rep", "zh": "人员"},
    "replan.col_factor": {"en": "Productivity", "zh": "达成系数"},
    "replan.col_rule": {"en": "Rule", "zh": "规则"},
    "replan.col_tier": {"en": "Tier", "zh": "层级"},
    "replan.col_was": {"en": "As published", "zh": "发布时"},
    "replan.col_value": {"en": "Now", "zh": "调整后"},
    "replan.col_allowed": {"en": "Allowed", "zh": "允许范围"},
    "replan.col_short": {"en": "Missed by", "zh": "差额"},
    "replan.col_because": {"en": "Because of", "zh": "原因"},
    "replan.month_actual": {"en": "locked", "zh": "锁定"},
    "replan.month_target": {"en": "re-planned", "zh": "调整"},
    "replan.movers_note": {
        "en": "Remaining targets before (as published) and now, and what moved each of them most: a rule, or "
        "what is no rule in words. Productivity: actual / published to date, shrunk towards the peer group.",
        "zh": "剩余目标：调整前（已发布）与调整后，以及影响最大的原因（规则编号或文字说明）。"
        "达成系数：累计实际 / 累计目标，向同组均值收缩。",
    },
    "replan.rules_all": {
        "en": "All {count} rules hold on the year: actuals to date + the re-plan.",
        "zh": "全部 {count} 条规则在全年（累计实际 + 调整后剩余）上成立。",
    },
    "replan.rules_some": {
        "en": "{held} of {count} rules hold on the year (actuals to date + the re-plan). These do not; they "
        "are met as nearly as can be.",
        "zh": "{count} 条规则中有 {held} 条在全年（累计实际 + 调整后剩余）上成立。"
        "以下规则未能成立，已尽量接近。",
    },
    "replan.rules_none": {"en": "This measure has no rules.", "zh": "该指标没有规则。"},
    "replan.gave_way": {
        "en": "With these actuals the hard rules cannot hold together any more. They gave way as little as "
        "can be; totals and pins are kept.",
        "zh": "在已发生的实际下，硬规则已无法同时成立，因此以最小幅度放宽；总额与锁定值保持不变。",
    },
    "replan.rules_missed": {"en": "rules that do not hold on the year", "zh": "全年未成立的规则"},
    "replan.missed_of": {"en": "{missed} of {checked}", "zh": "{missed} / {checked}"},
    "replan.because_actuals": {"en": "what was sold already", "zh": "已发生的实际"},
    "replan.because_others": {"en": "totals or other rules", "zh": "总额或其他规则"},
    "replan.because_stability": {"en": "stability of the targets comes first", "zh": "目标保持稳定优先"},
    "replan.more": {"en": "{count} more in {file}", "zh": "另有 {count} 项见 {file}"},
}
