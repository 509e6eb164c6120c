"""What chances rest on."""

TEXTS = {
    "basis.growth": {
        "en": "the company's growth ({growth_years} yearly growth(s) on file)",
        "zh": "公司增长（历史中有 {growth_years} 次年度增长）",
    },
    "basis.season": {
        "en": "the season of the plan's months",
        "zh": "计划月份的季节性",
    },
    "basis.spread": {
        "en": "how far sellers miss their forecasts ({forecasts} forecasts replayed)",
        "zh": "个人销售的波动（重演 {forecasts} 次预测）",
    },
    "basis.shared": {
        "en": "the luck that regions and the company share ({region_years} region-years)",
        "zh": "区域与公司共同的波动（{region_years} 个区域年）",
    },
    "basis.stated.growth": {"en": "the company's growth", "zh": "公司增长"},
    "basis.stated.shared": {
        "en": "the luck that regions and the company share",
        "zh": "区域与公司共同的波动",
    },
    "basis.say.learned": {"en": "Learned from the past: {parts}.", "zh": "由历史得出：{parts}。"},
    "basis.say.stated": {"en": "Stated in plan.yaml: {parts}.", "zh": "由 plan.yaml 给定：{parts}。"},
    "basis.say.assumed": {
        "en": "Assumed, as the past is too short to show it: {parts}; therefore the range is wide.",
        "zh": "历史太短无法得出、只能假设：{parts}；因此区间较宽。",
    },
    "basis.unknown": {
        "en": "What the chances rest on was not written down with the result.",
        "zh": "结果文件未说明概率的依据。",
    },
    "basis.of": {"en": "{names}: {said}", "zh": "{names}：{said}"},
    "basis.more": {
        "en": "The chances of further results rest on {count} other bases.",
        "zh": "其余结果的概率另有 {count} 种依据。",
    },
    "basis.and": {"en": "; ", "zh": "；"},
    "basis.space": {"en": " ", "zh": ""},
}
