"""What the back-test says."""

TEXTS = {
    "backtest.title": {
        "en": "Back-test of plan {plan}, measure {measure}: {n} seller-periods in {periods} period(s), "
        "each foretold from earlier data alone; totals as they were, only the split counts.",
        "zh": "计划 {plan} 的历史回测，指标 {measure}：{periods} 个期间共 {n} 个“销售×期间”，"
        "每期只用此前的数据预测；总量取实际值，只比较分配。",
    },
    "backtest.head": {
        "en": " wape   gini  at goal      n  split by",
        "zh": " wape   gini  完成率      n  分配方法",
    },
    "backtest.row": {
        "en": "{wape}  {gini}   {goal}  {n}  {name}",
        "zh": "{wape}  {gini}   {goal}  {n}  {name}",
    },
    "backtest.row_empty": {
        "en": "    -      -       -      -  {name} (no history to go by)",
        "zh": "    -      -       -      -  {name}（没有可用的历史）",
    },
    "backtest.method": {"en": "this method (baseline: auto)", "zh": "本方法（baseline: auto）"},
    "backtest.previous": {"en": "previous period", "zh": "上一期"},
    "backtest.trailing_four": {"en": "trailing four periods", "zh": "最近四期"},
    "backtest.same_last_year": {"en": "same period last year", "zh": "去年同期"},
    "backtest.equal": {"en": "equal", "zh": "平均分配"},
    "backtest.by_period": {
        "en": "wape by period: this method, previous, trailing four, same last year, equal",
        "zh": "各期 wape：本方法、上一期、最近四期、去年同期、平均分配",
    },
    "backtest.bias": {
        "en": "Rank correlation of attainment with size {size} (neutral: about 0), with change in volume "
        "{volume_change} (about 0), with growth {growth} (growth rewarded: positive).",
        "zh": "完成率的秩相关：与规模 {size}（中性应接近 0），与销量变化 {volume_change}（应接近 0），"
        "与增长率 {growth}（增长应得到体现：为正）。",
    },
    "backtest.medians": {
        "en": "Median attainment: smallest fifth {small}, middle {middle}, largest fifth {large}.",
        "zh": "完成率中位数：最小的五分之一 {small}，中间 {middle}，最大的五分之一 {large}。",
    },
}
