"""What `allocator limits` says."""

TEXTS = {
    "limits.node": {"en": "node", "zh": "节点"},
    "limits.smallest": {"en": "smallest", "zh": "最小可行目标"},
    "limits.anchor": {"en": "anchor", "zh": "综合值"},
    "limits.largest": {"en": "largest", "zh": "最大可行目标"},
    "limits.stopped": {"en": "what stops more", "zh": "上限受制于"},
    "limits.none": {"en": "no limit", "zh": "无上限"},
    "limits.beyond": {
        "en": "The plan's own total {total} is beyond these limits; no limits of the nodes can be given.",
        "zh": "计划总目标 {total} 超出上述可行范围，无法给出各节点的可行范围。",
    },
    "limits.stops_above": {"en": "What stops a larger company target:", "zh": "阻止公司目标继续提高的规则："},
    "limits.stops_below": {
        "en": "What stops a smaller company target:",
        "zh": "阻止公司目标继续降低的规则：",
    },
    "limits.side_lower": {"en": "minimum", "zh": "下限"},
    "limits.side_upper": {"en": "maximum", "zh": "上限"},
    "limits.more": {"en": " and {count} more", "zh": " 等（另有 {count} 个）"},
    "limits.stop": {"en": "{name} ({side}) at {nodes}{owner}", "zh": "{name}（{side}）：{nodes}{owner}"},
}
