"""Faults found when a sound plan is worked on: totals without room, results that are not there, options."""

TEXTS = {
    # totals
    "fault.run.growth": {
        "en": "a growth needs last year's history, which sums to {amount} here",
        "zh": "按增长率确定总目标需要上年历史，而此处上年合计为 {amount}",
    },
    "fault.run.growth.hint": {
        "en": "give the total as an amount, or add the history of the same months one year before",
        "zh": "请将总目标填写为数值，或补充上年同期各月的历史",
    },
    "fault.run.parts": {
        "en": "the totals of the parts of `{product}` sum to {total} units of round_to, its own is {own}",
        "zh": "`{product}` 各组成部分的总目标合计 {total} 个 round_to 单位，而其自身的总目标为 {own} 个",
    },
    "fault.run.parts.hint": {
        "en": "change one of the totals, or leave one part without a total",
        "zh": "请修改其中一个总目标，或让其中一个组成部分不设总目标",
    },
    "fault.run.no_room": {
        "en": "`{product}` has to lie between {low} and {high} units of round_to, which leaves no room",
        "zh": "`{product}` 须介于 {low} 与 {high} 个 round_to 单位之间，没有可行的取值",
    },
    "fault.run.no_room.hint": {
        "en": "change this total or those of its parts",
        "zh": "请修改该总目标，或其各组成部分的总目标",
    },
    "fault.run.no_carrier": {
        "en": "the totals cannot be carried by the reps who are there in the plan: {reason}",
        "zh": "计划期内在岗的销售人员无法承担这些总目标：{reason}",
    },
    "fault.run.no_carrier.hint": {
        "en": "check start and end dates of the leaves in org.csv and the product totals",
        "zh": "请检查 org.csv 中销售人员的 start、end 日期，以及各产品的总目标",
    },
    "fault.run.beyond_bounds": {"en": "{reason}", "zh": "超出各产品总目标所能容纳的范围（{reason}）"},
    "fault.run.no_rep": {
        "en": "a product with a total has no rep to carry it",
        "zh": "有产品设了总目标，却没有销售人员可以承担",
    },
    # the back-test
    "fault.backtest.measure": {
        "en": "the plan has no measure `{measure}`",
        "zh": "计划中没有指标 `{measure}`",
    },
    "fault.backtest.measure.hint": {"en": "name one of {names}", "zh": "请从以下选项中选择：{names}"},
    "fault.backtest.short_quarter": {
        "en": "no quarter of `{measure}` has a complete quarter of history before it",
        "zh": "`{measure}` 的历史不足：每个季度之前都缺少一个完整季度的历史",
    },
    "fault.backtest.short_quarter.hint": {
        "en": "give at least two complete quarters of history",
        "zh": "请提供至少两个完整季度的历史",
    },
    "fault.backtest.short_year": {
        "en": "no year of `{measure}` has a complete year of history before it",
        "zh": "`{measure}` 的历史不足：每个年度之前都缺少一个完整年度的历史",
    },
    "fault.backtest.short_year.hint": {
        "en": "give at least two complete years of history, or use --period quarter",
        "zh": "请提供至少两个完整年度的历史，或使用 --period quarter",
    },
    # result folders
    "fault.result.incomplete": {
        "en": "{names} is not here, so there is nothing to explain",
        "zh": "此处没有 {names}，因此没有可解释的内容",
    },
    "fault.result.incomplete.hint": {
        "en": "name the folder that `allocator run --out` wrote",
        "zh": "请指定 `allocator run --out` 写入的文件夹",
    },
    "fault.result.unknown": {
        "en": "there is no {what} `{value}` in this result",
        "zh": "该结果中没有名为 `{value}` 的{what}",
    },
    "fault.result.unknown.hint": {"en": "use a {column} of {file}", "zh": "请使用 {file} 中的 {column}"},
    "fault.result.in_the_way": {
        "en": "there is something here that is not a result of `allocator run`",
        "zh": "此处已有内容，且不是 `allocator run` 的结果",
    },
    # the audit, subtrees
    "fault.audit.large": {
        "en": "the audit solves a program per group of reps and takes at most {most}; there are {count}",
        "zh": "审计需按销售人员分组逐一求解，最多支持 {most} 名销售人员，现有 {count} 名",
    },
    "fault.audit.large.hint": {
        "en": "use fairness.json, or audit a part of the organisation",
        "zh": "请改用 fairness.json，或只审计部分组织",
    },
    "fault.subtree.unknown": {"en": "there is no such node", "zh": "没有该节点"},
    "fault.subtree.rep": {
        "en": "the node is a rep: nothing stands below it",
        "zh": "该节点是销售人员，没有下级节点",
    },
    "fault.subtree.hint": {
        "en": "name a node with reps below it",
        "zh": "请指定有下级销售人员的节点",
    },
    # options of commands
    "fault.option.engine": {"en": "{reason}", "zh": "无法使用该求解引擎：{reason}"},
    "fault.option.engine.hint": {
        "en": "name an engine that is installed",
        "zh": "请指定已安装的求解引擎",
    },
    "fault.option.page": {"en": "the page is one .html file", "zh": "页面须为一个 .html 文件"},
    "fault.option.page.hint": {
        "en": "name a file, for example review.html",
        "zh": "请指定文件名，例如 review.html",
    },
    "fault.option.page_folder": {"en": "there is no folder {folder}", "zh": "没有文件夹 {folder}"},
    "fault.option.page_folder.hint": {"en": "make the folder first", "zh": "请先创建该文件夹"},
    "fault.option.appeal_plan": {
        "en": "an appeal needs the plan to solve again",
        "zh": "测算申诉须重新求解，因此需要原计划",
    },
    "fault.option.appeal_plan.hint": {"en": "add --plan DIR", "zh": "请加上 --plan DIR"},
    "fault.option.appeal_share": {
        "en": "this is no share of the target",
        "zh": "该值不是有效的目标比例",
    },
    "fault.option.appeal_share.hint": {"en": "write for example -10%", "zh": "请参照示例填写：-10%"},
    "fault.option.another_plan": {
        "en": "this is not the plan that {out} was made from (its files have changed)",
        "zh": "{out} 并非由该计划得出（计划文件已有改动）",
    },
    "fault.option.another_plan.hint": {
        "en": "run `allocator run` again, then explain",
        "zh": "请先重新执行 `allocator run`，再进行解释",
    },
    "fault.option.least": {"en": "this is not at least {least}", "zh": "该值小于 {least}"},
    "fault.option.least.hint": {"en": "name {least} or more", "zh": "请填写不小于 {least} 的数字"},
    "fault.option.cluster": {
        "en": "no scheduler answers: {reason}",
        "zh": "调度器没有响应：{reason}",
    },
    "fault.option.cluster.hint": {
        "en": "start one with `dask scheduler` (docs/scale.md)",
        "zh": "请用 `dask scheduler` 启动一个调度器（见 docs/scale.md）",
    },
    "fault.option.setting": {"en": "{reason}", "zh": "该设置无效：{reason}"},
    "fault.option.setting.hint": {
        "en": "mend or unset it; known: {names}",
        "zh": "请更正或取消该设置；可用的设置：{names}",
    },
}
